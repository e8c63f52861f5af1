"""Decide by hand whether two articles are the same story."""

from datetime import datetime

from digest.actions.articles.topics import the_one
from digest.core.articles.article import Article
from digest.errors import UsageError
from digest.store.articles import near_duplicates
from digest.store.database.database import Database


def decide_same_story(
    db: Database, one: str, other: str, by: str, now: datetime, *, same: bool
) -> tuple[Article, Article]:
    """Say for good that two articles are one story, of which one is shown, or two stories.

    Both are given by number or words of their titles. Raises UsageError where not exactly one
    article is meant, or twice the same.
    """
    first, second = the_one(db, one), the_one(db, other)
    if first.id == second.id:
        raise UsageError(f"both are article {first.id} ({first.title}); say two")
    pair = first.id, second.id
    db.write(near_duplicates.decide_pair, pair, by, now, same=same)
    return first, second
