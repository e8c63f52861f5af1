"""A newsletter and its rules, as decided in config.toml."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from digest.core.articles.author import Writer
from digest.core.articles.topic_rules import TopicRule
from digest.core.newsletters.promotion import Pitch, Sponsor, Tiers
from digest.core.newsletters.timetable import Late, Schedule


@dataclass(frozen=True, slots=True)
class Publication:
    """Who speaks."""

    name: str
    url: str
    postal_address: str
    language: str
    timezone: str
    subscribe_url: str = ""
    """Where one becomes a subscriber; empty: at `url`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may go into an edition, and how much of it."""

    topics: tuple[str, ...]
    """Slugs of the topics wanted; empty means every topic, and articles without one."""
    lookback: timedelta
    min_articles: int
    max_articles: int
    max_per_topic: int
    max_per_author: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a planned edition waits as a draft: not at all, for a person, or for `delay`."""

    policy: Literal["auto", "required", "auto_after"] = "auto"
    delay: timedelta = timedelta(0)


Archive = Literal["public", "readers", "subscribers", "none"]
"""Who reads past editions on the web: everybody; who gets the newsletter; of these, who is a
subscriber by their tier; nobody. All but the last show their titles to everybody."""


@dataclass(frozen=True, slots=True)
class Newsletter:
    """One regular digest of a publication."""

    slug: str
    title: str
    timezone: str
    """IANA name; never empty (the publication's where the newsletter has none)."""
    schedule: Schedule
    late: Late
    approval: Approval
    rules: Rules
    subject: str
    """Template text, e.g. `{{ lead.title }}`."""
    preheader: str
    intro: str
    topics: tuple[TopicRule, ...]
    """Every [[topic]] of the config, in its order; sections follow it."""
    writers: tuple[Writer, ...] = ()
    """Every [[author]] of the config."""
    footer: str = ""
    """A note above the reason why a reader gets this; plain text."""
    sponsors: tuple[Sponsor, ...] = ()
    pitch: Pitch | None = None
    tiers: Tiers = field(default_factory=Tiers)
    """What the tiers of its readers mean."""
    repeats: bool = False
    """Whether readers may get here what they got from another newsletter."""
    archive: Archive = "public"
    draft_ahead: timedelta | None = None
    """So long before its moment an edition is drawn up; None: at its moment."""


def shared_topics(one: Newsletter, other: Newsletter) -> tuple[str, ...] | None:
    """The topics that both take articles from, by their slugs; None: all, also those without one.

    Empty where they share none.
    """
    first, second = one.rules.topics, other.rules.topics
    if not first and not second:
        return None
    if not first or not second:
        return first or second
    return tuple(slug for slug in first if slug in second)
