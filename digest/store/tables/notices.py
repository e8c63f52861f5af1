"""The table of who was told of what; apart from the others, which fill a file."""

from datetime import datetime

from sqlmodel import Field

from digest.store.tables.table import Table


class NoticeRow(Table, table=True):
    """That somebody was told of something, or is being told (see admin_notices)."""

    __tablename__ = "notice"

    key: str = Field(primary_key=True)
    email: str = Field(primary_key=True)
    state: str
    attempts: int = 0
    due: datetime | None = None
    """When to try again; none: not again."""
    why: str = ""
    changed: datetime
