"""Topics of the articles in the store: what they are now, which are doubtful, set by hand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from digest.core.articles.article import Article
from digest.core.articles.learning import SAMPLE, is_time_to_learn, learn_topics
from digest.core.articles.teaser import by_topic
from digest.core.articles.topic_classifier import Sorter, classifier_mark, doubtful
from digest.core.articles.topic_rules import TopicRule, rules_fingerprint
from digest.errors import UsageError
from digest.store.articles import article_topics, articles, learned_topics
from digest.store.database.database import Database


@dataclass(frozen=True, slots=True)
class Doubt:
    """An article whose topics a person should look at, and why."""

    article: Article
    why: str


def in_topics(
    db: Database, found: Iterable[Article], rules: tuple[TopicRule, ...]
) -> list[Article]:
    """These articles with the topics that they have now, and who may read them whole by that."""
    found = list(found)
    by = classifier_mark(rules, db.read(learned_topics.last).mark)
    if not all(article.topics_by == by for article in found):
        found = sorter(db, rules).sort(found)
    return by_topic(found, rules)


def sorter(db: Database, rules: tuple[TopicRule, ...]) -> Sorter:
    """What decides about topics, with all that was learned."""
    return Sorter(rules, db.read(learned_topics.last_learned))


def learn_if_due(db: Database, rules: tuple[TopicRule, ...]) -> bool:
    """Learn from the articles if it is time to; says whether it was.

    The newest ones get their topics anew, so that nobody who reads them has to wait for it.
    """
    total, last, by = (
        db.read(articles.count),
        db.read(learned_topics.last),
        rules_fingerprint(rules),
    )
    if not is_time_to_learn(total, last.articles, same_rules=last.rules == by):
        return False
    sample = db.read(articles.newest_articles, SAMPLE)
    fresh = Sorter(rules, learn_topics(sample, rules))
    db.write(learned_topics.save_learned, fresh.learned, by, total)
    again = [
        new
        for old, new in zip(sample, fresh.sort(sample), strict=True)
        if old.topics_by != new.topics_by
    ]
    for start in range(0, len(again), articles.ARTICLE_IDS_PER_QUERY):
        db.write(
            article_topics.refile_articles,
            again[start : start + articles.ARTICLE_IDS_PER_QUERY],
            fresh.mark,
        )
    return True


def doubtful_topics(db: Database, rules: tuple[TopicRule, ...]) -> list[Doubt]:
    """Every article without a topic, or with two nearly equal ones; newest first."""
    found = in_topics(db, db.read(articles.list_articles), rules)
    return [Doubt(article, why) for article in found if (why := doubtful(article))]


def set_topics_by_hand(
    db: Database, article: str, slugs: Sequence[str], rules: tuple[TopicRule, ...]
) -> Article:
    """Give an article these topics, the first being the strongest; they stay.

    Raises UsageError for a topic that isn't there, or where not exactly one article is meant.
    """
    known = [rule.slug for rule in rules]
    for slug in slugs:
        if slug not in known:
            raise UsageError(no_topic(slug, known))
    return _changed(db, article, rules, article_topics.set_topics, list(dict.fromkeys(slugs)))


def give_topics_to_rules(db: Database, article: str, rules: tuple[TopicRule, ...]) -> Article:
    """Let the rules decide about an article again. Raises UsageError as `set_by_hand`."""
    return _changed(db, article, rules, article_topics.give_to_rules)


def matching(db: Database, article: str) -> list[Article]:
    """The articles with this number, or else with these words in their title; never none.

    Raises UsageError if there is none.
    """
    number = [int(article)] if re.fullmatch("[0-9]{1,18}", article) else []
    found = db.read(articles.by_ids, number)
    if not found:
        words = article.casefold().split()
        found = [
            one
            for one in db.read(articles.list_articles)
            if all(word in one.title.casefold() for word in words)
        ]
    if not found:
        raise UsageError(f"no article has '{article}' as its number or in its title")
    return found


def the_one(db: Database, article: str) -> Article:
    """The only article with this number, or these words in its title.

    Raises UsageError if there is none, or more than one.
    """
    found = matching(db, article)
    if len(found) > 1:
        some = ", ".join(f"{one.id} ({one.title})" for one in found[:5])
        raise UsageError(f"'{article}' is in several titles; give a number: {some}")
    return found[0]


def no_topic(slug: str, known: Sequence[str]) -> str:
    """What to say about a topic that isn't there."""
    close = get_close_matches(slug.lower(), known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"the config has {', '.join(known)}"
    return f"there is no topic '{slug}'; {hint}"


def _changed(
    db: Database, article: str, rules: tuple[TopicRule, ...], query: Any, *args: object
) -> Article:
    found = the_one(db, article)
    db.write(query, found.id, *args)
    return in_topics(db, db.read(articles.by_ids, [found.id]), rules)[0]
