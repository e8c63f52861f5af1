"""Which articles tell the same story, linked when they are saved (see core.minhash).

The first one that was saved is the original; whatever tells the same becomes its copy. Only
originals have bands, so a thousand copies of one story cost no more to compare with than one; and
a band is followed to its newest articles only. So the work for an article does not grow with the
store.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select, text
from sqlmodel import col

from digest.core.minhash import BANDS, bands, same, shingles
from digest.store.article_tables import ArticleRow, BandRow, CopyRow
from digest.store.database import Tx, into

COMPARED = 4
"""Articles that a new one is compared with, those with the most bands in common."""
_FOLLOWED = 20  # articles per band

# One statement for all bands, written once: putting it together takes longer than running it.
_SHARING = text(
    " UNION ALL ".join(
        "SELECT article_id FROM (SELECT article_id FROM article_band"  # noqa: S608 (numbers only)
        f" WHERE band = :band{n} ORDER BY article_id DESC LIMIT {_FOLLOWED}) AS shared{n}"
        for n in range(BANDS)
    )
)
_INTO_BANDS, _INTO_COPIES = into(BandRow), into(CopyRow)


def link(tx: Tx, article_id: int, body_text: str) -> None:
    """Make a new article a copy of one that tells the same, or else an original."""
    runs = shingles(body_text)
    found = bands(runs)
    if not found:
        return
    original = _original(tx, runs, found)
    if original is not None:
        tx.execute(_INTO_COPIES, {"article_id": article_id, "original_id": original})
        return
    tx.execute(
        _INTO_BANDS, [{"band": band, "article_id": article_id} for band in dict.fromkeys(found)]
    )


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
    link(tx, article_id, body_text)
    for copy_id, copy_text in copies:
        link(tx, copy_id, copy_text)


def originals(tx: Tx, ids: Sequence[int]) -> dict[int, int]:
    """The original of each of these articles that is a copy."""
    rows = tx.execute(
        select(col(CopyRow.article_id), col(CopyRow.original_id)).where(
            col(CopyRow.article_id).in_(ids)
        )
    )
    return {row.article_id: row.original_id for row in rows}


def _original(tx: Tx, runs: frozenset[int], found: Sequence[int]) -> int | None:
    sharing = tx.execute(_SHARING, {f"band{n}": band for n, band in enumerate(found)}).scalars()
    counts = Counter(sharing)
    near = sorted(counts, key=lambda one: (-counts[one], one))[:COMPARED]
    if not near:
        return None
    texts = tx.execute(
        select(col(ArticleRow.id), col(ArticleRow.body_text)).where(col(ArticleRow.id).in_(near))
    )
    told = {row.id: row.body_text for row in texts}
    return next((one for one in near if same(runs, shingles(told[one]))), None)
