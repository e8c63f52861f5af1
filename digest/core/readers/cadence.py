"""How often a reader gets a newsletter, and when they pause: whose turn it is, what they are owed.

Whose turn it isn't gets what they missed with their next edition. Moments are aware and in UTC.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from digest.core.readers.reason import Reason

EDGE = timedelta(microseconds=1)
"""The least that moments differ by."""
LONGEST_PAUSE = timedelta(days=366)
MOST_AT_ONCE = 100
"""Stories in one message for somebody who waited; others are left out, with this reason."""


class Cadence(StrEnum):
    """How many editions of a newsletter a reader gets."""

    EVERY = "every"
    SECOND = "second"
    MONTHLY = "monthly"


NOT_THEIR_TURN = {
    Cadence.SECOND: "not their turn: they get every second edition; they get it with the next",
    Cadence.MONTHLY: "not their turn: they get one edition a month; they get it with the next",
}
PAUSED = "they paused until {day}; "
WITH_CATCH_UP = "they catch up after it"
WITHOUT = "what comes meanwhile passes them by"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a reader wants a newsletter.

    They get nothing up to `paused_until`; with `catch_up`, the best of it comes afterwards. What
    editions had from `owed_since` on may be owed to them; before that, nothing is. They `said` all
    that at this moment.
    """

    cadence: Cadence = Cadence.EVERY
    paused_until: datetime | None = None
    catch_up: bool = False
    owed_since: datetime | None = None
    said: datetime | None = None


EVERY = Rhythm()


@dataclass(frozen=True, slots=True)
class PastEdition:
    """An earlier edition that was made for a reader.

    It `reached` them, may have, or is on its way; `sure` says that it is there or nobody knows.
    `back` is as in Occasion; it was drawn up when it was `made`.
    """

    at: datetime
    made: datetime
    reached: bool
    sure: bool
    back: datetime | None


@dataclass(frozen=True, slots=True)
class EditionTiming:
    """An edition among the others of its newsletter.

    It has in store what earlier ones had from the moment `back` on. Who missed something by
    mishap gets it within the `lookback`. Months are those of the newsletter's zone. It was drawn up
    when it was `made`, if it was yet.
    """

    at: datetime
    zone: ZoneInfo
    lookback: timedelta
    others: tuple[datetime, ...] = ()
    back: datetime | None = None
    made: datetime | None = None
    fills: Mapping[Cadence, frozenset[datetime]] = field(init=False)

    def __post_init__(self) -> None:
        filled = {one: fills(one, self.at, self.others, self.zone) for one in Cadence}
        object.__setattr__(self, "fills", filled)

    @property
    def edge(self) -> datetime:
        """What editions had before this is made up for to nobody who isn't owed it."""
        return self.at - self.lookback + EDGE

    def owed_after(
        self, rhythm: Rhythm, ruling: "CadenceDecision", *, nothing: bool
    ) -> datetime | None:
        """From when on something is owed to a reader after it; with `nothing` in it for them, all
        that was owed is settled, as by an edition that surely reached them.
        """
        if not nothing or ruling.why or self.made is None:
            return ruling.owed_since
        here = PastEdition(self.at, self.made, reached=False, sure=True, back=self.back)
        return unsettled_since(replace(rhythm, owed_since=ruling.owed_since), [here], self)


@dataclass(frozen=True, slots=True)
class CadenceDecision:
    """What an edition means for a reader.

    `why` they don't get it, "" if they do; then what it has `passed` them by for good, or is owed
    to them `owed_since`. Those who get it don't get what editions had before `since`, and at most
    so many stories; 0 is as many as the newsletter allows.
    """

    why: str
    reason: Reason
    passed: bool
    owed_since: datetime | None
    since: datetime
    most: int


def fills(
    cadence: Cadence, at: datetime, others: Collection[datetime], zone: ZoneInfo
) -> frozenset[datetime]:
    """The editions that take the turn of this one from those whom they reached.

    Every second: the one right before. Monthly: every other one of its calendar month, so that
    the first of a month that reaches a reader is theirs.
    """
    if cadence is Cadence.SECOND:
        return frozenset(sorted(one for one in others if one < at)[-1:])
    if cadence is Cadence.MONTHLY:
        month = _month(at, zone)
        return frozenset(one for one in others if one != at and _month(one, zone) == month)
    return frozenset()


def _month(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = moment.astimezone(zone)
    return local.year, local.month


def paused(rhythm: Rhythm, at: datetime) -> bool:
    """Whether a reader pauses at a moment."""
    return rhythm.paused_until is not None and at < rhythm.paused_until


def pause_reason(until: date, *, catch_up: bool) -> str:
    """Why a reader who pauses until that day gets nothing."""
    day = f"{until:%Y-%m-%d}"
    return PAUSED.format(day=day) + (WITH_CATCH_UP if catch_up else WITHOUT)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def first_day(since: datetime, zone: ZoneInfo) -> date:
    """The first day of a zone that begins no sooner than this moment."""
    day = since.astimezone(zone).date()
    return day if begins(day, zone) >= since else day + timedelta(days=1)


def rule(
    rhythm: Rhythm, occasion: EditionTiming, had: Collection[PastEdition] = ()
) -> CadenceDecision:
    """Say what an edition means for a reader. `had` are earlier ones that were made for them."""
    owed = unsettled_since(rhythm, had, occasion)
    why, reason, passes = "", Reason.NONE, False
    if rhythm.paused_until and paused(rhythm, occasion.at):
        passes = not rhythm.catch_up
        day = rhythm.paused_until.astimezone(occasion.zone)
        why, reason = pause_reason(day, catch_up=rhythm.catch_up), Reason.ON_A_BREAK
    else:
        filled = occasion.fills[rhythm.cadence]
        if any(one.reached and one.at in filled for one in had):
            why, reason = NOT_THEIR_TURN[rhythm.cadence], Reason.NOT_THEIR_TURN
    if why and not passes:
        owed = owed or occasion.at
    since = min(occasion.edge, owed) if owed else occasion.edge
    most = MOST_AT_ONCE if owed and not _catches_up(rhythm, owed) else 0
    return CadenceDecision(why, reason, passes, owed, since, most)


def unsettled_since(
    rhythm: Rhythm, had: Iterable[PastEdition], occasion: EditionTiming
) -> datetime | None:
    """From when on something may still be owed, with what was made for a reader since.

    An edition settles what it had in store for them, once it surely reached them; or if it did
    not, as late as others are made up for. It has nothing in store for somebody whose turn it was
    not when it was drawn up, so one from before they said otherwise settles nothing.
    """
    owed = rhythm.owed_since
    if owed is None:
        return None
    had = (one for one in had if rhythm.said is None or rhythm.said <= one.made)
    for one in sorted(had, key=lambda one: one.at):
        done = one.sure or one.at < occasion.edge
        if done and one.at >= owed and one.back is not None and one.back <= owed:
            owed = one.at + EDGE
    return owed


def _catches_up(rhythm: Rhythm, owed: datetime) -> bool:
    """Whether somebody comes back from a pause; they get the best, not all."""
    return rhythm.catch_up and rhythm.paused_until is not None and owed < rhythm.paused_until


def break_ends(length: str, today: date) -> date | None:
    """The day on which a break ends: of two "weeks", of a "month", or on a day that is given.

    None for no day from tomorrow to a year from now.
    """
    if length == "weeks":
        return today + timedelta(days=14)
    if length == "month":
        year, month = today.year + today.month // 12, today.month % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    try:
        day = date.fromisoformat(length)
    except ValueError:
        return None
    return day if today < day <= today + LONGEST_PAUSE else None


def together(cadence: Cadence, moments: Iterable[datetime], zone: ZoneInfo) -> tuple[datetime, ...]:
    """Of these editions, those that the last message of a cadence would have been made of."""
    every = sorted(moments)
    reached: set[datetime] = set()
    waiting: list[datetime] = []
    last: tuple[datetime, ...] = ()
    for at in every:
        waiting.append(at)
        if reached.isdisjoint(fills(cadence, at, every, zone)):
            reached.add(at)
            last, waiting = tuple(waiting), []
    return last
