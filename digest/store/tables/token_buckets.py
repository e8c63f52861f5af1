"""The table of what is remembered of a sender's pace."""

from datetime import datetime

from sqlmodel import Field

from digest.store.tables.table import Table


class BucketRow(Table, table=True):
    """A token bucket (see rate_limit.Bucket), or one of the two other things that pace a sender.

    "warm-up": `at` is the day, `level` its stage, `tokens` what was used, `tail` when the first of
    it was claimed. "flow": `level` is how many connections are borne, `tail` until when nothing
    may be sent.
    """

    __tablename__ = "bucket"

    name: str = Field(primary_key=True)
    tokens: float = 0
    at: datetime
    tail: datetime
    level: int = 0
