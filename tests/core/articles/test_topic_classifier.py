"""Who decides about topics."""

from dataclasses import replace

from digest.core.articles.article import Topic
from digest.core.articles.learning import HAND
from digest.core.articles.topic_classifier import TOPIC_SET_BY_HAND, Sorter, doubtful
from tests.builders import TOPICS, an_article

SORTER = Sorter(TOPICS)


def scored(**points):
    return an_article(topics=tuple(Topic(slug, score, "x") for slug, score in points.items()))


def test_a_changed_rule_counts_for_articles_that_are_there():
    old = replace(an_article("The embassy", topic="science"), topics_by="yesterday's rules")

    (now,) = SORTER.sort([old])

    assert [topic.slug for topic in now.topics] == ["world"]
    assert now.topics_by == SORTER.mark


def test_what_these_rules_decided_is_not_decided_again():
    known = replace(an_article("The embassy", topic="science"), topics_by=SORTER.mark)

    assert SORTER.sort([known]) == [known]


def test_topics_set_by_hand_stay_as_long_as_they_exist():
    topics = (Topic("gone", 1.0, TOPIC_SET_BY_HAND), Topic("science", 1.0, TOPIC_SET_BY_HAND))
    by_hand = replace(an_article("The embassy"), topics=topics, topics_by=HAND)

    (now,) = SORTER.sort([by_hand])

    assert [topic.slug for topic in now.topics] == ["science"]


def test_no_topic_and_two_nearly_equal_ones_are_doubtful():
    assert doubtful(scored()) == "no topic"
    assert doubtful(scored(world=5.0, science=4.0)) == "world or science"
    assert not doubtful(scored(world=5.0, science=3.9))
    assert not doubtful(scored(world=2.0))


def test_what_a_person_set_is_not_doubtful():
    assert not doubtful(replace(scored(), topics_by=HAND))
