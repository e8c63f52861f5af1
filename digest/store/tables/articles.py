"""The tables of articles."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from digest.store.tables.table import NEVER_REUSE_IDS, Table

BY_SOURCE = "source"
"""`access_by` of an article whose source says who may read it."""


class ArticleRow(Table, table=True):
    """One article, by its identity `key`."""

    __tablename__ = "article"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    content_hash: str
    title: str
    url: str = ""
    guid: str = ""
    summary: str = ""
    body_html: str
    body_text: str
    words: int
    photo_credit: str = ""
    related: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    source: str = ""
    published: datetime = Field(index=True)
    dated: bool = True
    audio_url: str = ""
    access: str = "everyone"
    access_by: str = ""
    """Who said who may read it: "hand", so that no source changes it; BY_SOURCE; or nobody."""
    topics_by: str = ""
    first_seen: datetime
    changed: datetime


class AuthorRow(Table, table=True):
    """One person who writes; `key` compares names (see core.articles.author)."""

    __tablename__ = "author"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str


class ArticleAuthorRow(Table, table=True):
    """The byline of an article, in its order."""

    __tablename__ = "article_author"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    position: int = Field(primary_key=True)
    author_id: int = Field(foreign_key="author.id", index=True)


class ArticleTopicRow(Table, table=True):
    """A topic of an article, how strongly, and why."""

    __tablename__ = "article_topic"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    topic: str = Field(primary_key=True, index=True)
    position: int
    score: float
    why: str


class RevisionRow(Table, table=True):
    """What an article said before it was edited, and where that came from."""

    __tablename__ = "revision"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    content_hash: str
    title: str
    body_html: str
    body_text: str
    source: str = ""
    replaced: datetime


class ArticleWithheldRow(Table, table=True):
    """That an article is hidden or removed (see core.articles.visibility)."""

    __tablename__ = "article_withheld"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    visibility: str
    said_by: str
    why: str = ""
    at: datetime


class BandRow(Table, table=True):
    """One of the 32 bands of an article that is no copy; shared bands are worth a comparison."""

    __tablename__ = "article_band"
    __table_args__ = ({"sqlite_with_rowid": False},)

    band: int = Field(primary_key=True, sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", primary_key=True)


class CopyRow(Table, table=True):
    """That an article tells the same story as one that came before it."""

    __tablename__ = "article_copy"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    original_id: int = Field(foreign_key="article.id", index=True)


class ArticleFieldRow(Table, table=True):
    """That a person set a field of an article; `source` is what its source says last."""

    __tablename__ = "article_field"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    field: str = Field(primary_key=True)
    source: Any = Field(sa_type=JSON)
    said_by: str
    at: datetime


class ArticlePairRow(Table, table=True):
    """What a person said of two articles, the smaller number first: one story, or two."""

    __tablename__ = "article_pair"

    one_id: int = Field(foreign_key="article.id", primary_key=True)
    other_id: int = Field(foreign_key="article.id", primary_key=True)
    same: bool
    said_by: str
    at: datetime


class LearnedRow(Table, table=True):
    """What the articles taught about topics (see core.articles.learning): one row."""

    __tablename__ = "learned"

    mark: str = Field(primary_key=True)
    rules: str
    """The fingerprint of the rules that it was learned under."""
    articles: int
    """How many articles there were."""
    content: bytes


class FindableRow(Table, table=True):
    """What an article is found by (search_terms.findable), in the order that results have."""

    __tablename__ = "article_findable"
    # Kept in the order of its key: the newest are looked at first, and few pages are read.
    __table_args__ = ({"sqlite_with_rowid": False},)

    published: datetime = Field(primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True, index=True)
    words: str
