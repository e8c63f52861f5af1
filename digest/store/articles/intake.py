"""Articles on their way into the store: what is new, what was edited, what stays as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from digest.core.articles.article import Access, Change, Topic, Visibility, Withheld, may_show_again
from digest.core.articles.identity import IdentifiedItem
from digest.core.articles.learning import HAND
from digest.store.articles import (
    article_topics,
    bylines,
    near_duplicates,
    search_index,
    set_by_hand,
    visibility,
)
from digest.store.articles.articles import ARTICLE_IDS_PER_QUERY
from digest.store.articles.near_duplicates import SavedText
from digest.store.database.bulk_insert import table_insert
from digest.store.database.database import Tx
from digest.store.tables.articles import (
    BY_SOURCE,
    ArticleRow,
    RevisionRow,
)

_INTO_ARTICLES = table_insert(ArticleRow)


@dataclass(frozen=True, slots=True)
class Filed:
    """An article with the topics it belongs to. One without a date is of `sighted`, or of now."""

    entry: IdentifiedItem
    topics: tuple[Topic, ...] = ()
    sighted: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store has of an article."""

    id: int
    content_hash: str
    source: str


def save_article(
    tx: Tx, entry: IdentifiedItem, topics: tuple[Topic, ...], topics_by: str, now: datetime
) -> tuple[Change, int]:
    """Keep one article: as `save_all` does."""
    return save_all(tx, [Filed(entry, topics)], topics_by, now)[0]


def save_all(
    tx: Tx, filed: Sequence[Filed], topics_by: str, now: datetime
) -> list[tuple[Change, int]]:
    """Keep articles, and say in their order what became of each, and its number.

    One with a key that is there already is updated if a reader would see a difference. What it
    said before is kept as a revision; topics that a person set stay. Where several sources
    have the article, each is heard again once it says something new: what it goes on saying while
    another said something else later is no edit.
    """
    known = _known(tx, [one.entry.key for one in filed])
    fresh = {one.entry.key: one for one in reversed(filed) if one.entry.key not in known}
    fresh = {one.entry.key: one for one in filed if fresh.get(one.entry.key) is one}
    known |= _add(tx, list(fresh.values()), topics_by, now)
    kept_back = visibility.withheld(tx, [one.id for one in known.values()]) if known else {}
    saved = []
    for one in filed:
        key, before = one.entry.key, known[one.entry.key]
        if fresh.get(key) is one:
            change = Change.NEW
        elif _is_removed(kept_back, before.id) or _is_same(tx, before, one.entry):
            change = Change.SAME
        else:
            change = Change.EDITED
            _edit(tx, before.id, one.entry, one.topics, topics_by, now)
            known[key] = _Known(before.id, one.entry.content_hash, one.entry.item.source)
        saved.append((change, before.id))
    visibility.offered_again(tx, list(kept_back))
    return saved


def _is_removed(kept_back: Mapping[int, Withheld], article_id: int) -> bool:
    """Whether nothing that a source says brings an article back."""
    said = kept_back.get(article_id)
    return said is not None and said.visibility is Visibility.REMOVED


def unchanged(tx: Tx, entries: Sequence[IdentifiedItem]) -> dict[str, int]:
    """The keys and ids of those that the store has already, word for word.

    What comes twice among them is left to `save`, which looks at one after the other.
    """
    counts = Counter(entry.key for entry in entries)
    hashes = {entry.key: entry.content_hash for entry in entries if counts[entry.key] == 1}
    known = _known(tx, list(hashes))
    same = {key: one.id for key, one in known.items() if one.content_hash == hashes[key]}
    kept_back = visibility.withheld(tx, list(same.values()))
    back = {number for number, said in kept_back.items() if may_show_again(said)}
    return {key: number for key, number in same.items() if number not in back}


def _known(tx: Tx, keys: Sequence[str]) -> dict[str, _Known]:
    """What the store has under these keys."""
    found = {}
    for start in range(0, len(keys), ARTICLE_IDS_PER_QUERY):
        for row in tx.execute(
            select(
                col(ArticleRow.key),
                col(ArticleRow.id),
                col(ArticleRow.content_hash),
                col(ArticleRow.source),
            ).where(col(ArticleRow.key).in_(keys[start : start + ARTICLE_IDS_PER_QUERY]))
        ):
            found[row.key] = _Known(row.id, row.content_hash, row.source)
    return found


def _is_same(tx: Tx, known: _Known, entry: IdentifiedItem) -> bool:
    """Is there nothing in it that its source did not say before?"""
    if known.content_hash == entry.content_hash:
        return True
    source = entry.item.source
    return known.source != source and _said(tx, known.id, source) == entry.content_hash


def _said(tx: Tx, article_id: int, source: str) -> str | None:
    """The hash of what a source said last of an article, before another was heard."""
    last = (
        select(col(RevisionRow.content_hash))
        .where(col(RevisionRow.article_id) == article_id, col(RevisionRow.source) == source)
        .order_by(col(RevisionRow.id).desc())
    )
    return tx.execute(last.limit(1)).scalar()


def _add(tx: Tx, filed: Sequence[Filed], topics_by: str, now: datetime) -> dict[str, _Known]:
    """Keep articles that are not there: a statement for all of them, not one for each."""
    if not filed:
        return {}
    always = {"topics_by": topics_by, "first_seen": now, "changed": now}
    rows = [
        _fields(one.entry, one.sighted or now) | always | {"key": one.entry.key} for one in filed
    ]
    tx.execute(_INTO_ARTICLES, rows)
    known = _known(tx, [one.entry.key for one in filed])
    ids = [known[one.entry.key].id for one in filed]
    bylines.write_bylines(tx, zip(ids, (one.entry.item.authors for one in filed), strict=True))
    search_index.index_articles(
        tx,
        (
            (number, row["published"], one.entry.item.title, one.entry.item.authors)
            for number, row, one in zip(ids, rows, filed, strict=True)
        ),
    )
    article_topics.file_new(tx, zip(ids, (one.topics for one in filed), strict=True))
    near_duplicates.link_duplicates(
        tx,
        (
            SavedText(number, row["body_text"], row["url"], row["title"], row["published"])
            for number, row in zip(ids, rows, strict=True)
        ),
    )
    return known


def _edit(
    tx: Tx,
    article_id: int,
    entry: IdentifiedItem,
    topics: tuple[Topic, ...],
    topics_by: str,
    now: datetime,
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
        article_topics.file(tx, article_id, topics)
    if opened_by == HAND:
        del values["access"], values["access_by"]
    held = set_by_hand.heard_again(tx, article_id, values | {"authors": list(entry.item.authors)})
    values = {name: value for name, value in values.items() if name not in held}
    if entry.item.published is None:
        del values["published"]  # an undated article keeps the date of first sight
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(values))
    if "authors" not in held:
        bylines.set_authors(tx, article_id, entry.item.authors)
    if not visibility.withheld(tx, [article_id]):
        search_index.find_again(tx, article_id)
    if before["body_text"] != entry.item.body_text:
        near_duplicates.link_again(tx, article_id, before["body_text"])


def _fields(entry: IdentifiedItem, now: datetime) -> dict[str, Any]:
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
        "access": (item.access or Access.EVERYONE).value,
        "access_by": BY_SOURCE if item.access else "",
    }
