"""The table of domains that refuse our mail."""

from datetime import datetime

from sqlmodel import Field

from digest.store.tables.table import Table


class RefusalRow(Table, table=True):
    """A domain that is left alone for a while (core.delivery.provider_backoff)."""

    __tablename__ = "refusal"

    domain: str = Field(primary_key=True)
    edition_id: int
    """The edition whose readers were refused."""
    strikes: int
    since: datetime
    until: datetime
    why: str
