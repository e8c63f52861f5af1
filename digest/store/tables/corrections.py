"""The tables of corrections, nothing else."""

from datetime import datetime

from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class CorrectionRow(Table, table=True):
    """What an editor says was wrong in an article, of which `content_hash` is the right text."""

    __tablename__ = "correction"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    content_hash: str
    note: str
    at: datetime = Field(index=True)


class EditionCorrectionRow(Table, table=True):
    """That an edition tells of a correction; whom, is in the choices of its deliveries."""

    __tablename__ = "edition_correction"

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    correction_id: int = Field(foreign_key="correction.id", primary_key=True, index=True)
