"""When a newsletter is due: slots in its own time zone, right over both clock changes.

A slot is a local date and time turned into an instant. A time that the spring change leaves out
moves forward by the missing hour; of a time that the autumn change repeats, the first counts. So
each date that the schedule names has its slot exactly once, in every zone, also where the clock
changes at midnight.
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from digest.core.newsletters.cron import WEEKDAYS, parse_cron

ON_TIME_WITHIN = timedelta(minutes=5)
"""A slot that is noticed within this time is not late: the scheduler looks once a minute, and a
restart takes a moment."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The local moments at which an edition is due.

    every = "day": each day at `at`. every = "week": on these `weekdays` (0 = Monday) at `at`.
    every = "month": on these `monthdays` (1 to 31; a day that a month lacks falls on its last
    day) at `at`. every = "cron": the five fields of crontab(5), weekdays by name, kept in `cron`.
    """

    every: Literal["day", "week", "month", "cron"]
    at: time = time(7, 30)
    weekdays: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    cron: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """What to do with a slot that passed while nothing ran: send, send until a limit, skip, ask."""

    policy: Literal["send", "send_until", "skip", "ask"]
    limit: timedelta = timedelta(0)


class Do(StrEnum):
    """What follows for a slot that has come."""

    SEND = "send"
    SKIP = "skip"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class DueSlot:
    """The newest slot that has come (UTC), what to do with it, and why (a sentence for people).

    `passed_over` are older slots, oldest first, that nothing was sent for and nothing will be: a
    catch-up is one edition, never several.
    """

    slot: datetime
    do: Do
    why: str
    passed_over: tuple[datetime, ...] = ()


def slots_between(
    schedule: Schedule, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Yield every slot with after < slot <= until, in UTC, in order. Both bounds are aware."""
    # A change of the clock moves a slot by a day at most (Samoa left out a whole date).
    day = after.astimezone(zone).date() - 2 * _DAY
    last = until.astimezone(zone).date() + 2 * _DAY
    held: set[datetime] = set()
    while day <= last:
        held.update(instant(day, at, zone) for at in _times(schedule, day))
        day += _DAY
        # A slot that a gap moved past midnight waits for those of the next date.
        begin = _begin(day, zone)
        ready = sorted(slot for slot in held if slot < begin)
        held.difference_update(ready)
        yield from (slot for slot in ready if after < slot <= until)


def next_slots(
    schedule: Schedule, zone: ZoneInfo, after: datetime, count: int
) -> tuple[datetime, ...]:
    """The next `count` slots after a moment, in UTC."""
    # The rarest line, "0 0 29 feb *", comes every eight years at worst.
    until = after + timedelta(days=8 * 366) * (count + 1)
    return tuple(islice(slots_between(schedule, zone, after, until), count))


def due_slot(
    schedule: Schedule, zone: ZoneInfo, late: Late, since: datetime, now: datetime
) -> DueSlot | None:
    """Decide on the newest slot with since < slot <= now; None where there is none.

    `since` is the newest slot already dealt with, or the moment from which the newsletter counts.
    """
    come = tuple(slots_between(schedule, zone, since, now))
    if not come:
        return None
    do, why = judge_lateness(late, now - come[-1])
    return DueSlot(come[-1], do, why, come[:-1])


def judge_lateness(late: Late, lateness: timedelta) -> tuple[Do, str]:
    """What to do with an edition that is so late, and why (a sentence for people)."""
    if lateness <= ON_TIME_WITHIN:
        return Do.SEND, "it is due"
    by = f"it is {span(lateness)} late"
    if late.policy == "send_until":
        limit = f'late = "send_until" allows {span(late.limit)}'
        in_time = lateness <= late.limit
        return (Do.SEND, f"{by}; {limit}") if in_time else (Do.SKIP, f"{by}; {limit} only")
    return Do(late.policy), f'{by}, and late = "{late.policy}"'


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local date and time as an instant in UTC: out of a gap forward, of two the first."""
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def describe(schedule: Schedule) -> str:
    """Say it in words: "every Monday and Thursday at 07:30"."""
    at = f"at {schedule.at:%H:%M}"
    if schedule.every == "cron":
        return f'by cron "{schedule.cron}"'
    if schedule.every == "week":
        return f"every {_and(WEEKDAYS[n].capitalize() for n in schedule.weekdays)} {at}"
    if schedule.every == "month":
        return f"every month on the {_and(_ordinal(n) for n in schedule.monthdays)} {at}"
    return f"every day {at}"


def span(length: timedelta) -> str:
    """A length of time for people: "2 days 3 h", "45 min", "less than a minute"."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        *([f"{days} day{'s' if days > 1 else ''}"] if days else []),
        *([f"{hours} h"] if hours else []),
        *([f"{minutes} min"] if minutes else []),
    ]
    return " ".join(parts[:2]) or "less than a minute"


def _times(schedule: Schedule, day: date) -> tuple[time, ...]:
    """The local times of a date at which the schedule comes round."""
    if schedule.every == "cron":
        cron = parse_cron(schedule.cron)
        return cron.times if cron.on(day) else ()
    if schedule.every == "week" and day.weekday() not in schedule.weekdays:
        return ()
    if schedule.every == "month":
        length = calendar.monthrange(day.year, day.month)[1]
        if day.day not in {min(wanted, length) for wanted in schedule.monthdays}:
            return ()
    return (schedule.at,)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """An instant that no slot of this date or a later one comes before."""
    midnight = datetime.combine(day, time(0), zone)
    return min(midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC))


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _ordinal(n: int) -> str:
    ending = "th" if 10 < n < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
