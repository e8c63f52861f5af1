"""Set title, summary or byline of an article by hand, and give them back to its source."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from digest.actions.articles.topics import the_one
from digest.core.articles.article import Article
from digest.core.articles.identity import clean_authors
from digest.core.text.prose import one_line
from digest.errors import UsageError
from digest.store.articles import articles, set_by_hand
from digest.store.database.database import Database

LONGEST = 5000
"""Characters of a title or summary, at most."""


def set_article(
    db: Database,
    article: str,
    by: str,
    now: datetime,
    *,
    title: str | None = None,
    summary: str | None = None,
    authors: Sequence[str] = (),
) -> Article:
    """Set these fields of an article, for good: its source doesn't change them any more.

    Raises UsageError where not exactly one article is meant, or a text can't be used.
    """
    found = the_one(db, article)
    if found.withheld and found.withheld.visibility == "removed":
        raise UsageError(f"article {found.id} was {found.withheld}: nothing of it is left")
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = one_line(title)
        if not values["title"]:
            raise UsageError("a title needs a word")
    if summary is not None:
        values["summary"] = one_line(summary)
    if authors:
        values["authors"] = list(clean_authors(authors))
    if too_long := [name for name, value in values.items() if len(value) > LONGEST]:
        raise UsageError(f"the {too_long[0]} has more than {LONGEST:,} characters")
    if not values:
        raise UsageError("say what to set: --title, --summary or --author")
    db.write(set_by_hand.set_fields, found.id, values, by, now)
    return _now(db, found)


def release_article(db: Database, article: str, fields: Sequence[str]) -> Article:
    """Give fields of an article back to its source; all that a person set, if none is named.

    Raises UsageError for one that nobody set.
    """
    found = the_one(db, article)
    known = [one.field for one in found.set_by_hand]
    for field in fields:
        if field not in known:
            raise UsageError(f"nobody set the {field} of article {found.id} ({found.title})")
    if not known:
        raise UsageError(f"nobody set anything of article {found.id} ({found.title})")
    db.write(set_by_hand.release_fields, found.id, fields or known)
    return _now(db, found)


def _now(db: Database, article: Article) -> Article:
    (found,) = db.read(articles.by_ids, [article.id])
    return found
