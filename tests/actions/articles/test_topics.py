"""Learning from the store, and what comes of it."""

import pytest
from sqlalchemy import update

from digest.actions.articles import topics
from digest.actions.editions.plan import plan
from digest.core.articles.identity import identify
from digest.core.articles.learning import MIN_ARTICLES_TO_LEARN
from digest.core.articles.topic_rules import TopicRule
from digest.store.articles import articles, intake, learned_topics
from digest.store.tables.articles import LearnedRow
from tests.builders import MONDAY, a_newsletter, an_item
from tests.core.articles.test_learning import RULES, WITHOUT_KEYWORDS, texts
from tests.stock import new_store, packed


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with enough to learn from, in bytes."""

    def fill(tx):
        for title, body in texts(MIN_ARTICLES_TO_LEARN):
            intake.save_article(tx, identify(an_item(title, body_text=body)), (), "", MONDAY)
        intake.save_article(tx, identify(an_item("Up", body_text=WITHOUT_KEYWORDS)), (), "", MONDAY)

    db = new_store(tmp_path_factory.mktemp("filled"))
    db.write(fill)
    return packed(db)


@pytest.fixture
def store(tmp_path, filled):
    db = new_store(tmp_path, filled)
    yield db
    db.close()


def kept(db, title="Up"):
    return next(one for one in db.read(articles.list_articles) if one.title == title)


def test_the_store_teaches_once_until_it_has_grown_or_the_rules_change(store):
    assert topics.learn_if_due(store, RULES)
    first = store.read(learned_topics.last)

    assert not topics.learn_if_due(store, RULES)
    assert topics.learn_if_due(store, (*RULES, TopicRule("new", "New")))
    assert store.read(learned_topics.last).rules != first.rules


def test_articles_that_are_there_get_their_topics_at_once(store):
    topics.learn_if_due(store, RULES)

    assert [topic.slug for topic in kept(store).topics] == ["sky"]
    assert topics.in_topics(store, [kept(store)], RULES) == [kept(store)]


def test_learning_leaves_alone_what_was_set_by_hand(store):
    topics.set_topics_by_hand(store, "Up", ["soup"], RULES)
    topics.learn_if_due(store, RULES)

    assert [topic.slug for topic in kept(store).topics] == ["soup"]


def test_a_plan_does_not_look_at_what_was_learned(store):
    topics.learn_if_due(store, RULES)
    unreadable = update(LearnedRow).values(content=b"no lesson")  # which takes longest to read
    store.write(lambda tx: tx.execute(unreadable))

    chosen = plan(store, a_newsletter(topics=RULES), MONDAY).selection

    assert len(chosen.picks) + len(chosen.leftouts) == MIN_ARTICLES_TO_LEARN + 1
