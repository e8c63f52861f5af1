"""A pitch comes back only after as many editions as the config says."""

from datetime import timedelta

import pytest

from digest.actions.delivery.status import cancel_edition
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.core.newsletters.promotion import Appeal, Pitch
from digest.store.editions import editions
from digest.store.message import encoded_editions
from tests.builders import MONDAY, a_newsletter
from tests.stock import keep_article

WEEK = timedelta(days=7)
ASKING = Pitch(Appeal("Please subscribe."), Appeal("Thank you."), every=3)


def monday(week: int):
    return MONDAY + week * WEEK


def made(db, factory, newsletter, week: int) -> str:
    """Publish the edition of a week: the flags of its message, after something new came in."""
    keep_article(db, f"Of week {week}", published=monday(week) - timedelta(days=1))
    edition = publish(db, factory, newsletter, monday(week), monday(week)).edition
    return "+".join(db.read(encoded_editions.standard_variant, edition.id).choice.flags)


@pytest.mark.parametrize(
    ("every", "weeks"), [(1, [0, 1, 2, 3, 4, 5, 6]), (3, [0, 3, 6]), (10, [0])]
)
def test_it_is_in_every_so_many_th_edition(db, factory, every, weeks):
    newsletter = a_newsletter(pitch=Pitch(Appeal("Please subscribe."), None, every=every))

    flags = {week: made(db, factory, newsletter, week) for week in range(7)}

    assert [week for week, flag in flags.items() if flag == "pitch"] == weeks


def test_an_edition_that_nobody_got_does_not_count(db, factory):
    newsletter = a_newsletter(pitch=ASKING)
    made(db, factory, newsletter, 0)
    cancel_edition(db, 1, monday(0))

    assert made(db, factory, newsletter, 1) == "pitch"


def test_editions_of_another_newsletter_do_not_count(db, factory):
    made(db, factory, a_newsletter(slug="daily", pitch=ASKING), 0)

    assert db.read(editions.editions_since_pitch, "weekly", monday(1)) is None
    assert db.read(editions.editions_since_pitch, "daily", monday(1)) == 0


def test_a_preview_shows_what_the_edition_will_have(db, factory):
    newsletter = a_newsletter(pitch=ASKING)
    keep_article(db, "Of week 0")
    first = preview(db, factory, newsletter, monday(0), monday(0)).envelope.message
    made(db, factory, newsletter, 0)
    keep_article(db, "Of week 1", published=monday(1) - timedelta(days=1))
    second = preview(db, factory, newsletter, monday(1), monday(1)).envelope.message

    assert b"Please subscribe." in first
    assert b"Please subscribe." not in second
