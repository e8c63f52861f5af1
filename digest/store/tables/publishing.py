"""The tables of newsletters, editions, readers and the ledger, nothing else."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from digest.store.tables.articles import KEPT


class NewsletterRow(SQLModel, table=True):
    """A newsletter of the config, since when the scheduler knows it."""

    __tablename__ = "newsletter"
    __table_args__ = (KEPT,)

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    known_since: datetime


class SlotRow(SQLModel, table=True):
    """A moment that was decided on: an edition, or why there is none. One row per moment."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("newsletter_id", "at"), KEPT)

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int = Field(foreign_key="newsletter.id")
    at: datetime
    planned: bool
    """By the schedule (not by hand)."""
    decision: str
    """"edition", "skipped" or "asked"."""
    why: str = ""
    decided: datetime


class EditionRow(SQLModel, table=True):
    """One edition and how far it is."""

    __tablename__ = "edition"
    __table_args__ = (KEPT,)

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int = Field(foreign_key="newsletter.id", index=True)
    slot_id: int = Field(foreign_key="slot.id", unique=True)
    state: str = Field(index=True)
    why: str = ""
    subject: str = ""
    preheader: str = ""
    mark: str = ""
    boundary: str = ""
    content_hash: str = ""
    rules_hash: str = ""
    made: datetime
    frozen: datetime | None = None
    touched: datetime
    """The last time that anybody worked on it; a long silence pauses it."""
    finished: datetime | None = None
    candidates: int = 0
    back: datetime | None = None
    """It has in store what earlier editions had from this moment on (core.rhythm.Occasion)."""


class FragmentRow(SQLModel, table=True):
    """A wire-ready piece of a frozen edition; `size` is its bytes before encoding."""

    __tablename__ = "fragment"

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes
    size: int = 0


class VariantRow(SQLModel, table=True):
    """One choice of an edition's fragments, and its words (see core.choice)."""

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("edition_id", "code"), KEPT)

    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    code: str
    standard: bool = False
    subject: str
    preheader: str
    intro: str = ""


class EditionArticleRow(SQLModel, table=True):
    """Why an article is in an edition, or isn't. It is taken once: never twice, by the database."""

    __tablename__ = "edition_article"
    __table_args__ = (
        Index(
            "uq_edition_article_taken",
            "newsletter_id",
            "article_id",
            unique=True,
            sqlite_where=text("taken"),
            postgresql_where=text("taken"),
        ),
    )

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True, index=True)
    newsletter_id: int = Field(foreign_key="newsletter.id")
    taken: bool
    position: int
    place: int | None = None
    """Which bit of its deliveries' bitsets it is; not set where nobody gets it."""
    section: str = ""
    why: str
    content_hash: str


class SubscriberRow(SQLModel, table=True):
    """One person. `key` compares addresses (see core.address); `email` is as they gave it."""

    __tablename__ = "subscriber"
    __table_args__ = (KEPT,)

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
    chosen: datetime | None = None
    """When the reader chose topics and authors themselves; no list changes these after that."""


class SubscriptionRow(SQLModel, table=True):
    """That a person reads a newsletter, or did."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "newsletter_id"),
        Index("ix_subscription_audience", "newsletter_id", "status"),
        KEPT,
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
    """What editions had from then on may be owed to them (core.rhythm.Rhythm)."""


class SuppressionRow(SQLModel, table=True):
    """An address that must not be mailed again: by one newsletter, or by any (`scope` "")."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("key", "scope"), KEPT)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    scope: str = ""
    why: str
    at: datetime


class DeliveryRow(SQLModel, table=True):
    """One message to one reader: the ledger."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("edition_id", "subscriber_id"),
        Index("ix_delivery_due", "state", "due"),
        Index("ix_delivery_edition_state", "edition_id", "state"),
        KEPT,
    )

    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    subscription_id: int = Field(foreign_key="subscription.id")
    variant_id: int | None = Field(default=None, foreign_key="variant.id")
    articles: bytes = b""
    """A bitset of the places that the reader gets, the lowest byte first."""
    passed: bool = False
    """What the edition had that was new passed them by, for good: they paused."""
    state: str
    due: datetime
    attempts: int = 0
    resends: int = 0
    """Second copies allowed by `uncertain = "resend_once"` or by a person."""
    owner: str = ""
    lease: datetime | None = None
    dated: datetime | None = None
    """The Date header of the copy that may be out there."""
    called: bool = False  # its `due` was given to it by a bucket (see core.pace.admit)
    code: int = 0
    why: str = ""
    changed: datetime
