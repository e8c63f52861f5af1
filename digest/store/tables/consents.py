"""The table of who agreed to what."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class ConsentRow(Table, table=True):
    """That an address was entered in a form, and that its owner confirmed it (double_opt_in)."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_network", "network", "asked"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    email: str
    newsletters: list[str] = Field(default_factory=list, sa_type=JSON)
    form: str
    text: str
    """The words that stood there, in the language that they were read in."""
    network: str = ""
    origin: str = ""
    asked: datetime = Field(index=True)
    mailed: datetime | None = None
    """When the mail server took the letter that asks."""
    confirmed: datetime | None = None
    confirmed_origin: str = ""
