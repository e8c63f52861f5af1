"""Articles in and out of the store."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from digest.core.article import Article, Change, Related, Topic
from digest.core.author import key as author_key
from digest.core.learning import HAND
from digest.core.merge import Entry
from digest.core.picture import ImageState
from digest.core.sorter import BY_HAND
from digest.store import copies, images
from digest.store.database import Tx, changed
from digest.store.tables import (
    ArticleAuthorRow,
    ArticleRow,
    ArticleTopicRow,
    AuthorRow,
    CopyRow,
    EditionArticleRow,
    NewsletterRow,
    RevisionRow,
)

BATCH = 500
"""Identifiers in one IN (…)."""


def save(
    tx: Tx, entry: Entry, topics: tuple[Topic, ...], topics_by: str, now: datetime
) -> tuple[Change, int]:
    """Keep an article; one with the same key is updated if a reader would see a difference.

    What it said before is kept as a revision; topics that a person set stay.
    """
    known = tx.execute(
        select(col(ArticleRow.id), col(ArticleRow.content_hash)).where(
            col(ArticleRow.key) == entry.key
        )
    ).first()
    if known is None:
        return Change.NEW, _add(tx, entry, topics, topics_by, now)
    article_id, content_hash = known
    if content_hash == entry.content_hash:
        return Change.SAME, article_id
    _edit(tx, article_id, entry, topics, topics_by, now)
    return Change.EDITED, article_id


def _add(tx: Tx, entry: Entry, topics: tuple[Topic, ...], topics_by: str, now: datetime) -> int:
    row = ArticleRow(
        key=entry.key, first_seen=now, changed=now, topics_by=topics_by, **_fields(entry, now)
    )
    tx.add(row)
    tx.flush()
    assert row.id is not None
    _byline(tx, row.id, entry.item.authors)
    _topics(tx, row.id, topics)
    copies.link(tx, row.id, entry.item.body_text)
    return row.id


def _edit(
    tx: Tx, article_id: int, entry: Entry, topics: tuple[Topic, ...], topics_by: str, now: datetime
) -> None:
    """Put new words in the place of the old ones, which are kept as a revision."""
    old = ("content_hash", "title", "body_html", "body_text")
    *said, sorted_by = tx.execute(
        select(*(getattr(ArticleRow, name) for name in old), col(ArticleRow.topics_by)).where(
            col(ArticleRow.id) == article_id
        )
    ).one()
    before = dict(zip(old, said, strict=True))
    tx.add(RevisionRow(article_id=article_id, replaced=now, **before))
    values = _fields(entry, now) | {"changed": now}
    if sorted_by != HAND:
        values["topics_by"] = topics_by
        _topics(tx, article_id, topics)
    if entry.item.published is None:
        del values["published"]  # an undated article keeps the date of first sight
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(values))
    _byline(tx, article_id, entry.item.authors)
    if before["body_text"] != entry.item.body_text:
        copies.link_again(tx, article_id, before["body_text"], entry.item.body_text)


def _fields(entry: Entry, now: datetime) -> dict[str, Any]:
    item = entry.item
    return {
        "content_hash": entry.content_hash,
        "title": item.title,
        "url": item.url,
        "guid": item.guid,
        "summary": entry.summary,
        "body_html": item.body_html,
        "body_text": item.body_text,
        "words": entry.words,
        "photo_credit": item.photo_credit,
        "related": [{"title": r.title, "url": r.url} for r in item.related],
        "categories": list(item.categories),
        "source": item.source,
        "published": item.published or now,
        "dated": item.published is not None,
        "audio_url": item.audio_url,
    }


def _byline(tx: Tx, article_id: int, authors: Sequence[str]) -> None:
    tx.execute(delete(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id) == article_id))
    for position, name in enumerate(authors):
        key = author_key(name)
        author_id = tx.execute(
            select(col(AuthorRow.id)).where(col(AuthorRow.key) == key)
        ).scalar_one_or_none()
        if author_id is None:
            row = AuthorRow(key=key, name=name)
            tx.add(row)
            tx.flush()
            author_id = row.id
        tx.add(ArticleAuthorRow(article_id=article_id, position=position, author_id=author_id or 0))


def _topics(tx: Tx, article_id: int, topics: Iterable[Topic]) -> None:
    tx.execute(delete(ArticleTopicRow).where(col(ArticleTopicRow.article_id) == article_id))
    for position, topic in enumerate(topics):
        tx.add(
            ArticleTopicRow(
                article_id=article_id,
                topic=topic.slug,
                position=position,
                score=topic.score,
                why=topic.why,
            )
        )


def set_topics(tx: Tx, article_id: int, slugs: Sequence[str]) -> None:
    """Give an article these topics for good: neither imports nor rules change them."""
    _topics(tx, article_id, [Topic(slug, 1.0, BY_HAND) for slug in slugs])
    _sorted_by(tx, article_id, HAND)


def sort_again(tx: Tx, found: Iterable[Article], mark: str) -> None:
    """Keep what was newly decided about these articles; what a person set meanwhile stays."""
    for article in found:
        query = update(ArticleRow).where(
            col(ArticleRow.id) == article.id, col(ArticleRow.topics_by) != HAND
        )
        if changed(tx.execute(query.values(topics_by=mark))):
            _topics(tx, article.id, article.topics)


def free_topics(tx: Tx, article_id: int) -> None:
    """Let the rules decide about an article again."""
    _topics(tx, article_id, ())
    _sorted_by(tx, article_id, "")


def _sorted_by(tx: Tx, article_id: int, mark: str) -> None:
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(topics_by=mark))


def published_in(tx: Tx, since: datetime, until: datetime) -> list[Article]:
    """Articles with since < published <= until, newest first."""
    rows = tx.execute(
        select(ArticleRow)
        .where(col(ArticleRow.published) > since, col(ArticleRow.published) <= until)
        .order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
    ).scalars()
    return _values(tx, list(rows))


def newest(tx: Tx, limit: int) -> list[Article]:
    """So many articles, newest first."""
    rows = tx.execute(
        select(ArticleRow)
        .order_by(col(ArticleRow.published).desc(), col(ArticleRow.id).desc())
        .limit(limit)
    ).scalars()
    return _values(tx, list(rows))


def listed(
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
    for start in range(0, len(ids), BATCH):
        chunk = ids[start : start + BATCH]
        rows += tx.execute(select(ArticleRow).where(col(ArticleRow.id).in_(chunk))).scalars()
    return _values(tx, rows)


def count(tx: Tx) -> int:
    """How many articles there are."""
    return int(tx.execute(select(func.count()).select_from(ArticleRow)).scalar_one())


def seen(tx: Tx, newsletter: str) -> frozenset[int]:
    """Ids of the articles that an edition of this newsletter already has."""
    rows = tx.execute(
        select(col(EditionArticleRow.article_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionArticleRow.newsletter_id))
        .where(col(NewsletterRow.slug) == newsletter, col(EditionArticleRow.taken))
    ).scalars()
    return frozenset(rows)


def told(tx: Tx, newsletter: str) -> frozenset[int]:
    """Ids of the originals of copies that an edition of this newsletter already has."""
    rows = tx.execute(
        select(col(CopyRow.original_id))
        .join(EditionArticleRow, col(EditionArticleRow.article_id) == col(CopyRow.article_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionArticleRow.newsletter_id))
        .where(col(NewsletterRow.slug) == newsletter, col(EditionArticleRow.taken))
    ).scalars()
    return frozenset(rows)


def _values(tx: Tx, rows: Sequence[ArticleRow]) -> list[Article]:
    ids = [row.id for row in rows if row.id is not None]
    bylines: dict[int, list[str]] = {}
    topics: dict[int, list[Topic]] = {}
    originals: dict[int, int] = {}
    pictures: dict[int, ImageState] = {}
    for start in range(0, len(ids), BATCH):
        chunk = ids[start : start + BATCH]
        for article_id, name in tx.execute(
            select(col(ArticleAuthorRow.article_id), col(AuthorRow.name))
            .join(AuthorRow, col(AuthorRow.id) == col(ArticleAuthorRow.author_id))
            .where(col(ArticleAuthorRow.article_id).in_(chunk))
            .order_by(col(ArticleAuthorRow.article_id), col(ArticleAuthorRow.position))
        ):
            bylines.setdefault(article_id, []).append(name)
        originals |= copies.originals(tx, chunk)
        pictures |= images.states(tx, chunk)
        for row in tx.execute(
            select(ArticleTopicRow)
            .where(col(ArticleTopicRow.article_id).in_(chunk))
            .order_by(col(ArticleTopicRow.position))
        ).scalars():
            topics.setdefault(row.article_id, []).append(Topic(row.topic, row.score, row.why))
    return [
        replace(
            _value(row),
            authors=tuple(bylines.get(row.id or 0, ())),
            topics=tuple(topics.get(row.id or 0, ())),
            copy_of=originals.get(row.id or 0),
            image=(found := pictures.get(row.id or 0, ImageState())).image,
            image_fault=found.why,
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
    )
