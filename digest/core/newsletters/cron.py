"""The five fields of crontab(5), read strictly: what two systems read differently is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cron:
    """When a cron line comes round, in local time.

    `either` is the old rule of cron: where both the day of the month and the weekday are given, a
    day that fits one of them is enough.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    monthdays: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Monday, as in `date.weekday()`."""
    either: bool

    def on(self, day: date) -> bool:
        """Whether the line fits this day."""
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.monthdays, day.weekday() in self.weekdays
        return by_month or by_week if self.either else by_month and by_week

    @property
    def times(self) -> tuple[time, ...]:
        """The local times of a day that fits, in order."""
        return tuple(time(h, m) for h in sorted(self.hours) for m in sorted(self.minutes))


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five: its name for people, its bounds, and the names that stand for numbers."""

    name: str
    low: int
    high: int
    names: Mapping[str, int]


def _names(words: tuple[str, ...], first: int) -> dict[str, int]:
    full = {word: n for n, word in enumerate(words, first)}
    return {word[:3]: n for word, n in full.items()} | full


WEEKDAY_NUMBERS: Mapping[str, int] = _names(WEEKDAYS, 0)
"""Full and three-letter English names to `date.weekday()`."""

_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, _names(MONTH_NAMES, 1)),
    _Field("weekday", 0, 6, WEEKDAY_NUMBERS),
)
_PART = re.compile(r"(?P<first>\*|[0-9a-z]+)(-(?P<last>[0-9a-z]+))?(/(?P<step>[0-9]{1,4}))?")


@lru_cache(maxsize=256)
def parse_cron(text: str) -> Cron:
    """Read `minute hour day-of-month month weekday`. Raises ValueError with a message for people.

    Lists, ranges and steps are understood, and English names of months and weekdays. Weekdays by
    number are refused: 0 is Sunday in crontab(5), and Monday elsewhere.
    """
    words = text.lower().split()
    if len(words) != len(_FIELDS):
        raise ValueError(
            f"a cron line has five fields (minute hour day-of-month month weekday), "
            f"got {len(words)}; for example '30 7 * * mon'"
        )
    minutes, hours, monthdays, months, weekdays = map(_values, _FIELDS, words)
    # crontab(5): a field that begins with a star, also `*/2`, doesn't count as given.
    either = not (words[2].startswith("*") or words[4].startswith("*"))
    if not either and min(monthdays) > max(_longest(month) for month in months):
        raise ValueError(f"it never comes: no month of these has a day {min(monthdays)}")
    return Cron(minutes, hours, monthdays, months, weekdays, either)


def _longest(month: int) -> int:
    """How many days the month has at most."""
    return 29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31


def _values(field: _Field, text: str) -> frozenset[int]:
    return frozenset(n for part in text.split(",") for n in _part(field, part))


def _part(field: _Field, part: str) -> list[int]:
    """One part of a list: `*`, `5`, `1-5`, each also with a step: `*/15`."""
    match = _PART.fullmatch(part)
    if match is None or (match["last"] and match["first"] == "*"):
        raise ValueError(f"the {field.name} {part!r} isn't understood")
    step = int(match["step"] or 1)
    if step == 0:
        raise ValueError(f"the {field.name} {part!r} has a step of 0")
    week = field.name == "weekday"
    if week and match["step"] and not match["last"]:
        raise ValueError(
            "a step over the whole week depends on where the week begins; name the days"
        )
    low, high = _bounds(field, match)
    if week and low > high:
        high += 7  # sat-mon: the week has no first day here
    if low > high:
        raise ValueError(f"the {field.name} {part!r} runs backwards")
    return [n % 7 if week else n for n in range(low, high + 1, step)]


def _bounds(field: _Field, match: re.Match[str]) -> tuple[int, int]:
    if match["first"] == "*":
        return field.low, field.high
    low = _number(field, match["first"])
    if match["last"]:
        return low, _number(field, match["last"])
    return low, field.high if match["step"] else low


def _number(field: _Field, word: str) -> int:
    if word in field.names:
        return field.names[word]
    if field.name == "weekday" and word.isdigit():
        raise ValueError(
            f"weekdays are written by name (mon, tue, …), got {word}; "
            "0 means Sunday in one system and Monday in another"
        )
    if not word.isdigit():
        raise ValueError(f"the {field.name} {word!r} isn't known")
    if not field.low <= int(word) <= field.high:
        raise ValueError(f"the {field.name} goes from {field.low} to {field.high}, got {word}")
    return int(word)
