"""A look ahead for one reader: each edition after those before it."""

import sqlite3
from contextlib import closing

import pytest

from digest.actions.editions.explain_reader import reader_of
from digest.actions.editions.forecast import foresee
from digest.core.readers.cadence import Cadence
from digest.errors import UsageError
from digest.store.readers import subscriber_settings
from tests.actions.editions.test_cadence import ADA, BO, WEEK, WEEKLY, WEEKS, write
from tests.builders import MONDAY
from tests.sending import send
from tests.stock import enrol


@pytest.fixture(autouse=True)
def readers(db):
    enrol(db, ADA, BO, now=MONDAY - WEEK)


def foreseen(db, factory, moments, newsletter=WEEKLY):
    """What Ada would get of each, or why not."""
    found = foresee(db, factory, newsletter, ADA, moments)
    return [
        sorted(entry.title for entry, shown, _ in one.stories if shown) or one.why if one else None
        for one in found
    ]


def stored(db):
    with closing(sqlite3.connect(db.path)) as connection:
        return "\n".join(connection.iterdump())


def choose(db, cadence):
    subscription = reader_of(db, ADA).subscriptions[0].id
    db.write(subscriber_settings.set_cadence, subscription, cadence, MONDAY - WEEK)


def settle_down(db, how):
    if how == "pause":
        until = MONDAY + WEEK
        db.write(subscriber_settings.set_pause, ADA, until, "a break", MONDAY - WEEK, catch_up=True)
    else:
        choose(db, how)


@pytest.mark.parametrize("how", [*Cadence, "pause"])
def test_what_is_foreseen_is_what_comes(db, factory, how):
    """From what is there now: the stories of these weeks, which are all written already."""
    settle_down(db, how)
    moments = [WEEKS[n] for n in (0, 1, 2, 4)]  # the last one in April
    for at in moments:
        write(db, f"Of {at:%d %b}", at)
    before = stored(db)

    ahead = foreseen(db, factory, moments)

    assert stored(db) == before
    came = [send(db, factory, WEEKLY, at).get(ADA, []) for at in moments]
    assert [one if isinstance(one, list) else [] for one in ahead] == came


def test_who_gets_every_second_edition_sees_that_the_one_after_theirs_is_not(db, factory):
    choose(db, Cadence.SECOND)
    for at in WEEKS[:3]:
        write(db, f"Of {at:%d %b}", at)

    first, second, third = foreseen(db, factory, WEEKS[:3])

    assert first == ["Of 09 Mar"]
    assert second.startswith("not their turn")
    assert third == ["Of 16 Mar", "Of 23 Mar"]


def test_where_there_is_no_edition_there_is_nothing_of_it(db, factory):
    write(db, "Of 16 Mar", WEEKS[1])
    assert foreseen(db, factory, WEEKS[:3]) == [None, ["Of 16 Mar"], None]


def test_nobody_is_looked_ahead_for_whom_we_do_not_know(db, factory):
    with pytest.raises(UsageError, match=r"nobody@reader\.example: no such subscriber"):
        foresee(db, factory, WEEKLY, "nobody@reader.example", WEEKS[:2])
