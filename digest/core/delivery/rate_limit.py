"""How fast: what may go now, and when to look again."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_NEARLY = 1 - 1e-6
"""Of a token; what is lost in a float must not cost a message its place."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in such a time."""

    count: int
    per: timedelta

    @property
    def per_second(self) -> float:
        """How many tokens come in in a second."""
        return self.count / self.per.total_seconds()

    @property
    def burst(self) -> float:
        """How many may go at once: what comes in in a second, and at least one."""
        return max(1.0, self.per_second)

    def __str__(self) -> str:
        seconds = round(self.per.total_seconds())
        named = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}
        return f"{self.count:,} {named.get(seconds, f'in {seconds} s')}"

    @property
    def gap(self) -> timedelta:
        """From one message to the next; rounded up, so that nobody comes too early."""
        return timedelta(microseconds=math.ceil(1e6 / self.per_second))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket that is kept in the store, and the queue in front of it.

    `tokens` were in it at the moment `at`; `tail` is the first moment that nobody has been told to
    come back at.
    """

    tokens: float
    at: datetime
    tail: datetime


def full_bucket(rate: Rate, now: datetime) -> Bucket:
    """A bucket that was never used."""
    return Bucket(rate.burst, now, now)


def refilled(bucket: Bucket, rate: Rate, now: datetime) -> Bucket:
    """With what came in since. A clock that was set back takes nothing away and adds nothing."""
    passed = max(0.0, (now - bucket.at).total_seconds())
    return replace(bucket, tokens=min(rate.burst, bucket.tokens + passed * rate.per_second), at=now)


def take_tokens(bucket: Bucket, rate: Rate, wanted: int, now: datetime) -> tuple[int, Bucket]:
    """Take up to so many tokens; how many there were."""
    bucket = refilled(bucket, rate, now)
    taken = min(wanted, max(0, math.floor(bucket.tokens + 1 - _NEARLY)))
    return taken, replace(bucket, tokens=bucket.tokens - taken)


def look_again(bucket: Bucket, rate: Rate) -> datetime:
    """When it is worth looking again: half of what goes at once is there."""
    missing = max(1.0, rate.burst / 2) - bucket.tokens
    return bucket.at + max(0, math.ceil(missing)) * rate.gap


def admit(
    bucket: Bucket, rate: Rate, *, called: bool, now: datetime
) -> tuple[datetime | None, Bucket]:
    """Let one message go, or tell it when to come back. Returns that moment, None for now.

    `called` is whether it comes at a moment that it was told: it goes before those that weren't.
    Whoever is sent away gets a moment of their own, behind everybody else's, so that all have
    their turn and nobody has to ask again before it.
    """
    bucket = refilled(bucket, rate, now)
    if bucket.tokens >= _NEARLY and (called or bucket.tail <= now):
        return None, replace(bucket, tokens=bucket.tokens - 1)
    soonest = now + max(0, math.ceil(1 - bucket.tokens)) * rate.gap
    moment = max(bucket.tail, soonest)
    return moment, replace(bucket, tail=moment + rate.gap)


def next_places(
    tail: datetime, rate: Rate, places: int, now: datetime
) -> tuple[datetime, datetime]:
    """Book so many places in a queue, one gap after the other: the first, and the new tail.

    `tail` is the first moment that nobody has. What may go in a second may go at once.
    """
    idle = now - max(timedelta(0), timedelta(seconds=1) - rate.gap)
    first = max(tail, idle)
    return first, first + places * rate.gap


# ---------------------------------------------------------------- whose mailboxes


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Domains that one provider keeps, and how much they are sent at most; None: no limit.

    A domain "yahoo.*" is any with that first part.
    """

    name: str
    domains: tuple[str, ...]
    rate: Rate | None


def _usual(name: str, per_second: int, *domains: str) -> Mailboxes:
    return Mailboxes(name, domains, Rate(per_second, timedelta(seconds=1)))


USUAL_PROVIDER_RATES = (
    _usual("Google", 30, "gmail.com", "googlemail.com"),
    _usual("Microsoft", 30, "outlook.*", "hotmail.*", "live.*", "msn.com", "passport.com"),
    _usual("Yahoo", 15, "yahoo.*", "aol.*", "ymail.com", "rocketmail.com"),
    _usual("Apple", 15, "icloud.com", "me.com", "mac.com"),
    _usual("GMX and WEB.DE", 10, "gmx.*", "web.de", "mail.com"),
    _usual("Telekom", 5, "t-online.de", "magenta.de"),
    _usual("Orange", 5, "orange.fr", "wanadoo.fr"),
    _usual("Free", 5, "free.fr", "laposte.net", "sfr.fr"),
    _usual("Libero", 5, "libero.it", "virgilio.it", "tiscali.it"),
    _usual("Mail.ru", 5, "mail.ru", "bk.ru", "inbox.ru", "list.ru"),
)
"""Our own choice, on the careful side: none of them publishes a number."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of day in which may be sent, in a time zone; it may go over midnight."""

    opens: time
    closes: time
    zone: str

    def opening(self, now: datetime) -> datetime | None:
        """When the next time begins; None if it is on."""
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        clock = local.time()
        over_midnight = self.closes <= self.opens
        on = self.opens <= clock < self.closes
        if over_midnight:
            on = clock >= self.opens or clock < self.closes
        if on:
            return None
        day = local.date() + timedelta(days=clock >= self.opens)
        # A time that a clock change leaves out comes when the clock has gone forward; one that it
        # repeats comes twice, and the first may be over.
        opening = datetime.combine(day, self.opens, zone)
        moments = (opening.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        return next((moment for moment in moments if moment > now), now)


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How far a new sender is: the day, how many days before it had mail, and today's messages."""

    day: date
    stage: int = 0
    used: int = 0

    def today(self, day: date) -> "WarmUp":
        """The same on this day. A day without mail doesn't count."""
        return WarmUp(day, self.stage + (self.used > 0)) if day > self.day else self

    def left(self, first: int) -> int:
        """How many may go today: `first` on the first day, twice as many on each that follows."""
        return max(0, (first << min(self.stage, 30)) - self.used)


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that keeps a sender from going as fast as it can."""

    relay: Rate | None = None
    mailboxes: Sequence[Mailboxes] = ()
    """The first that has a domain counts."""
    warm_up: int = 0
    """Messages on the first day; 0: no warm-up."""
    zone: str = "UTC"
    """Where a day begins for the warm-up."""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    """By the slug of the newsletter."""

    def group(self, domain: str) -> Mailboxes | None:
        """Whose mailboxes these are, if there is a limit for them."""
        wildcard = domain.partition(".")[0] + ".*"
        for one in self.mailboxes:
            if domain in one.domains or wildcard in one.domains:
                return one if one.rate else None
        return None

    def closed(self, now: datetime) -> dict[str, datetime]:
        """The newsletters that must wait, and until when."""
        found = {slug: hours.opening(now) for slug, hours in self.hours.items()}
        return {slug: moment for slug, moment in found.items() if moment is not None}

    def told(self) -> list[str]:
        """All that holds a send back, in words."""
        lines = [f"at most {self.relay}"] if self.relay else []
        if self.warm_up:
            lines.append(f"{self.warm_up:,} on the first day, twice as many on each that follows")
        slow = [f"{one.name} {one.rate}" for one in self.mailboxes if one.rate]
        return [*lines, *([f"to each of these at most: {', '.join(slow)}"] if slow else [])]

    def day(self, now: datetime) -> date:
        """Which day it is for the warm-up."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def tomorrow(self, now: datetime) -> datetime:
        """When the next day begins."""
        zone = ZoneInfo(self.zone)
        return datetime.combine(self.day(now) + timedelta(days=1), time(), zone).astimezone(UTC)


NONE = Limits()
"""As fast as it goes."""
