"""Gives articles their topics: by hand, else by rules, else by what an article reads like."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.core.articles import naive_bayes
from digest.core.articles.article import Article, Item, Topic
from digest.core.articles.learning import HAND, NOTHING_LEARNED, Learned
from digest.core.articles.topic_rules import (
    MIN_TOPIC_POINTS,
    TopicRule,
    against,
    assign,
    rules_fingerprint,
)

TOPIC_SET_BY_HAND = "set by hand"
CONFIDENT = 0.8
"""How sure a guess must be to become a topic; its score then is this confidence."""
NEARLY = 0.8
"""A second topic with this part of the first one's points makes it doubtful."""
_CERTAIN = 0.95


@dataclass(frozen=True)
class Sorter:
    """Everything that decides about topics."""

    rules: tuple[TopicRule, ...]
    learned: Learned = NOTHING_LEARNED

    @property
    def mark(self) -> str:
        """A short name for what this would decide; it changes when that may."""
        return classifier_mark(self.rules, self.learned.mark)

    def topics(self, article: Item | Article) -> tuple[Topic, ...]:
        """Return the topics of an article, strongest first, each with its reason."""
        return assign(article, self.rules, self.learned.idf) or self._guess(article)

    def sort(self, articles: Iterable[Article]) -> list[Article]:
        """The articles with the topics that they have now, whichever rules they came in under.

        So a changed [[topic]] counts at once, and nothing has to be imported again. Of topics set
        by hand those stay that still exist.
        """
        by, slugs = self.mark, {rule.slug for rule in self.rules}
        return [self._sorted(article, by, slugs) for article in articles]

    def _sorted(self, article: Article, by: str, slugs: set[str]) -> Article:
        if article.topics_by == HAND:
            kept = tuple(topic for topic in article.topics if topic.slug in slugs)
            return replace(article, topics=kept)
        if article.topics_by == by:
            return article
        return replace(article, topics=self.topics(article), topics_by=by)

    def _guess(self, article: Item | Article) -> tuple[Topic, ...]:
        if not self.learned.model.topics:
            return ()
        names = {rule.slug: rule.name for rule in self.rules}
        found = naive_bayes.telling_words(article.title, article.body_text)
        among = names.keys() - against(article, self.rules)
        guess = naive_bayes.classify(self.learned.model, found, among)
        if guess is None or guess.confidence < CONFIDENT:
            return ()
        why = f"reads like {names[guess.slug]}: {', '.join(guess.words)}"
        return (Topic(guess.slug, round(guess.confidence, 2), why),)


def classifier_mark(rules: tuple[TopicRule, ...], learned: str) -> str:
    """Return the mark of a sorter with these rules and what was learned under that mark."""
    by = rules_fingerprint(rules)
    return hashlib.sha256(f"{by} {learned}".encode()).hexdigest()[:16] if learned else by


def doubtful(article: Article) -> str:
    """Why a person should look at the topics of an article; empty if there is no need."""
    if article.topics_by == HAND:
        return ""
    if not article.topics:
        return "no topic"
    first, *others = article.topics
    if first.score < min(MIN_TOPIC_POINTS, _CERTAIN):
        return f"perhaps {first.slug}"
    if others and others[0].score >= NEARLY * first.score:
        return f"{first.slug} or {others[0].slug}"
    return ""
