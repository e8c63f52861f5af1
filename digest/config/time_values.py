"""Reading values of the config that are times: days, durations, zones and schedules."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from digest.config.fields import any_text, near, shown_value
from digest.core.newsletters.cron import WEEKDAY_NUMBERS, WEEKDAYS, parse_cron
from digest.core.newsletters.newsletter import Approval
from digest.core.newsletters.timetable import Late

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([0-9]{1,6}) ?([smhdw])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def duration(value: object) -> timedelta:
    """A length of time: "14d", "6h", "30m", "90s"."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(
            f'must be a length of time such as "14d", "6h" or "30m", got {shown_value(value)}'
        )
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def duration_or_none(value: object) -> timedelta | None:
    """A length of time, or nothing."""
    return None if value == "" else duration(value)


def clock(value: object) -> time:
    """A time of day: "07:30"; TOML's own 07:30:00 too."""
    if isinstance(value, time) and not value.second and not value.microsecond:
        return value
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'must be a time of day from "00:00" to "23:59", got {shown_value(value)}')
    return time(int(match[1]), int(match[2]))


def date_or_none(value: object) -> date | None:
    """A day, or nothing."""
    match value:
        case None | "":
            return None
        case datetime():
            pass
        case date():
            return value
        case str():
            with suppress(ValueError):
                return date.fromisoformat(value)
    raise ValueError(f"must be a day such as 2026-03-16, got {shown_value(value)}")


def timezone(value: object) -> str:
    """The name of a time zone that exists."""
    zone = any_text(value)
    try:
        return ZoneInfo(zone).key
    except (LookupError, ValueError, OSError):  # unknown, outside of the database, a folder
        hint = _near_zone(zone)
        raise ValueError(
            'must be the name of a time zone such as "Europe/Berlin", '
            f"got {shown_value(zone)}{hint}"
        ) from None


def timezone_or_empty(value: object) -> str:
    """The name of a time zone, or nothing."""
    return "" if value == "" else timezone(value)


def _near_zone(zone: str) -> str:
    """By the whole name, else by the city."""
    zones = {known.lower(): known for known in sorted(available_timezones())}
    cities = {known.rpartition("/")[2]: known for known in zones}
    found = get_close_matches(zone.lower(), zones, n=1, cutoff=0.75)
    if not found:
        city = re.sub(r"[ _]+", "_", zone.lower().rpartition("/")[2])
        found = [cities[c] for c in get_close_matches(city, cities, n=1, cutoff=0.75)]
    return f"; did you mean '{zones[found[0]]}'?" if found else ""


def weekdays_or_days(value: object) -> tuple[str | int, ...]:
    """Days by name or number; whether they fit is for the schedule to say."""
    if not isinstance(value, list) or any(type(day) not in {str, int} for day in value):
        raise ValueError(f'must be a list of days, ["monday"] or [1, 15], got {shown_value(value)}')
    for day in value:
        if isinstance(day, str) and day.strip().lower() not in WEEKDAY_NUMBERS:
            raise ValueError(
                f"has {shown_value(day)}, which is no weekday{near(day, list(WEEKDAYS))}"
            )
    return tuple(value)


def cron(value: object) -> str:
    """A line of crontab(5)."""
    given = any_text(value).strip()
    parse_cron(given)
    return given


def late(value: object) -> Late:
    """What to do with an edition whose moment passed while nothing ran."""
    match value:
        case "send" | "skip" | "ask":
            return Late(value)
        case str() if value.startswith("send_until:"):
            return Late("send_until", duration(value.removeprefix("send_until:")))
    raise ValueError(f'must be "send", "send_until:6h", "skip" or "ask", got {shown_value(value)}')


def approval(value: object) -> Approval:
    """Whether a person looks at an edition before it goes."""
    match value:
        case "auto" | "required":
            return Approval(value)
        case str() if value.startswith("auto_after:"):
            return Approval("auto_after", duration(value.removeprefix("auto_after:")))
    raise ValueError(f'must be "auto", "required" or "auto_after:2h", got {shown_value(value)}')
