"""On the page of choices: how often, in which form, and not for a while."""

import re
from datetime import date, timedelta

import pytest

from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from tests.builders import MONDAY
from tests.locale_words import long_day
from tests.stock import keep_article
from tests.web.choosers import ada, app, page, sample, store

__all__ = ["app", "store"]


def test_how_often_and_in_which_form_is_saved_with_the_rest(client, app, clock):
    sent = {"do": "save", "cadence:daily": "monthly", "cadence:weekly": "", "format": "text"}

    shown = client.post(page(), data=sent | {"cadence:gone": "second"}).text

    held = ada(app)
    assert {one.newsletter: str(one.cadence) for one in held.subscriptions} == {
        "weekly": "every",
        "daily": "monthly",
    }
    assert (held.format, held.said) == ("text", clock.now)
    assert re.search(r'name="cadence:daily" value="monthly" checked', shown)
    assert re.search(r'name="format" value="text" checked', shown)


def test_the_sample_of_a_month_has_what_its_editions_had_together(client, app):
    for n in range(1, 5):
        at = MONDAY + timedelta(days=7 * n)
        title = f"Of {at:%d %B}"
        keep_article(app.db, title, body_text=f"{title} and more.", published=at)
        made = publish(app.db, app.factory, app.newsletter("weekly"), at, at).edition.id
        app.db.write(editions.move, made, [EditionState.FROZEN], EditionState.SENDING, "", at)

    every, second, monthly = (
        client.post(page(), data={"do": "sample", "cadence:weekly": one}).text
        for one in ("every", "second", "monthly")
    )

    assert sample(every) == ["Of 06 April"]
    assert sample(second) == ["Of 06 April", "Of 30 March"]
    assert sample(monthly) == ["Of 06 April", "Of 30 March", "Of 23 March", "Of 16 March"]


def told(answer):
    return re.findall(r'<p class="fault"[^>]*>(.*?)</p>', answer.text)


@pytest.mark.parametrize(
    ("what", "day"),
    [
        ({"do": "pause:weeks"}, long_day(date(2026, 3, 23))),
        ({"do": "pause:month", "catch_up": "yes"}, long_day(date(2026, 4, 9))),
        ({"do": "pause", "until": "2026-03-10"}, long_day(date(2026, 3, 10))),
        ({"do": "pause", "until": "2027-03-10", "catch_up": "yes"}, long_day(date(2027, 3, 10))),
    ],
)
def test_a_break_lasts_until_a_day_and_ends_by_itself(client, app, clock, what, day):
    (said,) = told(client.post(page(), data=what))

    assert said.startswith(f"You get nothing before {day}.")
    assert ("the best of what you missed" in said) == ("catch_up" in what)
    assert ada(app).catch_up == ("catch_up" in what)
    clock.now = ada(app).paused_until
    assert told(client.get(page())) == []


@pytest.mark.parametrize("until", ["", "2026-03-09", "2027-03-11", "tomorrow", "2026-02-30"])
def test_a_break_that_makes_no_sense_changes_nothing(client, stored, until):
    before = stored()

    said = told(client.post(page(), data={"do": "pause", "until": until}))

    assert said == ["Please choose a day from tomorrow to a year from now."]
    assert stored() == before


def test_a_break_can_be_ended_on_the_page(client, app):
    shown = client.post(page(), data={"do": "pause:month"})
    assert "End the break now" in shown.text

    assert told(client.post(page(), data={"do": "resume"})) == [
        "Your break is over. You get the next edition."
    ]
    assert ada(app).paused_until == MONDAY
    assert "End the break now" not in client.get(page()).text
