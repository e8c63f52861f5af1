"""The table `schedule` of config.toml: from the keys every, on and at to a schedule."""

from collections.abc import Sequence
from datetime import time
from typing import Literal

from pydantic import model_validator

from digest.config import value_types
from digest.config.fields import shown_value
from digest.config.strict_table import ConfigTable
from digest.core.newsletters.cron import WEEKDAY_NUMBERS
from digest.core.newsletters.timetable import Schedule

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
        case str():
            return WEEKDAY_NUMBERS[day.strip().lower()]
    raise ValueError(
        f'on takes weekdays by name ("monday"), got {day};'
        " a number means different days in different systems"
    )


def _monthday(day: str | int) -> int:
    match day:
        case str():
            raise ValueError(
                f"on takes days of the month as numbers from 1 to 31, got {shown_value(day)};"
                ' for weekdays write every = "week"'
            )
        case int() if 1 <= day <= 31:
            return day
    raise ValueError(f"on takes days of the month from 1 to 31, got {day}")


class ScheduleTable(ConfigTable):
    """When an edition is due: every day, week or month, or by a cron line."""

    every: Literal["day", "week", "month"] | None = None
    """"day", "week" or "month"."""
    on: value_types.Days = ()
    """The days: ["monday", "thursday"] of a week, [1, 15] of a month."""
    at: value_types.ClockValue | None = None
    """The time of day: "07:30"."""
    cron: value_types.CronValue = ""
    """Instead of all that: minute hour day-of-month month weekday, "30 7 * * mon"."""

    @model_validator(mode="after")
    def _fits_together(self) -> "ScheduleTable":
        self.value()
        return self

    def value(self) -> Schedule:
        """The schedule that it means. Raises ValueError where the keys don't fit together."""
        if not self.cron:
            return weekly_or_monthly(self.every, self.on, self.at)
        given = [key for key in ("every", "on", "at") if getattr(self, key)]
        if given:
            raise ValueError(f"has cron and also {' and '.join(given)}; keep one or the other")
        return Schedule("cron", cron=self.cron)
