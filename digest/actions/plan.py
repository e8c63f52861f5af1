"""Say what an edition would hold, and why. Writes nothing."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from digest.actions.label import relabelled
from digest.core.edition import Edition, arrange
from digest.core.newsletter import Newsletter
from digest.core.selection import Selection, Window, select
from digest.store import articles, subscribers
from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition that could be made for a moment; `edition` is None where there is too little,
    and `why` says so.
    """

    newsletter: Newsletter
    at: datetime
    selection: Selection
    edition: Edition | None
    audience: int
    why: str


def plan(db: Database, newsletter: Newsletter, at: datetime, seen: Set[int] = frozenset()) -> Plan:
    """Choose and arrange the articles for this moment. `seen` adds to what editions already had."""
    window = Window(at - newsletter.rules.lookback, at)
    found = relabelled(
        db.read(articles.published_in, window.since, window.until), newsletter.topics
    )
    had = db.read(articles.seen, newsletter.slug) | seen
    selection = select(found, newsletter.rules, window, had)
    why = too_little(selection, newsletter)
    return Plan(
        newsletter=newsletter,
        at=at,
        selection=selection,
        edition=None if why else arrange(newsletter, selection, at),
        audience=db.read(subscribers.count_active, newsletter.slug),
        why=why,
    )


def too_little(selection: Selection, newsletter: Newsletter) -> str:
    """Why there should be no edition; empty if there should."""
    chosen, wanted = len(selection.picks), max(1, newsletter.rules.min_articles)
    if chosen >= wanted:
        return ""
    if not chosen and not selection.leftouts:
        return "no article was published in the last " + _days(newsletter)
    if not chosen:
        return "nothing new: every recent article was left out"
    return f"only {chosen} of at least {wanted} articles (min_articles)"


def _days(newsletter: Newsletter) -> str:
    days = newsletter.rules.lookback.days
    return f"{days} days (lookback)" if days > 1 else f"{newsletter.rules.lookback} (lookback)"
