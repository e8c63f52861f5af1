"""The tables of readers, what they subscribe to, and who must not be mailed."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class SubscriberRow(Table, table=True):
    """One person. `key` compares addresses (see email_address); `email` is as they gave it."""

    __tablename__ = "subscriber"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    email: str
    name: str = ""
    tier: str = ""
    tier_until: date | None = None
    """The last day of the tier; after it the reader has none."""
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    authors: list[str] = Field(default_factory=list, sa_type=JSON)
    format: str = "full"
    paused_until: datetime | None = None
    catch_up: bool = False
    said: datetime | None = None
    """When they last changed how often they get something, or their pause."""
    said_by_list: bool = False
    """It was a list that did, and not they themselves."""
    added: datetime
    language: str = ""
    """The language that they chose elsewhere, such as "de"; "" if nobody said."""
    chosen: datetime | None = None
    """When the reader chose topics and authors themselves; no list changes these after that."""


class SubscriptionRow(Table, table=True):
    """That a person reads a newsletter, or did."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "newsletter_id"),
        Index("ix_subscription_audience", "newsletter_id", "status"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id")
    newsletter_id: int = Field(foreign_key="newsletter.id")
    status: str
    """"active" or "unsubscribed"."""
    since: datetime
    until: datetime | None = None
    cadence: str = "every"
    owed_since: datetime | None = None
    """What editions had from then on may be owed to them (core.readers.cadence.Rhythm)."""


class SuppressionRow(Table, table=True):
    """An address that must not be mailed again: by one newsletter, or by any (`scope` "")."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("key", "scope"), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    scope: str = ""
    why: str
    reason: str = "left"
    """A `SuppressionReason`: by this one decides who may come back; `why` is for people."""
    at: datetime
