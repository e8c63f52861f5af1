"""Dates as people write them. What could be two dates is none."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from digest.feeds.article.phrases import MONTHS, ZONES, any_of

_MONTH = "(?P<name>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_WEEKDAY = rf"(?:{any_of('weekdays')}\.?,?\s+)?"
_CLOCK = (
    rf"(?:(?:T|\s*[,|·•—–-]?\s*(?:\b{any_of('at')}\s+)?)(?<![\d])(?P<hour>\d{{1,2}})"
    r"(?:(?:[:.]|\s?h\s?)(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    rf"|\s*(?P<only_half>[ap])\.?m\b\.?|(?=\s*{any_of('oclock')}\b))"
    rf"(?:\s*{any_of('oclock')}\b)?"
    rf"(?:\s*\(?(?P<zone>Z\b|[+-]\d\d:?\d\d|(?:{'|'.join(ZONES)})\b)\)?)?)?"
)
_ANY_YEAR = re.compile(r"\d{4}")
_YEARS = range(1600, 2200)
_FORMS = [
    re.compile(rf"(?<![\w/.-]){form}{_CLOCK}(?![\w/])", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_WEEKDAY}{_DAY}\.?\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:del?\s+)?{_YEAR}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"(?P<first>\d{{1,2}})/(?P<second_>\d{{1,2}})/{_YEAR}",
    )
]


class FoundDate(NamedTuple):
    """Where a date stands in a text; `when` is None if it is impossible or could be two dates."""

    start: int
    end: int
    when: datetime | None


def find_date(text: str, zone: tzinfo, *, day_first: bool = False) -> FoundDate | None:
    """Return the first date in `text`. Without a time of day it is midnight in `zone`.

    `day_first` says that 3/4/2024 is the third of April; else it is none.
    """
    if not _ANY_YEAR.search(text):
        return None
    matches = [match for form in _FORMS if (match := form.search(text))]
    if not matches:
        return None
    match = min(matches, key=lambda found: (found.start(), -found.end()))
    return FoundDate(match.start(), match.end(), _when(match.groupdict(), zone, day_first))


def parse_date(text: str, zone: tzinfo) -> datetime | None:
    """Return the date that is all of `text`, or None."""
    found = find_date(text.strip(), zone)
    return found.when if found and found[:2] == (0, len(text.strip())) else None


def at_midnight(day: date, zone: tzinfo) -> datetime:
    """Return the beginning of a day in `zone`."""
    return datetime.combine(day, time(), zone)


def _when(parts: dict[str, str | None], zone: tzinfo, day_first: bool) -> datetime | None:
    try:
        day = date(int(parts["year"] or 0), *_month_and_day(parts, day_first))
        if day.year not in _YEARS:
            return None
        return datetime.combine(day, _clock(parts), _zone(parts.get("zone"), zone))
    except ValueError:
        return None


def _month_and_day(parts: dict[str, str | None], day_first: bool) -> tuple[int, int]:
    if name := parts.get("name"):
        return MONTHS[name.lower()], int(parts["day"] or 0)
    if (first := parts.get("first")) and day_first:
        return int(parts["second_"] or 0), int(first)
    if first:  # 3/14/2024 and 14/3/2024 are clear, 3/4/2024 is not
        low, high = sorted((int(first), int(parts["second_"] or 0)))
        return (low, high) if high > 12 or low == high else (0, 0)
    return int(parts["month"] or 0), int(parts["day"] or 0)


def _clock(parts: dict[str, str | None]) -> time:
    hour = int(parts.get("hour") or 0)
    if half := parts.get("half") or parts.get("only_half"):
        hour = hour % 12 + 12 * (half.lower() == "p")
    return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))


def _zone(name: str | None, zone: tzinfo) -> tzinfo:
    if name is None:
        return zone
    if name.lower() == "z":
        return timezone(timedelta())
    if name.lower() in ZONES:
        return timezone(timedelta(minutes=ZONES[name.lower()]))
    digits = name[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)
