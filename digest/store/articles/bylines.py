"""Who wrote the articles: names in their order, each person once."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlmodel import col

from digest.core.articles.author import author_key, one_case
from digest.store.database.bulk_insert import table_insert
from digest.store.database.database import Tx
from digest.store.tables.articles import ArticleAuthorRow, AuthorRow

NAMES_PER_QUERY = 500
"""Names in one IN (…)."""
_INTO_AUTHORS, _INTO_BYLINES = table_insert(AuthorRow), table_insert(ArticleAuthorRow)


def names_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[str]]:
    """The byline of each of these articles that has one."""
    found: dict[int, list[str]] = {}
    for article_id, name in tx.execute(
        select(col(ArticleAuthorRow.article_id), col(AuthorRow.name))
        .join(AuthorRow, col(AuthorRow.id) == col(ArticleAuthorRow.author_id))
        .where(col(ArticleAuthorRow.article_id).in_(ids))
        .order_by(col(ArticleAuthorRow.article_id), col(ArticleAuthorRow.position))
    ):
        found.setdefault(article_id, []).append(name)
    return found


def set_authors(tx: Tx, article_id: int, names: Sequence[str]) -> None:
    """Put another byline in the place of what an article has."""
    tx.execute(delete(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id) == article_id))
    write_bylines(tx, [(article_id, names)])


def write_bylines(tx: Tx, credited: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Write down who wrote these articles, in the order of each byline."""
    wrote = [
        (article_id, position, name)
        for article_id, names in credited
        for position, name in enumerate(names)
    ]
    people = _people(tx, [name for *_, name in wrote])
    rows = [
        {"article_id": article_id, "position": position, "author_id": people[author_key(name)]}
        for article_id, position, name in wrote
    ]
    if rows:
        tx.execute(_INTO_BYLINES, rows)


def _people(tx: Tx, names: Sequence[str]) -> dict[str, int]:
    """The ids of people by their keys; who was unknown is entered."""
    spelled: dict[str, str] = {}
    for name in names:
        key = author_key(name)
        if key not in spelled or (one_case(spelled[key]) and not one_case(name)):
            spelled[key] = name  # MARA LIND, now written Mara Lind
    known = _named(tx, list(spelled))
    for key, (number, name) in known.items():
        if one_case(name) and not one_case(spelled[key]):
            better = update(AuthorRow).where(col(AuthorRow.id) == number)
            tx.execute(better.values(name=spelled[key]))
    unknown = [{"key": key, "name": name} for key, name in spelled.items() if key not in known]
    if unknown:
        tx.execute(_INTO_AUTHORS, unknown)
        known |= _named(tx, [str(one["key"]) for one in unknown])
    return {key: number for key, (number, _) in known.items()}


def _named(tx: Tx, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(keys), NAMES_PER_QUERY):
        for row in tx.execute(
            select(col(AuthorRow.key), col(AuthorRow.id), col(AuthorRow.name)).where(
                col(AuthorRow.key).in_(keys[start : start + NAMES_PER_QUERY])
            )
        ):
            found[row.key] = (row.id, row.name)
    return found
