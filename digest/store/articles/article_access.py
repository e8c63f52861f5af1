"""Who may read an article whole, as a person says."""

from sqlalchemy import update
from sqlmodel import col

from digest.core.articles.article import Access
from digest.core.articles.learning import HAND
from digest.store.database.database import Tx
from digest.store.tables.articles import ArticleRow


def set_access(tx: Tx, article_id: int, access: Access) -> None:
    """Say it for good: whatever its source says from now on, it stays."""
    query = update(ArticleRow).where(col(ArticleRow.id) == article_id)
    tx.execute(query.values(access=access.value, access_by=HAND))
