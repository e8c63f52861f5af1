"""The tables of newsletters and the moments that were decided on."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class NewsletterRow(Table, table=True):
    """A newsletter of the config, since when the scheduler knows it."""

    __tablename__ = "newsletter"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    known_since: datetime


class SlotRow(Table, table=True):
    """A moment that was decided on: an edition, or why there is none. One row per moment."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("newsletter_id", "at"), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int = Field(foreign_key="newsletter.id")
    at: datetime
    planned: bool
    """By the schedule (not by hand)."""
    decision: str
    """"edition", "skipped" or "asked"."""
    why: str = ""
    decided: datetime
