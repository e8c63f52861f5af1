"""The page of choices: what it shows is what a freeze would do, and only its buttons change it."""

import re
from datetime import date, timedelta

import pytest

from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.core.message.signed_token import sign
from digest.store.editions import editions
from digest.store.readers import subscriber_settings
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY
from tests.locale_words import long_day
from tests.stock import a_reader
from tests.web.choosers import ADA, ada, app, page, sample, store
from tests.web.conftest import token

__all__ = ["app", "store"]


def offered(text):
    wish = r'<legend>(.*?)</legend>\n<label><input type="radio" name="(?:topic|author):'
    return re.findall(wish, text)


# ---------------------------------------------------------------- looking


def test_the_page_shows_whose_it_is_what_there_is_and_what_it_means(client):
    shown = client.get(page())

    assert shown.status_code == 200
    assert "These are the choices of a•••@reader.example." in shown.text
    assert "ada@" not in shown.text
    assert offered(shown.text) == ["The sea", "The town", "Ben Quay", "Mara Lind"]
    assert f"{long_day(date(2026, 3, 9))} would have had 2 stories for you" in shown.text
    assert set(sample(shown.text)) == {"The tide gauge", "The mayor takes the tram"}
    assert shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_changes_nothing(client, stored, method):
    before = stored()

    client.request(method, page() + "?do=leave&topic:sea=-")

    assert stored() == before


@pytest.mark.parametrize("body", [{}, {"do": "show"}, {"do": "sample"}, {"do": "leave:nothing"}])
def test_only_the_buttons_that_say_so_change_anything(client, stored, body):
    before = stored()

    assert client.post(page(), data=body | {"topic:sea": "+"}).status_code == 200
    assert stored() == before


def test_a_token_for_something_else_opens_nothing(client, stored):
    before = stored()
    forged = ["nothing", "1%0a", token(), token(99, "preferences"), token(1, "preferences") + "x"]
    forged.append(sign("preferences", 1, "x" * 40))

    answers = [
        client.request(
            verb, f"/preferences/{one}", data={"do": "leave"} if verb == "POST" else None
        )
        for one in forged
        for verb in ("GET", "POST")
    ]

    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert stored() == before


def test_the_link_of_a_preview_changes_nothing(client, stored):
    before = stored()

    assert "This link is from a preview" in client.get(page(0)).text
    assert client.post(page(0), data={"do": "leave"}).status_code == 200
    assert stored() == before


def test_only_this_page_has_a_script_and_only_its_own(client):
    rules = client.get(page()).headers["content-security-policy"]

    assert re.search(r"script-src 'sha256-[^']+'; connect-src 'self';", rules)
    assert "unsafe" not in rules
    assert "script" not in client.get("/").headers["content-security-policy"]


# ---------------------------------------------------------------- choosing


def test_what_is_saved_is_what_the_next_edition_goes_by(client, app):
    answer = client.post(page(), data={"do": "save", "topic:sea": "+", "topic:town": "-"})

    assert "Saved." in answer.text
    assert ada(app).topics == ("sea", "-town")
    assert sample(answer.text) == ["The tide gauge"]
    assert sample(client.get(page()).text) == ["The tide gauge"]


@pytest.mark.parametrize(
    "choice",
    [
        {"topic:sea": "+"}, {"topic:sea": "-"}, {"author:Ben Quay": "+"},
        {"author:Ben Quay": "-"}, {"topic:sea": "-", "author:Mara Lind": "+"},
        {"topic:sea": "+", "author:Mara Lind": "-"}, {"topic:sea": "-", "topic:town": "-"}, {},
    ],
)  # fmt: skip
def test_the_sample_is_what_a_reader_with_these_choices_gets(client, app, choice):
    promised = set(sample(client.post(page(), data={"do": "show"} | choice).text))
    client.post(page(), data={"do": "save"} | choice)
    held, key, at = ada(app), "new@reader.example", MONDAY + timedelta(minutes=1)
    app.db.write(enrol_all, [a_reader(key)], ["daily"], MONDAY - timedelta(days=30))
    app.db.write(subscriber_settings.set_preferences, key, held.topics, held.authors, MONDAY)

    daily = app.newsletter("daily")
    publish(app.db, app.factory, daily, at, at)

    shown = explain_reader(app.db, app.factory, plan(app.db, daily, at), reader_of(app.db, key))
    assert shown is not None
    assert {entry.title for entry, gets, _ in shown.stories if gets} == promised


def test_one_who_would_get_nothing_is_told_so(client):
    answer = client.post(page(), data={"do": "show", "topic:sea": "-", "topic:town": "-"})

    assert "would have had nothing for you" in answer.text


def test_the_sample_is_of_another_newsletter_where_that_of_the_link_has_none(client, app):
    """The daily had no edition yet, and Ada gets the weekly, too."""
    daily = next(one.id for one in ada(app).subscriptions if one.newsletter == "daily")

    shown = client.get(page(daily))

    assert f"{long_day(date(2026, 3, 9))} would have had 2 stories for you" in shown.text
    part = client.post(page(daily), data={"do": "sample", "topic:sea": "+"})
    assert sample(part.text) == ["The tide gauge"]


def test_who_gets_not_all_is_shown_the_way_to_the_others_and_who_gets_none_is_told(client, app):
    form = '<a href="http://127.0.0.1:8000/subscribe">Newsletters</a>'
    assert form not in client.get(page()).text
    client.post(page(), data={"do": "leave:daily"})
    assert form in client.get(page()).text
    assert "you get no newsletter" not in client.get(page()).text

    client.post(page(), data={"do": "pause:month"})
    client.post(page(), data={"do": "leave"})

    shown = client.get(page()).text
    assert "it begins again" not in shown
    assert "At present you get no newsletter from us." in shown
    assert form in shown
    assert "Take a break" not in shown


def test_before_the_first_edition_there_is_no_sample(client, app):
    out, none = [EditionState.SENDING], EditionState.CANCELLED
    app.db.write(editions.move, 1, out, none, "", MONDAY)

    shown = client.get(page(3))

    assert "no edition yet" in shown.text


def test_the_part_that_the_script_asks_for_is_only_the_sample(client):
    part = client.post(page(), data={"do": "sample", "author:Ben Quay": "-"}).text

    assert sample(part) == ["The tide gauge"]
    assert "<form" not in part


def test_what_the_config_lost_stays_chosen_and_can_be_seen_and_taken_back(client, app):
    app.db.write(
        subscriber_settings.set_preferences,
        ADA,
        ["The Sea", "-gone"],
        ["M. Unknown", "-ben quay"],
        MONDAY,
    )

    shown = client.get(page()).text
    assert offered(shown) == ["The sea", "The town", "gone", "Ben Quay", "M. Unknown", "Mara Lind"]
    client.post(page(), data={"do": "save"})
    assert ada(app).topics == ("sea", "-gone")
    assert ada(app).authors == ("-Ben Quay", "M. Unknown")

    client.post(page(), data={"do": "save", "topic:gone": "", "author:M. Unknown": ""})
    assert (ada(app).topics, ada(app).authors) == (("sea",), ("-Ben Quay",))


def test_nothing_but_what_is_offered_can_be_chosen(client, app):
    sent = {"do": "save", "topic:<b>": "+", "author:x": "-", "topic:sea": "maybe", "tier": "gold"}

    client.post(page(), data=sent)

    assert (ada(app).topics, ada(app).authors, ada(app).tier) == ((), (), "")


def test_a_choice_that_was_imported_can_not_become_markup(client, app):
    app.db.write(
        subscriber_settings.set_preferences, ADA, ["<script>x</script>"], ['"><img src=x>'], MONDAY
    )

    shown = client.get(page()).text

    assert shown.count("<script>") == 1
    assert "<img" not in shown
