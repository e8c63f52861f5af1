"""A reader, as we know them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence, Rhythm
from digest.core.readers.reason import SuppressionReason


class SubscriptionStanding(StrEnum):
    """Whether a reader gets a newsletter."""

    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


FOREVER = date.max
"""The last day of a tier that a list says has none; None there: the list says nothing of it."""


@dataclass(frozen=True, slots=True)
class Break:
    """That a reader gets nothing before a day, which begins `until`; None for a day that is over:
    that ends a break. What comes afterwards is for `catch_up` to say, where it isn't None.
    """

    day: date
    until: datetime | None
    catch_up: bool | None = None


@dataclass(frozen=True, slots=True)
class Wants:
    """How often, when and how a reader wants newsletters, as far as a list says it.

    The cadences are by newsletter; that of "" is for those that aren't named.
    """

    cadences: tuple[tuple[str, Cadence], ...] = ()
    rest: Break | None = None
    format: Format | None = None

    def __bool__(self) -> bool:
        return bool(self.cadences or self.rest or self.format)


NO_WANTS = Wants()


class Exclusion(NamedTuple):
    """Why a list says that somebody must not be mailed, and since when if it says that, too."""

    reason: SuppressionReason = SuppressionReason.LEFT
    at: datetime | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it is about their address, or about us: so no newsletter may mail them."""
        return self.reason is not SuppressionReason.LEFT


@dataclass(frozen=True, slots=True)
class Subscription:
    """One newsletter of a reader; `id` is what the signed links hold."""

    id: int
    newsletter: str
    standing: SubscriptionStanding
    since: datetime
    until: datetime | None
    cadence: Cadence = Cadence.EVERY
    owed_since: datetime | None = None
    """As in core.readers.cadence.Rhythm."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """That an address must not be mailed by a newsletter, or by any (`scope` empty)."""

    scope: str
    why: str
    at: datetime
    reason: SuppressionReason = SuppressionReason.LEFT


class KeptConsent(NamedTuple):
    """A question to get newsletters, and its answer, as the store has it."""

    newsletters: tuple[str, ...]
    form: str
    text: str
    asked: datetime
    mailed: datetime | None = None
    confirmed: datetime | None = None
    network: str = ""
    origin: str = ""
    confirmed_origin: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What our own export has of a reader beyond what any list says: standings by newsletter, why
    they must not be mailed, what they agreed to, and when they joined and chose for themselves.
    """

    standings: tuple[tuple[str, SubscriptionStanding], ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    consents: tuple[KeptConsent, ...] = ()
    added: datetime | None = None
    chosen: datetime | None = None
    language: str = ""


class NewReader(NamedTuple):
    """A reader as a list gave them; the address is valid (core.text.email_address).

    A tuple, since they come by the million.
    """

    email: str
    key: str
    name: str = ""
    tier: str = ""
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    standing: SubscriptionStanding = SubscriptionStanding.ACTIVE
    tier_until: date | None = None
    wants: Wants = NO_WANTS
    exclusion: Exclusion = Exclusion()
    """Of one who is not to be mailed."""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader with everything that we hold about them; `tier_until` is the tier's last day."""

    email: str
    name: str
    tier: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    added: datetime
    subscriptions: tuple[Subscription, ...]
    suppressions: tuple[Suppression, ...]
    id: int = 0
    tier_until: date | None = None
    chosen: datetime | None = None
    """When they chose topics and authors themselves, on their page; no list changes these then."""
    format: Format = Format.FULL
    paused_until: datetime | None = None
    """Long past for a pause that ended."""
    catch_up: bool = False
    said: datetime | None = None
    """When they last changed their rhythm."""
    language: str = ""

    def rhythm(self, of: Subscription) -> Rhythm:
        """When they want one of their newsletters."""
        return Rhythm(of.cadence, self.paused_until, self.catch_up, of.owed_since, self.said)


def tier_on(day: date, tier: str, until: date | None) -> str:
    """The tier that counts on a day, that of an edition where its readers are: "" after its end."""
    return "" if until and day > until else tier


class Enrolment(StrEnum):
    """What adding a reader did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    GONE = "left earlier"
    """They unsubscribed or may not be mailed; nothing but they themselves changes that."""


class AddedReader(NamedTuple):
    """What adding one reader did, and why not all that was asked for.

    `kept` says that something stays as the reader chose it on their page. Then, by newsletter, what
    they join (None: all that were asked for), stay out of, and leave.
    """

    result: Enrolment
    why: str = ""
    kept: bool = False
    joins: tuple[str, ...] | None = ()
    stays_out: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
