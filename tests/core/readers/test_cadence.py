"""Whose turn an edition is, and what is owed to whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.readers.cadence import (
    EDGE,
    Cadence,
    EditionTiming,
    PastEdition,
    Rhythm,
    break_ends,
    rule,
    together,
    unsettled_since,
)
from tests.builders import MONDAY

BERLIN = ZoneInfo("Europe/Berlin")
DAY, WEEK = timedelta(days=1), timedelta(days=7)
FORTNIGHT = timedelta(days=14)
WEEKS = tuple(MONDAY + n * WEEK for n in range(12))
"""9, 16, 23, 30 March, 6, 13, 20, 27 April, 4, 11, 18, 25 May."""

MONTHLY = Rhythm(Cadence.MONTHLY, owed_since=WEEKS[1])


def occasion(at, others=WEEKS, back=None, zone=BERLIN):
    return EditionTiming(at, zone, FORTNIGHT, tuple(o for o in others if o != at), back, at)


def had(*moments, reached=True, sure=True, back=None):
    return [PastEdition(at, at, reached, sure, back or at - FORTNIGHT) for at in moments]


def turns(cadence, moments, zone=BERLIN):
    """Which of these editions somebody gets whom every message reaches."""
    got: list[datetime] = []
    for at in moments:
        here = occasion(at, [one for one in moments if one < at], zone=zone)
        if not rule(Rhythm(cadence), here, had(*got)).why:
            got.append(at)
    return got


def test_every_edition_is_for_who_said_nothing():
    assert turns(Cadence.EVERY, WEEKS) == list(WEEKS)


def test_every_second_edition():
    assert turns(Cadence.SECOND, WEEKS) == list(WEEKS[::2])


def test_monthly_is_the_first_edition_of_each_calendar_month():
    assert turns(Cadence.MONTHLY, WEEKS) == [WEEKS[0], WEEKS[4], WEEKS[8]]


def test_months_are_those_of_the_newsletters_zone():
    eve = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # in Berlin it is April

    assert turns(Cadence.MONTHLY, [eve - DAY, eve, eve + DAY]) == [eve - DAY, eve]
    assert turns(Cadence.MONTHLY, [eve - DAY, eve], ZoneInfo("UTC")) == [eve - DAY]


def test_a_turn_that_did_not_reach_them_is_not_taken():
    here = occasion(WEEKS[5], WEEKS[:5])
    monthly, second = Rhythm(Cadence.MONTHLY), Rhythm(Cadence.SECOND)

    assert rule(monthly, here, had(WEEKS[4])).why.startswith("not their turn")
    assert rule(second, here, had(WEEKS[4])).why.startswith("not their turn")
    assert not rule(monthly, here, had(WEEKS[4], reached=False)).why
    assert not rule(second, here, had(WEEKS[3])).why


def test_a_pause_ends_by_itself_on_its_day():
    rest = Rhythm(paused_until=WEEKS[3])

    assert [bool(rule(rest, occasion(at)).why) for at in WEEKS[:5]] == [True] * 3 + [False] * 2


def test_what_comes_in_a_pause_passes_by_or_is_owed():
    without, catching = (Rhythm(paused_until=WEEKS[3], catch_up=one) for one in (False, True))

    passed = rule(without, occasion(WEEKS[1]))
    owed = rule(catching, occasion(WEEKS[1]))

    assert (passed.passed, passed.owed_since) == (True, None)
    assert passed.why == "they paused until 2026-03-30; what comes meanwhile passes them by"
    assert (owed.passed, owed.owed_since) == (False, WEEKS[1])
    assert owed.why == "they paused until 2026-03-30; they catch up after it"


def test_who_waited_gets_more_at_once_than_who_comes_back_from_a_pause():
    here = occasion(WEEKS[4])

    assert rule(Rhythm(Cadence.MONTHLY, owed_since=WEEKS[1]), here).most == 100
    back = Rhythm(paused_until=WEEKS[3], catch_up=True, owed_since=WEEKS[1])
    assert rule(back, here).most == 0
    assert rule(Rhythm(), here).most == 0


def test_what_is_owed_goes_back_as_far_as_they_waited():
    here = occasion(WEEKS[8])

    assert rule(Rhythm(), here).since == WEEKS[6] + EDGE
    assert rule(Rhythm(Cadence.MONTHLY, owed_since=WEEKS[1]), here).since == WEEKS[1]


@pytest.mark.parametrize(
    ("made", "since"),
    [
        (had(WEEKS[4], back=WEEKS[1]), WEEKS[4] + EDGE),
        (had(WEEKS[4], back=WEEKS[2]), WEEKS[1]),  # it did not go back so far
        (had(WEEKS[4], sure=False, back=WEEKS[1]), WEEKS[1]),  # it may still fail
        (had(WEEKS[1], sure=False, back=WEEKS[0]), WEEKS[1] + EDGE),  # too long ago by now
        (had(WEEKS[0], back=WEEKS[0] - WEEK), WEEKS[1]),
        (had(WEEKS[4], WEEKS[5], back=WEEKS[1]), WEEKS[5] + EDGE),
    ],
)
def test_what_is_owed_is_settled_by_what_surely_arrived_and_had_all_of_it(made, since):
    assert unsettled_since(MONTHLY, made, occasion(WEEKS[5] + DAY)) == since


def test_with_nothing_in_it_for_them_no_more_is_owed():
    whole, part = occasion(WEEKS[4], back=WEEKS[1]), occasion(WEEKS[4], back=WEEKS[2])

    assert whole.owed_after(MONTHLY, rule(MONTHLY, whole), nothing=True) == WEEKS[4] + EDGE
    assert part.owed_after(MONTHLY, rule(MONTHLY, part), nothing=True) == WEEKS[1]
    assert whole.owed_after(MONTHLY, rule(MONTHLY, whole), nothing=False) == WEEKS[1]


def test_an_edition_from_before_they_said_otherwise_settles_nothing():
    """It may have been drawn up when it was not their turn."""
    made = had(WEEKS[4], back=WEEKS[1])

    assert (
        unsettled_since(replace(MONTHLY, said=WEEKS[4]), made, occasion(WEEKS[5]))
        == WEEKS[4] + EDGE
    )
    assert (
        unsettled_since(replace(MONTHLY, said=WEEKS[4] + DAY), made, occasion(WEEKS[5])) == WEEKS[1]
    )


def test_what_the_last_message_of_a_cadence_would_have_been_made_of():
    assert together(Cadence.EVERY, WEEKS, BERLIN) == WEEKS[-1:]
    assert together(Cadence.SECOND, WEEKS[:3], BERLIN) == WEEKS[1:3]
    assert together(Cadence.MONTHLY, WEEKS[:7], BERLIN) == WEEKS[1:5]
    assert together(Cadence.MONTHLY, [], BERLIN) == ()


@pytest.mark.parametrize(
    ("length", "today", "ends"),
    [
        ("weeks", date(2026, 12, 25), date(2027, 1, 8)),
        ("month", date(2026, 12, 25), date(2027, 1, 25)),
        ("month", date(2028, 1, 31), date(2028, 2, 29)),
        ("2026-12-26", date(2026, 12, 25), date(2026, 12, 26)),
        ("2027-12-26", date(2026, 12, 25), date(2027, 12, 26)),
        ("2026-12-25", date(2026, 12, 25), None),
        ("2027-12-27", date(2026, 12, 25), None),
        ("", date(2026, 12, 25), None),
    ],
)
def test_a_break_ends_on_a_day_within_a_year(length, today, ends):
    assert break_ends(length, today) == ends


@given(st.sets(st.integers(0, 400), min_size=1, max_size=60), st.sampled_from(list(Cadence)))
def test_somebody_who_waits_is_never_left_out_for_long(days, cadence):
    moments = [MONDAY + n * DAY for n in sorted(days)]

    got = turns(cadence, moments)

    assert got[0] == moments[0]
    months = [(one.astimezone(BERLIN).year, one.astimezone(BERLIN).month) for one in moments]
    if cadence is Cadence.MONTHLY:
        assert len(got) == len(set(months))
    if cadence is Cadence.SECOND:
        assert got == moments[::2]
