"""From the keys every, on and at to a schedule."""

from collections.abc import Sequence
from datetime import time
from typing import Literal

from digest.config.fields import near, shown
from digest.core.cron import WEEKDAY_NUMBERS, WEEKDAYS
from digest.core.timetable import Schedule

AT = time(7, 30)
"""When a schedule names no time of day."""


def weekly_or_monthly(
    every: Literal["day", "week", "month"] | None, on: Sequence[str | int], at: time | None
) -> Schedule:
    """The schedule of these keys. Raises ValueError where they don't fit together."""
    at = at or AT
    if every is None:
        raise ValueError('needs every = "day", "week" or "month", or cron = "30 7 * * mon"')
    if every == "day":
        if on:
            raise ValueError('every = "day" takes no on; for some days write every = "week"')
        return Schedule("day", at)
    if every == "week":
        if not on:
            raise ValueError('every = "week" needs its days, for example on = ["monday"]')
        return Schedule("week", at, weekdays=tuple(sorted({_weekday(day) for day in on})))
    if not on:
        raise ValueError('every = "month" needs its days, for example on = [1, 15]')
    return Schedule("month", at, monthdays=tuple(sorted({_monthday(day) for day in on})))


def _weekday(day: str | int) -> int:
    match day:
        case int():
            raise ValueError(
                f'on takes weekdays by name ("monday"), got {day};'
                " a number means different days in different systems"
            )
        case str() if (number := WEEKDAY_NUMBERS.get(day.strip().lower())) is not None:
            return number
    raise ValueError(f"on has {shown(day)}, which is no weekday{near(day, list(WEEKDAYS))}")


def _monthday(day: str | int) -> int:
    match day:
        case str():
            raise ValueError(
                f"on takes days of the month as numbers from 1 to 31, got {shown(day)};"
                ' for weekdays write every = "week"'
            )
        case int() if 1 <= day <= 31:
            return day
    raise ValueError(f"on takes days of the month from 1 to 31, got {day}")
