"""What the articles of a store teach."""

from dataclasses import replace

from digest.core.articles.article import Topic
from digest.core.articles.learning import (
    HAND,
    MIN_ARTICLES_TO_LEARN,
    NOTHING_LEARNED,
    is_time_to_learn,
    learn_topics,
    pack,
    unpack,
)
from digest.core.articles.topic_classifier import Sorter, doubtful
from digest.core.articles.topic_rules import TopicRule
from tests.builders import an_article

RULES = (
    TopicRule("sky", "The Sky", keywords=("telescope", "comet")),
    TopicRule("soup", "Soup", keywords=("onion", "broth"), negative=("planetarium",)),
)
TEXTS = (
    ("A telescope", "A telescope and a comet: orbit, dome, lens, gravity, planet, night."),
    ("An onion", "An onion in a broth, with butter, pepper, garlic, flour, kettle, supper."),
    ("A letter", "A letter came in the morning, and nobody in the street had an answer for it."),
)
WITHOUT_KEYWORDS = "Dome, lens, planet: gravity, orbit, night after night."


def texts(count):
    """Titles and texts: a third about the sky, a third about soup, a third about neither."""
    for n in range(count):
        title, body = TEXTS[n % 3]
        yield f"{title}, number {n}", f"{body} {n}"


def store(count):
    return [an_article(title, body_text=body) for title, body in texts(count)]


LEARNED = learn_topics(store(MIN_ARTICLES_TO_LEARN), RULES)


def test_what_no_rule_reaches_gets_the_topic_that_it_reads_like():
    (topic,) = Sorter(RULES, LEARNED).topics(an_article("Up", body_text=WITHOUT_KEYWORDS))

    assert topic.slug == "sky"
    assert topic.why.startswith("reads like The Sky: ")
    assert Sorter(RULES).topics(an_article("Up", body_text=WITHOUT_KEYWORDS)) == ()


def test_a_rule_is_asked_first():
    both = f"{WITHOUT_KEYWORDS} Onion! Onion! Onion broth, broth, broth!"

    topics = Sorter(RULES, LEARNED).topics(an_article("Onion", body_text=both))

    assert [topic.slug for topic in topics] == ["soup"]
    assert "reads like" not in topics[0].why


def test_a_negative_word_keeps_a_topic_away_from_guesses_too():
    supper = "Butter, pepper, garlic, flour, kettle and supper."
    sorter = Sorter(RULES, LEARNED)

    assert [t.slug for t in sorter.topics(an_article("Up", body_text=supper))] == ["soup"]
    assert sorter.topics(an_article("Up", body_text=supper + " In the planetarium.")) == ()


def test_below_so_many_articles_no_reading_is_learned():
    few = learn_topics(store(MIN_ARTICLES_TO_LEARN - 1), RULES)

    assert few.model.topics == ()
    assert few.idf.articles == MIN_ARTICLES_TO_LEARN - 1
    assert learn_topics(store(99), RULES) == NOTHING_LEARNED


def test_topics_set_by_hand_are_examples():
    by_hand = [
        replace(article, topics=(Topic("post", 1.0, "x"),), topics_by=HAND)
        if "letter" in article.body_text else article
        for article in store(MIN_ARTICLES_TO_LEARN)
    ]  # fmt: skip

    assert learn_topics(by_hand, RULES).model.topics == ("post", "sky", "soup")


def test_the_same_articles_always_teach_the_same():
    assert learn_topics(store(MIN_ARTICLES_TO_LEARN), RULES).mark == LEARNED.mark
    assert learn_topics(store(MIN_ARTICLES_TO_LEARN + 1), RULES).mark != LEARNED.mark
    assert Sorter(RULES, LEARNED).mark != Sorter(RULES).mark


def test_what_was_learned_can_be_kept():
    kept = unpack(pack(LEARNED))

    assert kept == LEARNED
    assert kept.mark == LEARNED.mark


def test_a_guess_that_is_not_certain_is_doubtful():
    assert doubtful(an_article(topics=(Topic("sky", 0.85, "x"),))) == "perhaps sky"
    assert not doubtful(an_article(topics=(Topic("sky", 0.97, "x"),)))


def test_it_is_time_to_learn_when_rules_change_or_the_store_has_grown_by_a_quarter():
    assert not is_time_to_learn(99, 0, same_rules=False)
    assert is_time_to_learn(100, 0, same_rules=True)
    assert not is_time_to_learn(124, 100, same_rules=True)
    assert is_time_to_learn(125, 100, same_rules=True)
    assert is_time_to_learn(100, 100, same_rules=False)
