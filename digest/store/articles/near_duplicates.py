"""Which articles tell the same story, linked when they are saved (see core.articles.minhash).

The first one that was saved is the original; whatever tells the same becomes its copy. Only
originals have bands, so a thousand copies of one story cost no more to compare with than one; and
a band is followed to its newest articles only. So the work for an article does not grow with the
store.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, text, update
from sqlmodel import col

from digest.core.articles.minhash import StoryText, bands, same_story, shingles
from digest.store.database.bulk_insert import insert_rows
from digest.store.database.database import NUMBERS, Tx
from digest.store.tables.articles import ArticlePairRow, ArticleRow, BandRow, CopyRow

COMPARED = 4
"""Articles that a new one is compared with, those with the most bands in common."""
_FOLLOWED = 20  # articles per band

_SHARING = text(
    f"SELECT one.band, one.article_id FROM {NUMBERS} AS wanted"  # noqa: S608 (nothing of others)
    " JOIN article_band AS one ON one.band = wanted.number AND one.article_id IN"
    " (SELECT article_id FROM article_band WHERE band = wanted.number"
    f" ORDER BY article_id DESC LIMIT {_FOLLOWED})"
)


class SavedText(NamedTuple):
    """An article's text, and what else tells whether it is a copy."""

    article_id: int
    text: str
    url: str = ""
    title: str = ""
    published: datetime | None = None

    def story(self) -> StoryText:
        """The same with the runs of its text."""
        return StoryText(shingles(self.text), self.url, self.title, self.published)


@dataclass(slots=True)
class _Fresh:
    """What this round made originals of: their stories, and which have a band."""

    stories: dict[int, StoryText] = field(default_factory=dict)
    by_band: dict[int, list[int]] = field(default_factory=dict)

    def add(self, article_id: int, story: StoryText, found: Sequence[int]) -> None:
        self.stories[article_id] = story
        for band in dict.fromkeys(found):
            self.by_band.setdefault(band, []).append(article_id)


def link_duplicates(tx: Tx, told: Iterable[SavedText]) -> None:
    """Make each new article a copy of one that tells the same, or an original.

    What a person decided on two of them holds (see article_pairs).
    """
    every = [
        (one.article_id, story, bands(story.runs)) for one in told if (story := one.story()).runs
    ]
    sharing = _sharing(tx, [band for *_, found in every for band in found])
    fresh, linked = _Fresh(), []
    for article_id, story, found in every:
        if not found:
            continue
        original = _original(tx, story, found, sharing, fresh)
        if original is None:
            fresh.add(article_id, story, found)
        else:
            linked.append((article_id, original))
    insert_rows(tx, CopyRow, linked)
    insert_rows(tx, BandRow, [(band, one) for band, ones in fresh.by_band.items() for one in ones])
    _obey(tx, [article_id for article_id, *_ in every])


def _sharing(tx: Tx, wanted: Sequence[int]) -> dict[int, list[int]]:
    """The newest articles of each of these bands, in one statement."""
    shared: dict[int, list[int]] = {}
    if wanted:
        for band, article_id in tx.execute(_SHARING, {"numbers": json.dumps(wanted)}):
            shared.setdefault(band, []).append(article_id)
    return shared


def link_again(tx: Tx, article_id: int, before: str) -> None:
    """Link an article anew whose text was edited, and those that were linked to it.

    `before` is what it said until now.
    """
    copies = tx.execute(
        select(col(CopyRow.article_id))
        .where(col(CopyRow.original_id) == article_id)
        .order_by(col(CopyRow.article_id))
    ).scalars()
    ids = [article_id, *copies]
    tx.execute(
        delete(BandRow).where(
            col(BandRow.band).in_(bands(shingles(before))), col(BandRow.article_id) == article_id
        )
    )
    tx.execute(
        delete(CopyRow).where(
            (col(CopyRow.article_id) == article_id) | (col(CopyRow.original_id) == article_id)
        )
    )
    told = _told(tx, ids)
    link_duplicates(tx, [told[one] for one in ids])


def decide_pair(tx: Tx, pair: tuple[int, int], by: str, now: datetime, *, same: bool) -> None:
    """Write down whether two articles are the same story, for good, and link them by it."""
    one, other = sorted(pair)
    tx.merge(ArticlePairRow(one_id=one, other_id=other, same=same, said_by=by, at=now))
    tx.flush()
    _obey(tx, [one, other])


def _obey(tx: Tx, ids: Sequence[int]) -> None:
    """Let what people said of pairs with these articles hold."""
    if tx.execute(select(col(ArticlePairRow.one_id)).limit(1)).first() is None:
        return
    wanted = set(ids)
    pairs = tx.execute(
        select(ArticlePairRow).order_by(col(ArticlePairRow.same), col(ArticlePairRow.at))
    ).scalars()
    for pair in pairs:
        if not wanted & {pair.one_id, pair.other_id}:
            continue
        roots = originals(tx, [pair.one_id, pair.other_id])
        one, other = (roots.get(each, each) for each in (pair.one_id, pair.other_id))
        if pair.same and one != other:
            _join(tx, *sorted((one, other)))
        elif not pair.same and one == other:
            _part(tx, pair.other_id if pair.other_id in roots else pair.one_id)


def _join(tx: Tx, original: int, copy: int) -> None:
    """Make an original, with its copies, the copy of another."""
    tx.execute(delete(BandRow).where(col(BandRow.article_id) == copy))
    tx.execute(update(CopyRow).where(col(CopyRow.original_id) == copy).values(original_id=original))
    tx.add(CopyRow(article_id=copy, original_id=original))
    tx.flush()


def _part(tx: Tx, copy: int) -> None:
    """Make a copy an original again."""
    tx.execute(delete(CopyRow).where(col(CopyRow.article_id) == copy))
    found = bands(_told(tx, [copy])[copy].story().runs)
    insert_rows(tx, BandRow, [(band, copy) for band in dict.fromkeys(found)])


def originals(tx: Tx, ids: Sequence[int]) -> dict[int, int]:
    """The original of each of these articles that is a copy."""
    rows = tx.execute(
        select(col(CopyRow.article_id), col(CopyRow.original_id)).where(
            col(CopyRow.article_id).in_(ids)
        )
    )
    return {row.article_id: row.original_id for row in rows}


def _original(
    tx: Tx,
    story: StoryText,
    found: Sequence[int],
    sharing: Mapping[int, Sequence[int]],
    fresh: _Fresh,
) -> int | None:
    counts: Counter[int] = Counter()
    for band in found:
        if band in sharing:
            counts.update(sharing[band])
        if band in fresh.by_band:
            counts.update(fresh.by_band[band][-_FOLLOWED:])
    near = sorted(counts, key=lambda one: (-counts[one], one))[:COMPARED]
    if not near:
        return None
    told = _told(tx, [one for one in near if one not in fresh.stories])
    stories = {one: fresh.stories.get(one) or told[one].story() for one in near}
    return next((one for one in near if same_story(story, stories[one], stories.values())), None)


def _told(tx: Tx, ids: Sequence[int]) -> dict[int, SavedText]:
    """The texts of these articles."""
    if not ids:
        return {}
    columns = ("id", "body_text", "url", "title", "published")
    rows = tx.execute(
        select(*(getattr(ArticleRow, name) for name in columns)).where(col(ArticleRow.id).in_(ids))
    )
    return {row.id: SavedText(*row) for row in rows}
