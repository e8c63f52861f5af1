"""The tables of where articles come from: feeds, pages, what sites allow, and pictures."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from digest.store.tables.table import Table


class FeedRow(Table, table=True):
    """What is known of a feed, by its address in the config (see core.sources.feed.FeedState)."""

    __tablename__ = "feed"

    url: str = Field(primary_key=True)
    etag: str = ""
    last_modified: str = ""
    next_fetch: datetime | None = None
    last_good: datetime | None = None
    last_error: str = ""
    errors: int = 0
    moved_to: str = ""
    gone: bool = False


class ArticleImageRow(Table, table=True):
    """The picture of an article, or why it has none."""

    __tablename__ = "article_image"

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    asked: list[str] = Field(default_factory=list, sa_type=JSON)
    """Where it was looked for."""
    stem: str = Field(default="", index=True)
    width: int = 0
    height: int = 0
    alt: str = ""
    credit: str = ""
    why: str = ""
    tries: int = 0
    preview_until: datetime | None = None
    """It is shown until then, since a preview of an unsent edition has it."""


class PageRow(Table, table=True):
    """What came of the page that an entry of a feed leads to (see core.sources.page.PageState)."""

    __tablename__ = "page"

    entry_key: str = Field(primary_key=True)
    """The identity of the entry, as the feed has it."""
    article_key: str
    """The identity of the article that it became."""
    entry_hash: str
    read: bool
    why: str = ""
    tries: int = 0


class RobotsRow(Table, table=True):
    """What a site lets robots read, as it said last."""

    __tablename__ = "robots"

    site: str = Field(primary_key=True)
    text: str = ""
    until: datetime
