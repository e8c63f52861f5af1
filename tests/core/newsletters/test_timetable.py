"""Slots over clock changes, and what is decided about a slot that has come."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.newsletters.timetable import (
    ON_TIME_WITHIN,
    Do,
    Late,
    Schedule,
    describe,
    due_slot,
    instant,
    next_slots,
    slots_between,
    span,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = Schedule("week", time(7, 30), weekdays=(0,))


def daily(at: str) -> Schedule:
    return Schedule("day", time.fromisoformat(at))


def between(schedule: Schedule, zone: str, first: str, last: str) -> list[str]:
    """The slots from the first local date to the last, as local wall time with its offset."""
    tz = ZoneInfo(zone)
    after = instant(date.fromisoformat(first), time(0), tz) - timedelta(microseconds=1)
    until = instant(date.fromisoformat(last) + timedelta(days=1), time(0), tz)
    found = slots_between(schedule, tz, after, until - timedelta(microseconds=1))
    return [slot.astimezone(tz).isoformat(" ", "minutes") for slot in found]


# ------------------------------------------------------------- clock changes, one by one


def test_a_time_that_the_spring_change_leaves_out_moves_forward():
    assert between(daily("02:30"), "Europe/Berlin", "2026-03-28", "2026-03-30") == [
        "2026-03-28 02:30+01:00",
        "2026-03-29 03:30+02:00",
        "2026-03-30 02:30+02:00",
    ]


def test_of_a_time_that_the_autumn_change_repeats_only_the_first_counts():
    assert between(daily("02:30"), "Europe/Berlin", "2026-10-24", "2026-10-26") == [
        "2026-10-24 02:30+02:00",
        "2026-10-25 02:30+02:00",
        "2026-10-26 02:30+01:00",
    ]


def test_a_week_that_begins_in_a_midnight_gap_keeps_its_edition():
    sundays = Schedule("week", time(0), weekdays=(6,))
    assert between(sundays, "America/Santiago", "2026-08-30", "2026-09-13") == [
        "2026-08-30 00:00-04:00",
        "2026-09-06 01:00-03:00",
        "2026-09-13 00:00-03:00",
    ]
    fridays = Schedule("week", time(0), weekdays=(4,))
    assert between(fridays, "Africa/Cairo", "2026-04-17", "2026-05-01") == [
        "2026-04-17 00:00+02:00",
        "2026-04-24 01:00+03:00",
        "2026-05-01 00:00+03:00",
    ]


def test_a_change_by_half_an_hour_moves_a_slot_by_half_an_hour():
    assert between(daily("02:15"), "Australia/Lord_Howe", "2026-10-03", "2026-10-05") == [
        "2026-10-03 02:15+10:30",
        "2026-10-04 02:45+11:00",
        "2026-10-05 02:15+11:00",
    ]
    assert between(daily("01:45"), "Australia/Lord_Howe", "2026-04-04", "2026-04-06") == [
        "2026-04-04 01:45+11:00",
        "2026-04-05 01:45+11:00",
        "2026-04-06 01:45+10:30",
    ]


def test_a_gap_before_midnight_moves_the_slot_past_midnight_and_in_order():
    # Scoresbysund goes from 23:00 to 24:00, so 23:30 is half past midnight of the next date.
    every_half_hour = Schedule("cron", cron="0,30 23,0 * * *")
    assert between(every_half_hour, "America/Scoresbysund", "2027-03-27", "2027-03-28") == [
        "2027-03-27 00:00-02:00",
        "2027-03-27 00:30-02:00",
        "2027-03-28 00:00-01:00",  # also 23:00 of the day before
        "2027-03-28 00:30-01:00",  # also 23:30 of the day before
        "2027-03-28 23:00-01:00",
        "2027-03-28 23:30-01:00",
    ]


def test_a_gap_around_midnight_keeps_the_order():
    # Toronto went from 23:30 to 00:30 in 1919.
    around = Schedule("cron", cron="35,45 0,23 * * *")
    assert between(around, "America/Toronto", "1919-03-30", "1919-03-31") == [
        "1919-03-30 00:35-05:00",
        "1919-03-30 00:45-05:00",
        "1919-03-31 00:35-04:00",  # also 23:35 of the day before
        "1919-03-31 00:45-04:00",  # also 23:45 of the day before
        "1919-03-31 23:35-04:00",
        "1919-03-31 23:45-04:00",
    ]


def test_a_slot_moved_past_midnight_is_found_from_after_midnight():
    just_after_the_gap = datetime(1919, 3, 31, 4, 31, tzinfo=UTC)
    assert next_slots(daily("23:45"), ZoneInfo("America/Toronto"), just_after_the_gap, 1) == (
        datetime(1919, 3, 31, 4, 45, tzinfo=UTC),
    )


def test_a_fold_around_midnight_loses_nothing():
    # St John's went from 00:01 back to 23:01 of the day before.
    zone = ZoneInfo("America/St_Johns")
    midnight = datetime(2005, 10, 30, 2, 30, tzinfo=UTC)
    back_in_saturday = midnight + timedelta(minutes=30)
    assert f"{back_in_saturday.astimezone(zone):%a %H:%M}" == "Sat 23:30"
    assert list(
        slots_between(daily("00:00"), zone, midnight - ON_TIME_WITHIN, back_in_saturday)
    ) == [midnight]


def test_a_date_that_a_zone_left_out_has_no_second_edition():
    assert between(daily("07:30"), "Pacific/Apia", "2011-12-29", "2012-01-01") == [
        "2011-12-29 07:30-10:00",
        "2011-12-31 07:30+14:00",
        "2012-01-01 07:30+14:00",
    ]


# ------------------------------------------------------------- the kinds of schedule


def test_a_day_that_a_month_lacks_falls_on_its_last_day_once():
    ends = Schedule("month", time(9), monthdays=(1, 30, 31))
    assert between(ends, "UTC", "2028-01-30", "2028-04-30") == [
        "2028-01-30 09:00+00:00",
        "2028-01-31 09:00+00:00",
        "2028-02-01 09:00+00:00",
        "2028-02-29 09:00+00:00",
        "2028-03-01 09:00+00:00",
        "2028-03-30 09:00+00:00",
        "2028-03-31 09:00+00:00",
        "2028-04-01 09:00+00:00",
        "2028-04-30 09:00+00:00",
    ]


def test_after_is_left_out_and_until_is_included():
    monday = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    week = timedelta(days=7)
    assert list(slots_between(MONDAYS, BERLIN, monday, monday + week)) == [monday + week]
    assert list(slots_between(MONDAYS, BERLIN, monday, monday)) == []
    assert list(slots_between(MONDAYS, BERLIN, monday + week, monday)) == []


def test_the_next_slots_reach_the_rarest_day():
    leap = Schedule("cron", cron="0 0 29 feb *")
    found = next_slots(leap, ZoneInfo("UTC"), datetime(2092, 3, 1, tzinfo=UTC), 3)
    assert [f"{slot:%Y-%m-%d}" for slot in found] == ["2096-02-29", "2104-02-29", "2108-02-29"]


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (daily("07:30"), "every day at 07:30"),
        (MONDAYS, "every Monday at 07:30"),
        (
            Schedule("week", time(8), weekdays=(0, 2, 4)),
            "every Monday, Wednesday and Friday at 08:00",
        ),
        (Schedule("month", time(6), monthdays=(1, 15)), "every month on the 1st and 15th at 06:00"),
        (
            Schedule("month", time(6), monthdays=(2, 3, 11, 22)),
            "every month on the 2nd, 3rd, 11th and 22nd at 06:00",
        ),
        (Schedule("cron", cron="0 8 * * mon"), 'by cron "0 8 * * mon"'),
    ],
)
def test_a_schedule_is_said_in_words(schedule, words):
    assert describe(schedule) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=6), "6 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=4), "2 days 3 h"),
    ],
)
def test_a_span_is_said_in_words(length, words):
    assert span(length) == words


# ------------------------------------------------------------- what to do with a slot

SLOT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
BEFORE = SLOT - timedelta(days=3)


def decide(policy: Any, lateness: timedelta, limit: timedelta = timedelta(0)):
    return due_slot(MONDAYS, BERLIN, Late(policy, limit), BEFORE, SLOT + lateness)


def test_nothing_is_due_before_its_time():
    assert decide("send", -timedelta(microseconds=1)) is None


def test_a_slot_already_dealt_with_is_not_due_again():
    assert due_slot(MONDAYS, BERLIN, Late("send"), SLOT, SLOT + timedelta(days=1)) is None


@pytest.mark.parametrize("policy", ["send", "send_until", "skip", "ask"])
def test_a_slot_noticed_within_the_grace_is_sent_whatever_the_policy(policy):
    assert decide(policy, ON_TIME_WITHIN).do is Do.SEND


def test_late_is_a_policy():
    hours = timedelta(hours=1)
    six = 6 * hours
    assert decide("send", 200 * hours).do is Do.SEND
    assert decide("send_until", six, six).do is Do.SEND
    assert decide("send_until", six + timedelta(seconds=1), six).do is Do.SKIP
    assert decide("skip", hours).do is Do.SKIP
    assert decide("ask", hours).do is Do.ASK


def test_the_reason_is_a_sentence():
    hours = timedelta(hours=1)
    assert decide("send", timedelta(0)).why == "it is due"
    assert decide("skip", 9 * hours).why == 'it is 9 h late, and late = "skip"'
    assert (
        decide("send_until", 9 * hours, 6 * hours).why
        == 'it is 9 h late; late = "send_until" allows 6 h only'
    )


def test_after_a_long_pause_there_is_one_catch_up_and_the_rest_is_reported():
    weeks = [SLOT + timedelta(days=7 * n) for n in range(4)]
    decision = due_slot(MONDAYS, BERLIN, Late("send"), BEFORE, weeks[-1] + timedelta(hours=1))
    assert decision is not None
    assert (decision.slot, decision.passed_over) == (weeks[-1], tuple(weeks[:-1]))


# ------------------------------------------------------------- what always holds

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(1985, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
SCHEDULES = st.one_of(
    st.builds(Schedule, st.just("day"), TIMES),
    st.builds(
        Schedule,
        st.just("week"),
        TIMES,
        weekdays=st.lists(st.integers(0, 6), min_size=1).map(tuple),
    ),
    st.builds(
        Schedule,
        st.just("month"),
        TIMES,
        monthdays=st.lists(st.integers(1, 31), min_size=1).map(tuple),
    ),
    st.sampled_from(["*/30 * * * *", "30 23,0-3 * * *", "15 2 13 * fri", "0 0 1,31 * *"]).map(
        lambda line: Schedule("cron", cron=line)
    ),
)


@given(ZONES, st.dates(date(1985, 1, 1), date(2045, 1, 1)), TIMES)
@example(ZoneInfo("Africa/Cairo"), date(2026, 4, 24), time(0))
@example(ZoneInfo("America/Nuuk"), date(2026, 10, 24), time(23, 30))
def test_a_slot_is_its_wall_time_or_moved_out_of_a_gap(zone, day, at):
    slot = instant(day, at, zone)

    nominal = datetime.combine(day, at)
    wall = slot.astimezone(zone).replace(tzinfo=None)
    readings = [nominal.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    back = [r.astimezone(UTC).astimezone(zone).replace(tzinfo=None) for r in readings]
    if nominal in back:  # the clock shows this time: once, or twice, of which the first is ours
        assert wall == nominal
        assert slot == min(r.astimezone(UTC) for r in readings)
    else:
        before, after = (r.utcoffset() or timedelta(0) for r in readings)
        assert wall - nominal == after - before > timedelta(0)


@given(ZONES, MOMENTS, TIMES)
def test_each_date_has_exactly_one_slot(zone, start, at):
    end = start + timedelta(days=400)
    found = list(slots_between(Schedule("day", at), zone, start, end))

    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    dates = [first + timedelta(days=n) for n in range(-2, (last - first).days + 3)]
    nominal = sorted({instant(day, at, zone) for day in dates})
    assert found == [slot for slot in nominal if start < slot <= end]
    assert all(
        timedelta(hours=20) <= after - before <= timedelta(hours=28)
        for before, after in pairwise(found)
    )


@given(SCHEDULES, ZONES, MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=40))))
def test_however_time_is_cut_no_slot_is_lost_or_repeated(schedule, zone, start, steps):
    cuts = [start]
    for step in steps:
        cuts.append(cuts[-1] + step)

    pieces = [slot for a, b in pairwise(cuts) for slot in slots_between(schedule, zone, a, b)]
    whole = list(slots_between(schedule, zone, start, cuts[-1]))
    assert pieces == whole
    assert all(before < after for before, after in pairwise(whole))
    assert list(next_slots(schedule, zone, start, len(whole[:5]))) == whole[:5]


@given(SCHEDULES, ZONES, MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=40))))
def test_whenever_one_looks_each_slot_is_decided_or_passed_over_once(schedule, zone, start, steps):
    now = dealt_with = start
    accounted: list[datetime] = []
    for step in steps:
        now += step
        decision = due_slot(schedule, zone, Late("send"), dealt_with, now)
        if decision:
            accounted += [*decision.passed_over, decision.slot]
            dealt_with = decision.slot

    assert accounted == list(slots_between(schedule, zone, start, now))
