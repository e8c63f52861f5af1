"""Asking to get a newsletter: for how long the question stands, and how often it may be asked."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from digest.core.message.signed_token import newest_key

EXPIRES = timedelta(days=7)
"""So long the link of a confirmation letter is good."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAUSE = timedelta(minutes=10)
"""So soon after being asked for an address isn't written to again, even if no letter got away."""
MAX_LETTERS_PER_ADDRESS = 3
"""So many letters an address gets in the days that a question stands."""
_PREFIX = {4: 24, 6: 56}
"""What one household or office has in common of its addresses, in bits."""


class Refusal(StrEnum):
    """Why nobody is written to."""

    BUSY = "busy"
    """Too many from one network, or in total: whoever asks may know."""
    QUIET = "quiet"
    """It depends on the address, so nobody may know."""


class ConsentStage(StrEnum):
    """How far a question is."""

    OPEN = "open"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many may ask within an hour: from one network, and in total."""

    per_network: int = 10
    per_hour: int = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """Who asked lately. `network` and `total` are of the last hour.

    `lately` are letters to this address in the last day, and questions in the last `PAUSE`;
    `letters` those in the time that a question stands. `barred`: it may not be mailed at all.
    """

    network: int = 0
    total: int = 0
    lately: int = 0
    letters: int = 0
    barred: bool = False
    forgotten: bool = False
    """It was forgotten: not even that it was asked for may be written down."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for with a form, and the words that they read there.

    `network` and `origin` are fingerprints: of the network that they came from, and of the address
    in it. Empty: unknown. `mark` is what would be kept of the address if it was forgotten.
    """

    email: str
    key: str
    newsletters: tuple[str, ...]
    form: str
    text: str
    network: str = ""
    origin: str = ""
    mark: str = ""

    def unnamed(self) -> "Wish":
        """The same without the address, of one who was forgotten: enough to count them."""
        return replace(self, email="", key=self.mark)


@dataclass(frozen=True, slots=True)
class Consent:
    """A wish as it is kept: the proof that the owner of an address agreed, once `confirmed`."""

    id: int
    wish: Wish
    asked: datetime
    confirmed: datetime | None = None

    def stage(self, now: datetime) -> ConsentStage:
        """Whether it can still be confirmed."""
        if self.confirmed:
            return ConsentStage.CONFIRMED
        return ConsentStage.OPEN if now < self.asked + EXPIRES else ConsentStage.EXPIRED


def signup_refusal(counts: Counts, quota: Quota) -> Refusal | None:
    """Whether to keep from writing to an address; the counts are those before this question."""
    if counts.network >= quota.per_network or counts.total >= quota.per_hour:
        return Refusal.BUSY
    if (
        counts.barred
        or counts.forgotten
        or counts.lately
        or counts.letters >= MAX_LETTERS_PER_ADDRESS
    ):
        return Refusal.QUIET
    return None


def origin_fingerprint(origin: str, secret: str) -> str:
    """What shows that something came from an IP address to whoever knows both, and else nothing.

    Empty for what is no IP address.
    """
    try:
        known = ip_address(origin).compressed
    except ValueError:
        return ""
    keyed = hmac.new(newest_key(secret).encode(), f"digest/origin {known}".encode(), hashlib.sha256)
    return keyed.hexdigest()[:32]


def network_of(origin: str) -> str:
    """The first address of the network that an IP address is in; empty for what is none."""
    try:
        address = ip_address(origin)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    around = ip_network(f"{address}/{_PREFIX[address.version]}", strict=False)
    return str(around.network_address)
