"""Gives articles their topics: by hand, else by rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.core.article import Article, Item, Topic
from digest.core.topic import Rule, assign, fingerprint

HAND = "hand"
"""`topics_by` of an article whose topics a person set: no rule and no import changes them."""
BY_HAND = "set by hand"


@dataclass(frozen=True, slots=True)
class Sorter:
    """Everything that decides about topics."""

    rules: tuple[Rule, ...]

    @property
    def mark(self) -> str:
        """A short name for what this would decide; it changes when that may."""
        return fingerprint(self.rules)

    def topics(self, article: Item | Article) -> tuple[Topic, ...]:
        """Return the topics of an article, strongest first, each with its reason."""
        return assign(article, self.rules)

    def sort(self, articles: Iterable[Article]) -> list[Article]:
        """The articles with the topics that they have now, whichever rules they came in under.

        So a changed [[topic]] counts at once, and nothing has to be imported again. Of topics set
        by hand those stay that still exist.
        """
        mark, slugs = self.mark, {rule.slug for rule in self.rules}
        return [self._sorted(article, mark, slugs) for article in articles]

    def _sorted(self, article: Article, mark: str, slugs: set[str]) -> Article:
        if article.topics_by == HAND:
            kept = tuple(topic for topic in article.topics if topic.slug in slugs)
            return replace(article, topics=kept)
        if article.topics_by == mark:
            return article
        return replace(article, topics=self.topics(article), topics_by=mark)


def doubtful(article: Article) -> str:
    """Why a person should look at the topics of an article; empty if there is no need."""
    if article.topics_by == HAND:
        return ""
    if not article.topics:
        return "no topic"
    first, *others = article.topics
    if others and others[0].score >= NEARLY * first.score:
        return f"{first.slug} or {others[0].slug}"
    return ""


NEARLY = 0.8
"""A second topic with this part of the first one's points makes it doubtful."""
