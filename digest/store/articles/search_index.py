"""What articles are found by: a narrow table, so that lists and searches read nothing else.

A plain LIKE goes over it, which SQLite and PostgreSQL both know; a word that nothing has costs one
look at every title.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import col

from digest.core.articles.search_terms import findable
from digest.store.articles import bylines
from digest.store.database.bulk_insert import table_insert
from digest.store.database.database import Tx
from digest.store.tables.articles import ArticleRow, FindableRow

_INTO = table_insert(FindableRow)


def index_articles(tx: Tx, new: Iterable[tuple[int, datetime, str, Sequence[str]]]) -> None:
    """Let new articles be found: each by its number, date, title and authors."""
    rows = [
        {"article_id": article_id, "published": published, "words": findable(title, authors)}
        for article_id, published, title, authors in new
    ]
    if rows:
        tx.execute(_INTO, rows)


def enter_again(tx: Tx, article_id: int, title: str, authors: Sequence[str]) -> None:
    """Let an article be found by what it says now."""
    leave_out(tx, article_id)
    moment = select(col(ArticleRow.published)).where(col(ArticleRow.id) == article_id)
    index_articles(tx, [(article_id, tx.execute(moment).scalar_one(), title, authors)])


def find_again(tx: Tx, article_id: int) -> None:
    """The same, by the title and names that it has in the store."""
    title = select(col(ArticleRow.title)).where(col(ArticleRow.id) == article_id)
    names = bylines.names_of(tx, [article_id]).get(article_id, [])
    enter_again(tx, article_id, tx.execute(title).scalar_one(), names)


def leave_out(tx: Tx, article_id: int) -> None:
    """Let no list and no search find an article."""
    tx.execute(delete(FindableRow).where(col(FindableRow.article_id) == article_id))


def has(spellings: Sequence[str]) -> ColumnElement[bool]:
    """Whether an article has one of these, as a word or in one."""
    return or_(*(col(FindableRow.words).contains(one, autoescape=True) for one in spellings))
