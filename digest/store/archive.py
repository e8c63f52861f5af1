"""What everybody may read: editions that went out, and articles by author and topic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import col

from digest.core.article import Article
from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.store import articles
from digest.store.article_tables import (
    ArticleAuthorRow,
    ArticleRow,
    ArticleTopicRow,
    AuthorRow,
    CopyRow,
)
from digest.store.database import LARGEST_ID, Tx
from digest.store.tables import DeliveryRow, EditionRow, NewsletterRow, SlotRow


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition that somebody was sent."""

    id: int
    newsletter: str
    at: datetime
    subject: str
    preheader: str


def _is_out() -> ColumnElement[bool]:
    """Sent, being sent, or stopped after somebody had it: they may look at it on the web."""
    had = exists().where(
        col(DeliveryRow.edition_id) == col(EditionRow.id),
        col(DeliveryRow.state) == DeliveryState.SENT,
    )
    on_its_way = (EditionState.SENDING, EditionState.SENT)
    return or_(
        col(EditionRow.state).in_(on_its_way),
        and_(col(EditionRow.state) == EditionState.PAUSED, had),
    )


def issues(tx: Tx, slug: str = "", *, skip: int = 0, limit: int = 30) -> list[Issue]:
    """The editions of a newsletter, or of all, that went out: newest first."""
    where = [col(NewsletterRow.slug) == slug] if slug else []
    return _issues(tx, where, skip, limit)


def issue(tx: Tx, slug: str, at: datetime | None = None, number: int = 0) -> Issue | None:
    """The edition of a moment, or of a number, if it went out."""
    if number > LARGEST_ID:
        return None
    which = col(SlotRow.at) == at if at else col(EditionRow.id) == number
    found = _issues(tx, [col(NewsletterRow.slug) == slug, which], 0, 1)
    return found[0] if found else None


def _issues(tx: Tx, where: list[ColumnElement[bool]], skip: int, limit: int) -> list[Issue]:
    rows = tx.execute(
        select(
            col(EditionRow.id),
            col(NewsletterRow.slug),
            col(SlotRow.at),
            col(EditionRow.subject),
            col(EditionRow.preheader),
        )
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(_is_out(), *where)
        .order_by(col(SlotRow.at).desc(), col(EditionRow.id).desc())
        .offset(skip)
        .limit(limit)
    ).all()
    return [Issue(number or 0, *rest) for number, *rest in rows]


def names(tx: Tx, keys: Collection[str]) -> list[str]:
    """What the people with these comparison keys are called."""
    query = select(col(AuthorRow.name)).where(col(AuthorRow.key).in_(keys))
    return list(tx.execute(query.order_by(col(AuthorRow.id))).scalars())


def by_author(
    tx: Tx, keys: Collection[str], now: datetime, *, skip: int = 0, limit: int = 30
) -> list[Article]:
    """What somebody with one of these comparison keys wrote, newest first."""
    theirs = (
        select(col(ArticleAuthorRow.article_id))
        .join(AuthorRow, col(AuthorRow.id) == col(ArticleAuthorRow.author_id))
        .where(col(AuthorRow.key).in_(keys))
    )
    return _published(tx, col(ArticleRow.id).in_(theirs), now, skip, limit)


def by_topic(tx: Tx, topic: str, now: datetime, *, skip: int = 0, limit: int = 30) -> list[Article]:
    """What is about a topic, newest first."""
    about = select(col(ArticleTopicRow.article_id)).where(col(ArticleTopicRow.topic) == topic)
    return _published(tx, col(ArticleRow.id).in_(about), now, skip, limit)


def _published(
    tx: Tx, which: ColumnElement[bool], now: datetime, skip: int, limit: int
) -> list[Article]:
    """These articles as far as they are out; of copies of one story, the original."""
    copied = exists().where(col(CopyRow.article_id) == col(ArticleRow.id))
    ids = tx.execute(
        select(col(ArticleRow.id))
        .where(which, col(ArticleRow.published) <= now, ~copied)
        .order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
        .offset(skip)
        .limit(limit)
    ).scalars()
    order = [number for number in ids if number is not None]
    found = {article.id: article for article in articles.by_ids(tx, order)}
    return [found[number] for number in order]
