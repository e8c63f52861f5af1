"""What people set of an article: it stays when its source brings it again, until it is released."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from digest.core.articles.article import HandSet
from digest.store.articles import bylines, search_index, visibility
from digest.store.database.database import Tx
from digest.store.tables.articles import ArticleFieldRow, ArticleRow


def fields_set(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[HandSet, ...]]:
    """The fields of these articles that a person set."""
    found: dict[int, tuple[HandSet, ...]] = {}
    rows = tx.execute(
        select(ArticleFieldRow)
        .where(col(ArticleFieldRow.article_id).in_(ids))
        .order_by(col(ArticleFieldRow.article_id), col(ArticleFieldRow.field))
    ).scalars()
    for row in rows:
        said = HandSet(row.field, row.said_by, row.at)
        found[row.article_id] = (*found.get(row.article_id, ()), said)
    return found


def set_fields(tx: Tx, article_id: int, values: Mapping[str, Any], by: str, now: datetime) -> None:
    """Set title, summary or authors of an article; what its source says is kept beside that."""
    before = _current(tx, article_id)
    known = {one.field for one in fields_set(tx, [article_id]).get(article_id, ())}
    for field, value in values.items():
        if field not in known:
            tx.add(
                ArticleFieldRow(
                    article_id=article_id, field=field, source=before[field], said_by=by, at=now
                )
            )
        else:
            tx.execute(_row(article_id, field).values(said_by=by, at=now))
        _put(tx, article_id, field, value)
    _find_again(tx, article_id)


def release_fields(tx: Tx, article_id: int, fields: Sequence[str]) -> None:
    """Give these fields back to the source of an article: what it said last is there again."""
    rows = tx.execute(
        select(ArticleFieldRow).where(
            col(ArticleFieldRow.article_id) == article_id, col(ArticleFieldRow.field).in_(fields)
        )
    ).scalars()
    for row in list(rows):
        _put(tx, article_id, row.field, row.source)
        tx.execute(
            delete(ArticleFieldRow).where(
                col(ArticleFieldRow.article_id) == article_id,
                col(ArticleFieldRow.field) == row.field,
            )
        )
    _find_again(tx, article_id)


def heard_again(tx: Tx, article_id: int, said: Mapping[str, Any]) -> frozenset[str]:
    """Note what a source says now of the fields that a person set; these must stay."""
    held = frozenset(one.field for one in fields_set(tx, [article_id]).get(article_id, ()))
    for field in held:
        tx.execute(_row(article_id, field).values(source=said[field]))
    return held


def _row(article_id: int, field: str) -> Any:
    return update(ArticleFieldRow).where(
        col(ArticleFieldRow.article_id) == article_id, col(ArticleFieldRow.field) == field
    )


def _current(tx: Tx, article_id: int) -> dict[str, Any]:
    row = tx.execute(
        select(col(ArticleRow.title), col(ArticleRow.summary)).where(
            col(ArticleRow.id) == article_id
        )
    ).one()
    names = bylines.names_of(tx, [article_id]).get(article_id, [])
    return {"title": row.title, "summary": row.summary, "authors": names}


def _put(tx: Tx, article_id: int, field: str, value: Any) -> None:
    if field == "authors":
        bylines.set_authors(tx, article_id, value)
        return
    tx.execute(update(ArticleRow).where(col(ArticleRow.id) == article_id).values({field: value}))


def _find_again(tx: Tx, article_id: int) -> None:
    if not visibility.withheld(tx, [article_id]):
        search_index.find_again(tx, article_id)
