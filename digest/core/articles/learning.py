"""What the store teaches: which keywords are common, and what each topic reads like."""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from digest.core.articles import idf, naive_bayes
from digest.core.articles.article import Article
from digest.core.articles.idf import Idf
from digest.core.articles.naive_bayes import Model
from digest.core.articles.topic_rules import TopicRule, assign, measure

SAMPLE = 3_000
"""The newest articles, from which is learned; more hardly teach more, and take longer."""
MIN_ARTICLES_TO_LEARN = 700
"""Articles below which no reading is learned: rules alone are right more often then."""
HAND = "hand"
"""`topics_by` of an article whose topics a person set: no rule and no import changes them."""

_SURE = 3.0  # points from which a topic by rules is taken as an example
_MARGIN = 1.25  # and so many times more than the next one has
_GROWN = 1.25


@dataclass(frozen=True)
class Learned:
    """What was learned; equal articles and rules always give an equal `mark`."""

    mark: str = ""
    idf: Idf = idf.EQUAL_IDF
    model: Model = naive_bayes.UNTRAINED


NOTHING_LEARNED = Learned()


def is_time_to_learn(articles: int, then: int, *, same_rules: bool) -> bool:
    """Is it time to learn (again) with so many articles in the store, and `then` the last time?"""
    if articles < idf.MIN_SAMPLE_ARTICLES:
        return False
    return not then or not same_rules or articles >= _GROWN * then


def learn_topics(articles: Sequence[Article], rules: tuple[TopicRule, ...]) -> Learned:
    """Learn from articles: the sure ones by rules and those set by hand are the examples."""
    common = measure(articles, rules)
    if common.articles < idf.MIN_SAMPLE_ARTICLES:
        return NOTHING_LEARNED
    model = naive_bayes.UNTRAINED
    if len(articles) >= MIN_ARTICLES_TO_LEARN:
        model = naive_bayes.train(
            (
                _example(article, rules, common),
                naive_bayes.telling_words(article.title, article.body_text),
            )
            for article in articles
        )
    return _marked(common, model)


def _example(article: Article, rules: tuple[TopicRule, ...], common: Idf) -> str:
    """The topic that an article is an example of; empty if nobody is sure."""
    if article.topics_by == HAND:
        return article.topics[0].slug if article.topics else ""
    first, *others = assign(article, rules, common) or (None,)
    if first is None or first.score < _SURE:
        return ""
    return "" if others and first.score < _MARGIN * others[0].score else first.slug


def pack(learned: Learned) -> bytes:
    """Make bytes of it, to be kept."""
    return zlib.compress(_plain(learned.idf, learned.model).encode(), 6)


def unpack(kept: bytes) -> Learned:
    """Read the bytes that `pack` made."""
    (articles, found), (trained, topics, words) = json.loads(zlib.decompress(kept))
    counts = {word: tuple(numbers) for word, numbers in words.items()}
    return _marked(Idf(articles, found), Model(trained, tuple(topics), counts))


def _marked(common: Idf, model: Model) -> Learned:
    digest = hashlib.sha256(_plain(common, model).encode()).hexdigest()
    return Learned(digest[:16], common, model)


def _plain(common: Idf, model: Model) -> str:
    parts = [
        [common.articles, dict(sorted(common.found.items()))],
        [model.articles, model.topics, dict(sorted(model.words.items()))],
    ]
    return json.dumps(parts, separators=(",", ":"))
