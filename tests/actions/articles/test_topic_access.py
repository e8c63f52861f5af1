"""A topic that is for subscribers: its pieces are, unless somebody says otherwise of the piece."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.actions.articles.article_access import set_access_by_hand
from digest.actions.articles.topics import in_topics
from digest.actions.editions.plan import plan
from digest.core.articles.article import Access
from digest.core.articles.identity import identify
from digest.core.articles.topic_rules import TopicRule, rules_fingerprint
from digest.store.articles import article_topics, articles, intake
from tests.actions.editions.test_teasers import ADA, BO, SECRETS, WEEKLY, enrol, of
from tests.builders import MONDAY, an_item
from tests.stock import keep_article

EVERYONE, SUBSCRIBERS = Access.EVERYONE, Access.SUBSCRIBERS
SALT = TopicRule("salt", "Salt", keywords=("salt",))
CLOSED = replace(SALT, access=SUBSCRIBERS)
TOWN = TopicRule("town", "Town", keywords=("mayor",))
BODY = "Of salt and of salt: " + " ".join(SECRETS)


def keep(db, access=None, text=BODY):
    return keep_article(
        db,
        "The price of salt",
        body_text=text,
        body_html=f"<p>{text}</p>",
        access=access,
        published=MONDAY - timedelta(days=1),
    )


def access_of(db, *rules):
    (found,) = in_topics(db, db.read(articles.list_articles), rules)
    return found.access


@pytest.mark.parametrize(
    ("said", "rule", "then"),
    [
        (None, SALT, EVERYONE),
        (None, CLOSED, SUBSCRIBERS),
        (EVERYONE, CLOSED, EVERYONE),
        (SUBSCRIBERS, CLOSED, SUBSCRIBERS),
        (SUBSCRIBERS, SALT, SUBSCRIBERS),
    ],
)
def test_what_is_said_of_the_piece_wins_over_what_is_said_of_its_topic(db, said, rule, then):
    keep(db, said)
    assert access_of(db, rule, TOWN) is then


def test_a_person_has_the_last_word(db):
    kept = keep(db)
    set_access_by_hand(db, str(kept.id), EVERYONE)
    assert access_of(db, CLOSED) is EVERYONE


def test_one_of_its_topics_is_enough_also_one_that_a_person_gave_it(db):
    kept = keep(db, text="The mayor, the mayor, the mayor. " + BODY)
    assert access_of(db, TOWN, CLOSED) is SUBSCRIBERS
    db.write(article_topics.set_topics, kept.id, ["town"])
    assert access_of(db, TOWN, CLOSED) is EVERYONE


def test_a_source_that_says_it_later_is_heard(db):
    keep(db)
    open_now = an_item(
        "The price of salt",
        body_text=BODY,
        body_html=f"<p>{BODY}</p>",
        access=EVERYONE,
        published=MONDAY - timedelta(days=1),
    )
    db.write(intake.save_article, identify(open_now), (), "", MONDAY)
    assert access_of(db, CLOSED) is EVERYONE


def test_who_may_read_it_decides_nothing_about_what_belongs_to_a_topic():
    """So that no article is sorted anew when a topic is closed."""
    assert rules_fingerprint((SALT, TOWN)) == rules_fingerprint((CLOSED, TOWN))


def test_a_free_reader_gets_the_teaser_and_a_subscriber_the_piece(db, factory, monkeypatch):
    enrol(db)
    keep(db)
    weekly = replace(WEEKLY, topics=(CLOSED,))
    planned = plan(db, weekly, MONDAY).edition
    assert planned
    assert planned.lead.access is SUBSCRIBERS
    monkeypatch.setattr("tests.actions.editions.test_teasers.WEEKLY", weekly)

    free, _ = of(db, factory, ADA)
    paid, _ = of(db, factory, BO)

    assert SECRETS[-1] not in free
    assert "For subscribers" in free
    assert SECRETS[0] in paid
