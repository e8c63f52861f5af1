"""The table of the keys that signed links of this store."""

from datetime import datetime

from sqlmodel import Field

from digest.store.tables.table import Table


class SigningKeyRow(Table, table=True):
    """A key that links were signed with: only what tells it from another (`key_fingerprint`)."""

    __tablename__ = "signing_key"

    fingerprint: str = Field(primary_key=True)
    since: datetime
