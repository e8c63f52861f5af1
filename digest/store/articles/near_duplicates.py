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

from sqlalchemy import delete, select, text
from sqlmodel import col

from digest.core.articles.minhash import bands, same, shingles
from digest.store.database.bulk_insert import insert_rows
from digest.store.database.database import NUMBERS, Tx
from digest.store.tables.articles import ArticleRow, BandRow, CopyRow

COMPARED = 4
"""Articles that a new one is compared with, those with the most bands in common."""
_FOLLOWED = 20  # articles per band

_SHARING = text(
    f"SELECT one.band, one.article_id FROM {NUMBERS} AS wanted"  # noqa: S608 (nothing of others)
    " JOIN article_band AS one ON one.band = wanted.number AND one.article_id IN"
    " (SELECT article_id FROM article_band WHERE band = wanted.number"
    f" ORDER BY article_id DESC LIMIT {_FOLLOWED})"
)


@dataclass(slots=True)
class _Fresh:
    """What this round made originals of: their runs, and which have a band."""

    runs: dict[int, frozenset[int]] = field(default_factory=dict)
    by_band: dict[int, list[int]] = field(default_factory=dict)

    def add(self, article_id: int, runs: frozenset[int], found: Sequence[int]) -> None:
        self.runs[article_id] = runs
        for band in dict.fromkeys(found):
            self.by_band.setdefault(band, []).append(article_id)


def link_duplicates(tx: Tx, told: Iterable[tuple[int, str]]) -> None:
    """Make each new article, with its text, a copy of one that tells the same, or an original."""
    every = [
        (article_id, runs, bands(runs)) for article_id, words in told if (runs := shingles(words))
    ]
    sharing = _sharing(tx, [band for *_, found in every for band in found])
    fresh, linked = _Fresh(), []
    for article_id, runs, found in every:
        if not found:
            continue
        original = _original(tx, runs, found, sharing, fresh)
        if original is None:
            fresh.add(article_id, runs, found)
        else:
            linked.append((article_id, original))
    insert_rows(tx, CopyRow, linked)
    insert_rows(tx, BandRow, [(band, one) for band, ones in fresh.by_band.items() for one in ones])


def _sharing(tx: Tx, wanted: Sequence[int]) -> dict[int, list[int]]:
    """The newest articles of each of these bands, in one statement."""
    shared: dict[int, list[int]] = {}
    if wanted:
        for band, article_id in tx.execute(_SHARING, {"numbers": json.dumps(wanted)}):
            shared.setdefault(band, []).append(article_id)
    return shared


def link_again(tx: Tx, article_id: int, before: str, body_text: str) -> None:
    """Link an article anew whose text was edited, and those that were linked to it."""
    copies = tx.execute(
        select(col(CopyRow.article_id), col(ArticleRow.body_text))
        .join(ArticleRow, col(ArticleRow.id) == col(CopyRow.article_id))
        .where(col(CopyRow.original_id) == article_id)
        .order_by(col(CopyRow.article_id))
    ).all()
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
    link_duplicates(tx, [(article_id, body_text), *((one, told) for one, told in copies)])


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
    runs: frozenset[int],
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
    told = _told(tx, [one for one in near if one not in fresh.runs])
    return next(
        (one for one in near if same(runs, fresh.runs.get(one) or shingles(told[one]))), None
    )


def _told(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """The texts of these articles."""
    if not ids:
        return {}
    texts = select(col(ArticleRow.id), col(ArticleRow.body_text))
    return {row.id: row.body_text for row in tx.execute(texts.where(col(ArticleRow.id).in_(ids)))}
