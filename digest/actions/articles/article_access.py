"""Say by hand who may read an article whole."""

from dataclasses import replace

from digest.actions.articles.topics import the_one
from digest.core.articles.article import Access, Article
from digest.store.articles import article_access
from digest.store.database.database import Database


def set_access_by_hand(db: Database, article: str, access: Access) -> Article:
    """Open an article to everyone, or to subscribers only, in every edition that is made later.

    Raises UsageError where not exactly one article is meant.
    """
    found = the_one(db, article)
    db.write(article_access.set_access, found.id, access)
    return replace(found, access=access)
