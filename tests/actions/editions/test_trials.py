"""Tiers that end: what an edition gives their readers before and after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.readers.subscribe import show
from digest.core.articles.article import Access
from digest.core.newsletters.promotion import Appeal, Pitch, Sponsor
from digest.core.readers.reader import tier_on
from digest.core.readers.subscriber_csv import read_row
from digest.store.message import encoded_editions
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import CALENDAR, MONDAY, a_newsletter
from tests.sending import parts
from tests.stock import a_reader, keep_article

ADA = "ada@reader.example"
DAY = MONDAY.date()
WEEKLY = a_newsletter(
    sponsors=(Sponsor("Tarred & Twisted", "Ropes that hold."),),
    pitch=Pitch(Appeal("Please pay."), Appeal("Thank you."), every=1),
)


def enrol(db, until, at=MONDAY):
    ada = a_reader(ADA, tier="subscriber", tier_until=until)
    db.write(enrol_all, [ada], ["weekly"], at - timedelta(days=30))


def seen(db, factory, newsletter=WEEKLY):
    """What Ada's message has of sponsors and pitches, previewed and frozen: the same."""
    keep_article(db, "The tide gauge", published=MONDAY - timedelta(days=1))
    before = preview(db, factory, newsletter, MONDAY, MONDAY, reader=ADA).envelope.message
    made = publish(db, factory, newsletter, MONDAY, MONDAY).edition
    after = preview(db, factory, newsletter, MONDAY, MONDAY, reader=ADA).envelope.message
    words = ("Ropes that hold.", "Please pay.", "Thank you.")
    drawn, frozen = (
        {word for word in words if all(word in part for part in parts(message))}
        for message in (before, after)
    )
    assert drawn == frozen
    variant, _ = db.read(encoded_editions.delivered, made.id, 1)
    return frozen, variant.choice.flags


@pytest.mark.parametrize("until", [None, DAY, DAY + timedelta(days=1)])
def test_until_its_last_day_a_tier_counts(db, factory, until):
    enrol(db, until)
    assert seen(db, factory) == ({"Thank you."}, ("thanks",))


def test_after_its_last_day_the_reader_is_asked_and_sees_sponsors(db, factory):
    enrol(db, DAY - timedelta(days=1))
    assert seen(db, factory) == ({"Ropes that hold.", "Please pay."}, ("pitch", "sponsor"))


def test_the_day_is_that_of_the_newsletter_and_not_of_the_server(db, factory):
    """It is Monday in Auckland already while it is Sunday where the program runs."""
    enrol(db, DAY)
    far = a_newsletter(timezone="Pacific/Auckland", pitch=WEEKLY.pitch, sponsors=WEEKLY.sponsors)
    at = MONDAY + timedelta(hours=6)
    keep_article(db, "The tide gauge", published=MONDAY - timedelta(days=1))

    message = preview(db, factory, far, at, at, reader=ADA).envelope.message

    assert "Please pay." in parts(message)[1]


@given(st.dates(), st.dates() | st.none())
def test_a_tier_ends_with_its_last_day_and_never_before(day, until):
    over = until is not None and day > until
    assert tier_on(day, "gold", until) == ("" if over else "gold")


def test_a_list_sets_an_end_moves_it_and_takes_it_back(db):
    def bring(**row):
        db.write(enrol_all, [read_row({"email": ADA} | row, CALENDAR)], ["weekly"], MONDAY)
        ada = show(db, ADA)
        return ada.tier, ada.tier_until

    assert bring(tier="gold", tier_until="2026-12-31") == ("gold", date(2026, 12, 31))
    assert bring(tier="gold") == ("gold", date(2026, 12, 31))
    assert bring(name="Ada", tier="", tier_until="") == ("gold", date(2026, 12, 31))
    assert bring(tier="gold", tier_until="2027-01-31") == ("gold", date(2027, 1, 31))
    assert bring(tier="gold", tier_until="") == ("gold", None)


@pytest.mark.parametrize("said", ["soon", "31.12.2026", "2026-13-01"])
def test_what_is_no_day_is_refused_with_an_example(said):
    with pytest.raises(ValueError, match=r"is no day for tier_until; write 2026-12-31"):
        read_row({"email": ADA, "tier_until": said}, CALENDAR)


def test_explaining_what_a_reader_gets_names_the_end_of_their_tier(db, factory):
    enrol(db, DAY - timedelta(days=1))
    keep_article(
        db, "The tide gauge", access=Access.SUBSCRIBERS, published=MONDAY - timedelta(days=1)
    )

    shown = explain_reader(db, factory, plan(db, WEEKLY, MONDAY), reader_of(db, ADA))

    assert shown
    ((_, is_in, why),) = shown.stories
    assert is_in
    assert why.endswith("a few lines of it: it is for subscribers; their tier ended on 2026-03-08")
