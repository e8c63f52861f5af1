"""The tables of editions: their bytes, their variants and their articles."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table


class EditionRow(Table, table=True):
    """One edition and how far it is."""

    __tablename__ = "edition"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int = Field(foreign_key="newsletter.id", index=True)
    slot_id: int = Field(foreign_key="slot.id", unique=True)
    state: str = Field(index=True)
    why: str = ""
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What decisions go by (see core.editions.edition.EditionReason)."""
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
    approved: datetime | None = None
    """When somebody approved the draft; it is frozen when its moment has come."""
    approved_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Counts up with everything that is done to the draft."""
    back: datetime | None = None
    """It has in store what earlier editions had from this moment on (cadence.EditionTiming)."""


class FragmentRow(Table, table=True):
    """A wire-ready piece of a frozen edition; `size` is its bytes before encoding."""

    __tablename__ = "fragment"

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes
    size: int = 0


class VariantRow(Table, table=True):
    """One choice of an edition's fragments, and its words (see core.message.story_choice)."""

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("edition_id", "code"), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    code: str
    standard: bool = False
    subject: str
    preheader: str
    intro: str = ""


class EditionArticleRow(Table, table=True):
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
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why it is out (see core.editions.selection.LeftoutReason)."""
    content_hash: str


class DraftRow(Table, table=True):
    """What a draft was drawn up from, before any edit; kept until the edition is frozen."""

    __tablename__ = "draft"

    edition_id: int = Field(primary_key=True, foreign_key="edition.id")
    drawn: datetime
    readers: int
    content: bytes
    """A core.editions.draft.DrawnDraft as JSON, compressed by zlib."""


class DraftEditRow(Table, table=True):
    """One change by an editor (see core.editions.draft_edit). What was undone stays, as undone."""

    __tablename__ = "draft_edit"

    edition_id: int = Field(primary_key=True, foreign_key="edition.id")
    number: int = Field(primary_key=True)
    kind: str
    article_id: int | None = Field(default=None, foreign_key="article.id")
    text: str = ""
    section: str | None = None
    place: int | None = None
    edited_by: str
    at: datetime
    undone_by: str = ""
    undone: datetime | None = None
