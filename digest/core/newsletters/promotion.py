"""What readers of a tier get: sponsors, the request to become a subscriber, the whole of pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from digest.core.message.story_choice import OPEN_FLAG

SponsorPlace = Literal["top", "after_lead", "after_section", "end"]

SPONSOR, PITCH, THANKS = "sponsor", "pitch", "thanks"
"""The flags of `story_choice` for readers who see sponsors, who are asked, and who are thanked."""


@dataclass(frozen=True, slots=True)
class Sponsor:
    """One advertisement, said to be one. It runs from `since` until `until`, both days included.

    `link` is what the link says, `label` what stands above it; empty: the name, and "Sponsored by"
    with the name.
    """

    name: str
    text: str
    url: str = ""
    link: str = ""
    label: str = ""
    place: SponsorPlace = "after_lead"
    since: date | None = None
    until: date | None = None

    def runs(self, day: date) -> bool:
        """Whether it is shown on a day (that of the edition, in its newsletter's time zone)."""
        return (not self.since or self.since <= day) and (not self.until or day <= self.until)


@dataclass(frozen=True, slots=True)
class Appeal:
    """A text with a button; without an address there is no button."""

    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Pitch:
    """The request to subscribe, and what those read instead who do; in every so many-th edition."""

    ask: Appeal | None
    thanks: Appeal | None
    every: int = 4

    def is_due(self, editions_since: int | None) -> bool:
        """Whether an edition has it, so many editions after the last that had it (None: never).

        The one right after it counts as 0 editions since.
        """
        return editions_since is None or editions_since + 1 >= self.every


@dataclass(frozen=True, slots=True)
class Tiers:
    """What a reader's tier means; compared without regard to case."""

    subscribers: tuple[str, ...] = ("subscriber",)
    ad_free: tuple[str, ...] = ("subscriber",)


def is_subscriber(tier: str, tiers: Tiers) -> bool:
    """Whether a reader of this tier is a subscriber."""
    return _among(tier, tiers.subscribers)


def tier_flags(
    tier: str, tiers: Tiers, pitch: Pitch | None, *, sponsored: bool, locked: bool = False
) -> tuple[str, ...]:
    """What a reader of a tier sees of an edition's sponsors and of its pitch, if it has any.

    And whether they see the whole of what is for subscribers, if they get any of that.
    """
    found = []
    if locked and is_subscriber(tier, tiers):
        found.append(OPEN_FLAG)
    if sponsored and not _among(tier, tiers.ad_free):
        found.append(SPONSOR)
    if pitch and pitch.thanks and _among(tier, tiers.subscribers):
        found.append(THANKS)
    if pitch and pitch.ask and not _among(tier, tiers.subscribers):
        found.append(PITCH)
    return tuple(sorted(found))


def _among(tier: str, tiers: Sequence[str]) -> bool:
    return tier.casefold() in {one.casefold() for one in tiers}
