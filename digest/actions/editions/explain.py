"""Say why an article is in an edition, or not."""

from dataclasses import dataclass
from datetime import datetime

from digest.actions.articles.topics import matching
from digest.actions.editions.plan import Plan, as_now, plan
from digest.core.articles.article import Article
from digest.core.articles.correction import Correction
from digest.core.editions.selection import select
from digest.core.newsletters.newsletter import Newsletter
from digest.store.articles import articles
from digest.store.database.database import Database
from digest.store.editions import corrections, editions
from digest.store.editions.editions import Judged


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an edition made for this moment would do with an article, and what others did.

    `edition` is the number of the one that was made for it, if there is one.
    """

    edition: int | None
    article: Article
    inside: bool
    section: str
    why: str
    history: tuple[Judged, ...]
    corrections: tuple[Correction, ...] = ()


def explain(db: Database, newsletter: Newsletter, article: str, at: datetime) -> list[Explanation]:
    """Explain an article, given by its number or by words of its title; several may match.

    Raises UsageError if none does.
    """
    found = as_now(db, matching(db, article), newsletter)
    planned = plan(db, newsletter, at)
    drawn = planned.selection
    inside = {pick.article.id: (True, pick.section, pick.why) for pick in drawn.picks}
    outside = {left.article.id: (False, "", left.why) for left in drawn.leftouts}
    known = inside | outside
    explained = []
    for one in found:
        verdict = known.get(one.id) or _alone(db, one, planned)
        history = tuple(db.read(editions.judgements, newsletter.slug, one.id))
        number = planned.kept.id if planned.kept else None
        told = tuple(db.read(corrections.of_articles, [one.id]))
        explained.append(Explanation(number, one, *verdict, history, told))
    return explained


def _alone(db: Database, article: Article, planned: Plan) -> tuple[bool, str, str]:
    """The reason for an article that was not looked at."""
    newsletter, window = planned.newsletter, planned.selection.window
    seen = db.read(articles.seen, newsletter.slug)
    told = db.read(articles.sent_originals, newsletter.slug)
    for left in select([article], newsletter.rules, window, seen, told).leftouts:
        return False, "", left.why
    return False, "", "it came in after that edition was made"
