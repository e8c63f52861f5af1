"""What a person says of two articles holds, whatever is imported later."""

import pytest

from digest.actions.articles.same_story import decide_same_story
from digest.errors import UsageError
from digest.store.articles import articles
from tests.builders import MONDAY
from tests.core.articles.test_minhash import a_text, edited
from tests.stock import keep_article

STORY, OTHER = a_text(1), a_text(2)


def copies(db):
    numbers = range(1, db.read(articles.count) + 1)
    return {one.id: one.copy_of for one in db.read(articles.by_ids, list(numbers))}


def decide(db, one, other, *, same):
    decide_same_story(db, str(one), str(other), "ada", MONDAY, same=same)


def test_two_that_are_distinct_stay_so_when_one_is_edited(db):
    keep_article(db, "One", body_text=STORY, url="https://a.example/1")
    keep_article(db, "Two", body_text=STORY, url="https://b.example/2")
    assert copies(db) == {1: None, 2: 1}

    decide(db, 1, 2, same=False)
    assert copies(db) == {1: None, 2: None}

    keep_article(db, "Two", body_text=edited(STORY, 0.02), url="https://b.example/2")
    assert copies(db) == {1: None, 2: None}
    keep_article(db, "Three", body_text=STORY, url="https://c.example/3")
    assert copies(db)[3] in {1, 2}


def test_two_that_are_the_same_are_one_story_though_they_share_no_word(db):
    keep_article(db, "One", body_text=STORY)
    keep_article(db, "Two", body_text=OTHER)
    keep_article(db, "Three", body_text=edited(OTHER, 0.02))

    decide(db, 1, 2, same=True)

    assert copies(db) == {1: None, 2: 1, 3: 1}
    decide(db, 2, 1, same=False)
    assert copies(db) == {1: None, 2: None, 3: 1}


def test_an_article_is_not_compared_with_itself(db):
    keep_article(db, "One", body_text=STORY)

    with pytest.raises(UsageError, match="both are article 1"):
        decide(db, 1, "One", same=True)
