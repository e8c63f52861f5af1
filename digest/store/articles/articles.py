"""Articles in and out of the store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from digest.core.articles.article import Access, Article, HandSet, Related, Topic
from digest.core.articles.author import author_key
from digest.core.articles.picture import ImageState
from digest.store.articles import bylines, images, near_duplicates, set_by_hand, visibility
from digest.store.database.database import Tx
from digest.store.tables.articles import (
    ArticleAuthorRow,
    ArticleRow,
    ArticleTopicRow,
    AuthorRow,
    CopyRow,
)
from digest.store.tables.editions import EditionArticleRow
from digest.store.tables.newsletters import NewsletterRow

ARTICLE_IDS_PER_QUERY = 500
"""Identifiers in one IN (…)."""


def published_in(tx: Tx, since: datetime, until: datetime) -> list[Article]:
    """Articles with since < published <= until, newest first."""
    rows = tx.execute(
        select(ArticleRow)
        .where(col(ArticleRow.published) > since, col(ArticleRow.published) <= until)
        .order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
    ).scalars()
    return _values(tx, list(rows))


def newest_articles(tx: Tx, limit: int) -> list[Article]:
    """So many articles, newest first."""
    rows = tx.execute(
        select(ArticleRow)
        .order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
        .limit(limit)
    ).scalars()
    return _values(tx, list(rows))


def list_articles(
    tx: Tx, author: str = "", since: datetime | None = None, also: Sequence[str] = ()
) -> list[Article]:
    """Articles newest first, of one author (or who is `also` called so) or since a moment."""
    query = select(ArticleRow).order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
    if since is not None:
        query = query.where(col(ArticleRow.published) >= since)
    if author:
        query = query.where(
            col(ArticleRow.id).in_(
                select(col(ArticleAuthorRow.article_id))
                .join(AuthorRow, col(AuthorRow.id) == col(ArticleAuthorRow.author_id))
                .where(col(AuthorRow.key).in_({author_key(name) for name in (author, *also)}))
            )
        )
    return _values(tx, list(tx.execute(query).scalars()))


def by_ids(tx: Tx, ids: Sequence[int]) -> list[Article]:
    """These articles, in no particular order."""
    rows: list[ArticleRow] = []
    for start in range(0, len(ids), ARTICLE_IDS_PER_QUERY):
        chunk = ids[start : start + ARTICLE_IDS_PER_QUERY]
        rows += tx.execute(select(ArticleRow).where(col(ArticleRow.id).in_(chunk))).scalars()
    return _values(tx, rows)


def count(tx: Tx) -> int:
    """How many articles there are."""
    return int(tx.execute(select(func.count()).select_from(ArticleRow)).scalar_one())


def count_without_link(tx: Tx, since: datetime) -> int:
    """How many articles published since then have no address."""
    query = select(func.count()).select_from(ArticleRow)
    found = tx.execute(query.where(col(ArticleRow.published) >= since, col(ArticleRow.url) == ""))
    return int(found.scalar_one())


def seen(tx: Tx, newsletter: str, but: int = 0) -> frozenset[int]:
    """Ids of the articles that an edition of this newsletter already has, `but` for one of them."""
    rows = tx.execute(
        select(col(EditionArticleRow.article_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionArticleRow.newsletter_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(EditionArticleRow.taken),
            col(EditionArticleRow.edition_id) != but,
        )
    ).scalars()
    return frozenset(rows)


def sent_originals(tx: Tx, newsletter: str, but: int = 0) -> frozenset[int]:
    """Ids of the originals of copies that an edition of this newsletter already has, as `seen`."""
    rows = tx.execute(
        select(col(CopyRow.original_id))
        .join(EditionArticleRow, col(EditionArticleRow.article_id) == col(CopyRow.article_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionArticleRow.newsletter_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(EditionArticleRow.taken),
            col(EditionArticleRow.edition_id) != but,
        )
    ).scalars()
    return frozenset(rows)


def _values(tx: Tx, rows: Sequence[ArticleRow]) -> list[Article]:
    ids = [row.id for row in rows if row.id is not None]
    names: dict[int, list[str]] = {}
    by_hand: dict[int, tuple[HandSet, ...]] = {}
    topics: dict[int, list[Topic]] = {}
    originals: dict[int, int] = {}
    pictures: dict[int, ImageState] = {}
    kept_back = visibility.withheld(tx, ids)
    for start in range(0, len(ids), ARTICLE_IDS_PER_QUERY):
        chunk = ids[start : start + ARTICLE_IDS_PER_QUERY]
        names |= bylines.names_of(tx, chunk)
        by_hand |= set_by_hand.fields_set(tx, chunk)
        originals |= near_duplicates.originals(tx, chunk)
        pictures |= images.image_states(tx, chunk)
        for row in tx.execute(
            select(ArticleTopicRow)
            .where(col(ArticleTopicRow.article_id).in_(chunk))
            .order_by(col(ArticleTopicRow.position))
        ).scalars():
            topics.setdefault(row.article_id, []).append(Topic(row.topic, row.score, row.why))
    return [
        replace(
            _value(row),
            authors=tuple(names.get(row.id or 0, ())),
            topics=tuple(topics.get(row.id or 0, ())),
            copy_of=originals.get(row.id or 0),
            image=(found := pictures.get(row.id or 0, ImageState())).image,
            image_fault=found.why,
            withheld=kept_back.get(row.id or 0),
            set_by_hand=by_hand.get(row.id or 0, ()),
        )
        for row in rows
    ]


def _value(row: ArticleRow) -> Article:
    assert row.id is not None
    return Article(
        id=row.id,
        key=row.key,
        title=row.title,
        authors=(),
        published=row.published,
        dated=row.dated,
        url=row.url,
        summary=row.summary,
        body_html=row.body_html,
        body_text=row.body_text,
        words=row.words,
        photo_credit=row.photo_credit,
        related=tuple(Related(r["title"], r["url"]) for r in row.related),
        categories=tuple(row.categories),
        topics=(),
        topics_by=row.topics_by,
        source=row.source,
        content_hash=row.content_hash,
        audio_url=row.audio_url,
        access=Access(row.access),
        access_said=row.access_by != "",
    )
