"""Hide articles, show them again, or remove them for good."""

from dataclasses import dataclass
from datetime import datetime

from digest.actions.articles.topics import the_one
from digest.core.articles.article import Article, Visibility, Withheld
from digest.core.editions.edition import EditionState
from digest.errors import UsageError
from digest.store.articles import visibility
from digest.store.database.database import Database, Tx
from digest.store.editions import drafts, removed_stories

ON_THEIR_WAY = (EditionState.FROZEN, EditionState.SENDING, EditionState.PAUSED)


@dataclass(frozen=True, slots=True)
class VisibilityChange:
    """An article as it was, and the editions that carry it, by number: drafts, those that are
    being sent, and those that were.
    """

    article: Article
    drafts: tuple[int, ...]
    on_their_way: tuple[int, ...]
    sent: tuple[int, ...]


def hide_article(
    db: Database, article: str, by: str, now: datetime, why: str = ""
) -> VisibilityChange:
    """Take an article out of lists, searches, feeds and all editions that are made later.

    Its source doesn't bring it back. Raises UsageError where not exactly one article is meant.
    """
    found = the_one(db, article)
    _expect_kept(found)
    db.write(visibility.withhold, found.id, Withheld(Visibility.HIDDEN, by, now, why))
    return _change(db, found)


def show_article(db: Database, article: str) -> VisibilityChange:
    """Show a hidden article again. Raises UsageError for one that isn't hidden, or was removed."""
    found = the_one(db, article)
    _expect_kept(found)
    if not db.write(visibility.show_again, found.id):
        raise UsageError(f"article {found.id} ({found.title}) is not hidden")
    return _change(db, found)


def remove_article(
    db: Database, article: str, by: str, now: datetime, why: str = ""
) -> VisibilityChange:
    """Remove an article for good: its words and picture are gone, and it stays away.

    Editions that were sent say so in its place on the web. Raises UsageError as `hide_article`.
    """
    found = the_one(db, article)
    _expect_kept(found)
    change = _change(db, found)
    db.write(_remove, found.id, Withheld(Visibility.REMOVED, by, now, why))
    return change


def _remove(tx: Tx, article: int, said: Withheld) -> None:
    removed_stories.blank_titles(tx, article)
    drafts.forget_article(tx, article)
    visibility.erase_article(tx, article, said)


def _expect_kept(article: Article) -> None:
    said = article.withheld
    if said and said.visibility is Visibility.REMOVED:
        raise UsageError(f"article {article.id} was {said}: nothing of it is left")


def _change(db: Database, article: Article) -> VisibilityChange:
    editions = db.read(visibility.editions_with, article.id)

    def in_state(*states: EditionState) -> tuple[int, ...]:
        return tuple(number for number, state in editions if state in states)

    return VisibilityChange(
        article,
        drafts=in_state(EditionState.DRAFT),
        on_their_way=in_state(*ON_THEIR_WAY),
        sent=in_state(EditionState.SENT),
    )
