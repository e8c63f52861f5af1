"""A reader, as we know them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Whether a reader gets a newsletter."""

    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class NewReader:
    """A reader as a list gave them; the address is valid (core.address)."""

    email: str
    key: str
    name: str = ""
    tier: str = ""
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    standing: Standing = Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Subscription:
    """One newsletter of a reader; `id` is what the signed links hold."""

    id: int
    newsletter: str
    standing: Standing
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """That an address must not be mailed by a newsletter, or by any (`scope` empty)."""

    scope: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader with everything that we hold about them."""

    email: str
    name: str
    tier: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    added: datetime
    subscriptions: tuple[Subscription, ...]
    suppressions: tuple[Suppression, ...]
    id: int = 0


class Enrolment(StrEnum):
    """What adding a reader did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    GONE = "left earlier"
    """They unsubscribed or may not be mailed; nothing but they themselves changes that."""
