"""Cron lines: what they mean, and which are refused."""

from datetime import date, time

import pytest

from digest.core.newsletters.cron import parse_cron


def days(line: str, year: int = 2026, month: int = 2) -> list[int]:
    """The days of a month (February 2026 begins on a Sunday) that fit."""
    cron = parse_cron(line)
    return [n for n in range(1, 29) if cron.on(date(year, month, n))]


def test_lists_ranges_and_steps():
    cron = parse_cron("0,15,*/20 8-10,20-23/2 * * *")
    assert sorted(cron.minutes) == [0, 15, 20, 40]
    assert sorted(cron.hours) == [8, 9, 10, 20, 22]
    assert parse_cron("5/25 0 * * *").times == (time(0, 5), time(0, 30), time(0, 55))


def test_names_are_understood_short_and_long_in_any_case():
    assert days("0 0 * Feb Mon,WEDNESDAY") == [2, 4, 9, 11, 16, 18, 23, 25]
    assert days("0 0 * march *") == []


def test_a_range_of_weekdays_may_run_over_the_weekend():
    assert days("0 0 * * sat-mon")[:4] == [1, 2, 7, 8]
    assert days("0 0 * * mon-fri/2")[:3] == [2, 4, 6]


def test_a_day_of_the_month_or_a_weekday_is_enough():
    assert days("0 0 13 * sun") == [1, 8, 13, 15, 22]
    assert days("0 0 */7 * sun") == [1, 8, 15, 22]  # a star is no day: both must fit


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "30 7 * *",
            "a cron line has five fields (minute hour day-of-month month weekday), got 4; "
            "for example '30 7 * * mon'",
        ),
        (
            "30 7 * * 1",
            "weekdays are written by name (mon, tue, …), got 1; "
            "0 means Sunday in one system and Monday in another",
        ),
        (
            "30 7 * * mon-5",
            "weekdays are written by name (mon, tue, …), got 5; "
            "0 means Sunday in one system and Monday in another",
        ),
        (
            "0 0 * * */2",
            "a step over the whole week depends on where the week begins; name the days",
        ),
        (
            "0 0 * * mon/2",
            "a step over the whole week depends on where the week begins; name the days",
        ),
        ("60 7 * * mon", "the minute goes from 0 to 59, got 60"),
        ("0 24 * * *", "the hour goes from 0 to 23, got 24"),
        ("0 0 0 * *", "the day of the month goes from 1 to 31, got 0"),
        ("0 0 1 13 *", "the month goes from 1 to 12, got 13"),
        ("0 0 * * moon", "the weekday 'moon' isn't known"),
        ("0 0 L * *", "the day of the month 'l' isn't known"),
        ("0 0 * * mon#1", "the weekday 'mon#1' isn't understood"),
        ("0 0 *-3 * *", "the day of the month '*-3' isn't understood"),
        ("0 5-3 * * *", "the hour '5-3' runs backwards"),
        ("*/0 * * * *", "the minute '*/0' has a step of 0"),
        ("0, * * * *", "the minute '' isn't understood"),
        ("0 0 31 feb,apr *", "it never comes: no month of these has a day 31"),
        ("0 0 30-31 feb *", "it never comes: no month of these has a day 30"),
    ],
)
def test_a_line_that_is_not_certain_is_refused_with_the_reason(line, message):
    with pytest.raises(ValueError, match=r".") as refusal:
        parse_cron(line)
    assert str(refusal.value) == message


def test_a_day_that_no_month_has_is_fine_beside_a_weekday():
    assert days("0 0 30 feb sun") == [1, 8, 15, 22]
