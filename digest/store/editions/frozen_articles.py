"""What the articles of an edition said when it was frozen."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from digest.core.articles.article import Article
from digest.store.articles import articles
from digest.store.database.database import Tx
from digest.store.tables.articles import RevisionRow
from digest.store.tables.editions import EditionArticleRow


def as_frozen(tx: Tx, edition: int) -> dict[int, Article]:
    """The articles of an edition by their numbers, each with the words that it had then."""
    rows = tx.execute(
        select(col(EditionArticleRow.article_id), col(EditionArticleRow.content_hash)).where(
            col(EditionArticleRow.edition_id) == edition, col(EditionArticleRow.place).is_not(None)
        )
    )
    hashes = {row.article_id: row.content_hash for row in rows}
    found = articles.by_ids(tx, list(hashes))
    return {one.id: _then(tx, one, hashes[one.id]) for one in found}


def _then(tx: Tx, article: Article, content_hash: str) -> Article:
    if article.content_hash == content_hash:
        return article
    old = tx.execute(
        select(RevisionRow)
        .where(
            col(RevisionRow.article_id) == article.id,
            col(RevisionRow.content_hash) == content_hash,
        )
        .limit(1)
    ).scalar_one_or_none()
    if old is None:
        return article
    return replace(
        article,
        title=old.title,
        body_html=old.body_html,
        body_text=old.body_text,
        content_hash=old.content_hash,
    )
