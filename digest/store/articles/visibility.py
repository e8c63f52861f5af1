"""Which articles are hidden or removed: they are in no list, search, page or draft."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from digest.core.articles.article import HIDDEN_BY_SOURCE, Visibility, Withheld, may_show_again
from digest.store.articles import search_index
from digest.store.database.database import Tx
from digest.store.tables.articles import (
    ArticleAuthorRow,
    ArticleFieldRow,
    ArticleRow,
    ArticleTopicRow,
    ArticleWithheldRow,
    AuthorRow,
    BandRow,
    CopyRow,
    RevisionRow,
)
from digest.store.tables.editions import EditionArticleRow, EditionRow
from digest.store.tables.sources import ArticleImageRow

IDS_PER_QUERY = 500
"""Identifiers in one IN (…)."""


def withheld(tx: Tx, article_ids: Sequence[int]) -> dict[int, Withheld]:
    """Those of these articles that are not shown, and why."""
    found: dict[int, Withheld] = {}
    for start in range(0, len(article_ids), IDS_PER_QUERY):
        chunk = article_ids[start : start + IDS_PER_QUERY]
        query = select(ArticleWithheldRow).where(col(ArticleWithheldRow.article_id).in_(chunk))
        found |= {
            row.article_id: Withheld(Visibility(row.visibility), row.said_by, row.at, row.why)
            for row in tx.execute(query).scalars()
        }
    return found


def withhold(tx: Tx, article_id: int, said: Withheld) -> None:
    """Show it nowhere any more; its text is kept."""
    tx.merge(
        ArticleWithheldRow(
            article_id=article_id,
            visibility=said.visibility,
            said_by=said.by,
            why=said.why,
            at=said.at,
        )
    )
    search_index.leave_out(tx, article_id)


def hide_by_source(tx: Tx, key: str, why: str, now: datetime) -> int | None:
    """Hide the article with this identity, since its source says so; its number, if it is here.

    What a person hid, removed or hid already stays as it was said.
    """
    number = tx.execute(select(col(ArticleRow.id)).where(col(ArticleRow.key) == key)).scalar()
    if number is not None and number not in withheld(tx, [number]):
        withhold(tx, number, Withheld(Visibility.HIDDEN, HIDDEN_BY_SOURCE, now, why))
    return number


def show_again(tx: Tx, article_id: int) -> bool:
    """Show a hidden article again. False if it is not hidden, or was removed."""
    said = withheld(tx, [article_id]).get(article_id)
    if said is None or said.visibility is Visibility.REMOVED:
        return False
    tx.execute(delete(ArticleWithheldRow).where(col(ArticleWithheldRow.article_id) == article_id))
    title = tx.execute(
        select(col(ArticleRow.title)).where(col(ArticleRow.id) == article_id)
    ).scalar_one()
    names = tx.execute(
        select(col(AuthorRow.name))
        .join(ArticleAuthorRow, col(ArticleAuthorRow.author_id) == col(AuthorRow.id))
        .where(col(ArticleAuthorRow.article_id) == article_id)
        .order_by(col(ArticleAuthorRow.position))
    ).scalars()
    search_index.enter_again(tx, article_id, title, list(names))
    return True


def offered_again(tx: Tx, article_ids: Sequence[int]) -> None:
    """Show again what these articles' sources hid, now that they offer them."""
    for number, said in withheld(tx, article_ids).items():
        if may_show_again(said):
            show_again(tx, number)


def erase_article(tx: Tx, article_id: int, said: Withheld) -> None:
    """Hide it for good and let go of its words and pictures; its identity keeps it away."""
    withhold(tx, article_id, said)
    gone = {"title": "", "summary": "", "body_html": "", "body_text": "", "photo_credit": ""}
    empty = {"related": [], "categories": [], "audio_url": "", "words": 0}
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values(**gone, **empty))
    owned = (ArticleAuthorRow, ArticleFieldRow, ArticleImageRow, ArticleTopicRow)
    for table in (*owned, BandRow, RevisionRow):
        tx.execute(delete(table).where(col(table.article_id) == article_id))
    mine = (col(CopyRow.article_id) == article_id) | (col(CopyRow.original_id) == article_id)
    tx.execute(delete(CopyRow).where(mine))


def editions_with(tx: Tx, article_id: int) -> list[tuple[int, str]]:
    """The editions that carry it, oldest first: number and state."""
    rows = tx.execute(
        select(col(EditionRow.id), col(EditionRow.state))
        .join(EditionArticleRow, col(EditionArticleRow.edition_id) == col(EditionRow.id))
        .where(col(EditionArticleRow.article_id) == article_id, col(EditionArticleRow.taken))
        .order_by(col(EditionRow.id))
    )
    return [(row.id, row.state) for row in rows]


def withheld_of_edition(tx: Tx, edition: int) -> dict[int, Withheld]:
    """The articles that an edition carries and that are not shown any more, and why."""
    rows = tx.execute(
        select(col(EditionArticleRow.article_id)).where(
            col(EditionArticleRow.edition_id) == edition, col(EditionArticleRow.taken)
        )
    ).scalars()
    return withheld(tx, list(rows))
