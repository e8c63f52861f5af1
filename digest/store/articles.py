"""Articles in and out of the store."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from digest.core.article import Access, Article, Change, Related, Topic
from digest.core.author import key as author_key
from digest.core.author import one_case
from digest.core.learning import HAND
from digest.core.merge import Entry
from digest.core.picture import ImageState
from digest.store import copies, filing, findable, images
from digest.store.article_tables import (
    ArticleAuthorRow,
    ArticleRow,
    ArticleTopicRow,
    AuthorRow,
    CopyRow,
    RevisionRow,
)
from digest.store.database import Tx, into
from digest.store.tables import EditionArticleRow, NewsletterRow

BATCH = 500
"""Identifiers in one IN (…)."""

_INTO_ARTICLES = into(ArticleRow).returning(col(ArticleRow.id))
_INTO_AUTHORS = into(AuthorRow).returning(col(AuthorRow.id))
_INTO_BYLINES = into(ArticleAuthorRow)


def save(
    tx: Tx,
    entry: Entry,
    topics: tuple[Topic, ...],
    topics_by: str,
    now: datetime,
    sighted: datetime | None = None,
) -> tuple[Change, int]:
    """Keep an article; one with the same key is updated if a reader would see a difference.

    A new one without a date is of `sighted`, or of `now`. What it said before is kept as a
    revision; topics that a person set stay. Where several sources
    have the article, each is heard again once it says something new: what it goes on saying while
    another said something else later is no edit.
    """
    known = tx.execute(
        select(col(ArticleRow.id), col(ArticleRow.content_hash), col(ArticleRow.source)).where(
            col(ArticleRow.key) == entry.key
        )
    ).first()
    if known is None:
        fields = _fields(entry, sighted or now) | {"topics_by": topics_by}
        return Change.NEW, _add(tx, entry, fields, topics, now)
    article_id, content_hash, source = known
    if content_hash == entry.content_hash:
        return Change.SAME, article_id
    if (
        source != entry.item.source
        and _said(tx, article_id, entry.item.source) == entry.content_hash
    ):
        return Change.SAME, article_id
    _edit(tx, article_id, entry, topics, topics_by, now)
    return Change.EDITED, article_id


def unchanged(tx: Tx, entries: Sequence[Entry]) -> dict[str, int]:
    """The keys and ids of those that the store has already, word for word.

    What comes twice among them is left to `save`, which looks at one after the other.
    """
    counts = Counter(entry.key for entry in entries)
    hashes = {entry.key: entry.content_hash for entry in entries if counts[entry.key] == 1}
    same: dict[str, int] = {}
    keys = list(hashes)
    for start in range(0, len(keys), BATCH):
        for row in tx.execute(
            select(col(ArticleRow.key), col(ArticleRow.id), col(ArticleRow.content_hash)).where(
                col(ArticleRow.key).in_(keys[start : start + BATCH])
            )
        ):
            if row.content_hash == hashes[row.key]:
                same[row.key] = row.id
    return same


def _said(tx: Tx, article_id: int, source: str) -> str | None:
    """The hash of what a source said last of an article, before another was heard."""
    last = (
        select(col(RevisionRow.content_hash))
        .where(col(RevisionRow.article_id) == article_id, col(RevisionRow.source) == source)
        .order_by(col(RevisionRow.id).desc())
    )
    return tx.execute(last.limit(1)).scalar()


def _add(
    tx: Tx, entry: Entry, fields: dict[str, Any], topics: tuple[Topic, ...], now: datetime
) -> int:
    fields |= {"key": entry.key, "first_seen": now, "changed": now}
    article_id = int(tx.execute(_INTO_ARTICLES, fields).scalar_one())
    _byline(tx, article_id, entry.item.authors)
    findable.enter(tx, article_id, fields["published"], entry.item.title, entry.item.authors)
    filing.file_new(tx, article_id, topics)
    copies.link(tx, article_id, entry.item.body_text)
    return article_id


def _edit(
    tx: Tx, article_id: int, entry: Entry, topics: tuple[Topic, ...], topics_by: str, now: datetime
) -> None:
    """Put new words in the place of the old ones, which are kept as a revision."""
    old = ("content_hash", "title", "body_html", "body_text", "source")
    by_hand = (col(ArticleRow.topics_by), col(ArticleRow.access_by))
    *said, sorted_by, opened_by = tx.execute(
        select(*(getattr(ArticleRow, name) for name in old), *by_hand).where(
            col(ArticleRow.id) == article_id
        )
    ).one()
    before = dict(zip(old, said, strict=True))
    tx.add(RevisionRow(article_id=article_id, replaced=now, **before))
    values = _fields(entry, now) | {"changed": now}
    if sorted_by != HAND:
        values["topics_by"] = topics_by
        filing.file(tx, article_id, topics)
    if opened_by == HAND:
        del values["access"]
    if entry.item.published is None:
        del values["published"]  # an undated article keeps the date of first sight
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(values))
    tx.execute(delete(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id) == article_id))
    _byline(tx, article_id, entry.item.authors)
    findable.enter_again(tx, article_id, entry.item.title, entry.item.authors)
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
        "access": item.access.value,
    }


def _byline(tx: Tx, article_id: int, authors: Sequence[str]) -> None:
    rows = [
        {"article_id": article_id, "position": position, "author_id": _author(tx, name)}
        for position, name in enumerate(authors)
    ]
    if rows:
        tx.execute(_INTO_BYLINES, rows)


def _author(tx: Tx, name: str) -> int:
    """The id of a person; of one that nobody knows yet, a new one."""
    key = author_key(name)
    known = tx.execute(
        select(col(AuthorRow.id), col(AuthorRow.name)).where(col(AuthorRow.key) == key)
    ).first()
    if known is not None:
        if one_case(known.name) and not one_case(name):  # MARA LIND, now written Mara Lind
            tx.execute(update(AuthorRow).where(col(AuthorRow.id) == known.id).values(name=name))
        return int(known.id)
    return int(tx.execute(_INTO_AUTHORS, {"key": key, "name": name}).scalar_one())


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
        access=Access(row.access),
    )
