"""The ledger: one row per edition and reader."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class DeliveryRow(Table, table=True):
    """One message to one reader: the ledger."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("edition_id", "subscriber_id"),
        Index("ix_delivery_due", "state", "due"),
        Index("ix_delivery_edition_state", "edition_id", "state"),
        NEVER_REUSE_IDS,
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
    called: bool = (
        False  # its `due` was given to it by a bucket (see core.delivery.rate_limit.admit)
    )
    code: int = 0
    why: str = ""
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What decisions go by (see core.readers.reason); `why` is for people."""
    changed: datetime
