"""Articles that say something else by now than what was sent of them."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from digest.core.editions.edition import EditionState
from digest.store.database.database import Tx
from digest.store.editions.corrections import GOT_STATES
from digest.store.editions.received import VOID
from digest.store.message import encoded_editions
from digest.store.tables.articles import ArticleRow, RevisionRow
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow


@dataclass(frozen=True, slots=True)
class Edited:
    """An article that was edited after it was sent: by which editions, to how many readers.

    `title` and `body_text` are those of the first of them.
    """

    article: int
    editions: tuple[int, ...]
    readers: int
    title: str
    body_text: str


def edited(tx: Tx, article: int | None = None) -> list[Edited]:
    """The articles that somebody got in other words than they have now; or this one, if it is one.

    The newest edit comes first.
    """
    query = (
        select(
            col(ArticleRow.id),
            col(EditionArticleRow.edition_id),
            col(EditionArticleRow.place),
            col(EditionArticleRow.content_hash),
        )
        .join(EditionArticleRow, col(EditionArticleRow.article_id) == col(ArticleRow.id))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .where(
            col(EditionArticleRow.place).is_not(None),
            col(EditionArticleRow.content_hash) != col(ArticleRow.content_hash),
            col(EditionRow.state).not_in((*VOID, EditionState.DRAFT)),
        )
        .order_by(col(ArticleRow.changed).desc(), col(EditionArticleRow.edition_id))
    )
    if article is not None:
        query = query.where(col(ArticleRow.id) == article)
    had: dict[int, dict[int, int]] = defaultdict(dict)
    first: dict[int, str] = {}
    for number, edition, place, content_hash in tx.execute(query):
        if readers := _readers(tx, edition, place or 0):
            had[number or 0][edition] = readers
            first.setdefault(number or 0, content_hash)
    return [
        Edited(number, tuple(editions), sum(editions.values()), *_said(tx, number, first[number]))
        for number, editions in had.items()
    ]


def _readers(tx: Tx, edition: int, place: int) -> int:
    """How many got what stood at a place of an edition, or may have."""
    rows = tx.execute(
        select(col(DeliveryRow.articles), func.count())
        .where(col(DeliveryRow.edition_id) == edition, col(DeliveryRow.state).in_(GOT_STATES))
        .group_by(col(DeliveryRow.articles))
    )
    return sum(count for bits, count in rows if encoded_editions.mask(bits) >> place & 1)


def _said(tx: Tx, article: int, content_hash: str) -> tuple[str, str]:
    """Title and text of a revision."""
    row = tx.execute(
        select(col(RevisionRow.title), col(RevisionRow.body_text))
        .where(
            col(RevisionRow.article_id) == article, col(RevisionRow.content_hash) == content_hash
        )
        .order_by(col(RevisionRow.id).desc())
    ).first()
    return (row.title, row.body_text) if row else ("", "")
