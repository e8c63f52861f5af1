"""`digest topics`."""

import pytest

from tests.cli.conftest import is_refused
from tests.publications import found, write_article, write_config

TOPICS = '[[topic]]\nslug = "sea"\nname = "Sea"\nkeywords = ["gauge", "flag"]\n'
TOPICS += '[[topic]]\nslug = "food"\nname = "Food"\nkeywords = ["coffee", "breakfast"]'


@pytest.fixture(autouse=True)
def _articles(digest, home):
    found(home, more=TOPICS)
    both = "The gauge stands by the flag, and there is coffee for breakfast, as it has to be."
    write_article(home / "a", "The tide gauge", on="March 7, 2026")
    write_article(home / "a", "Six in the morning", on="March 2, 2026", text=both)
    write_article(home / "a", "A quiet week", on="February 1, 2026", text="Nothing at all was.")
    digest("import", "a")


def topics_of(digest, title):
    rows = digest("articles", "--json").answer
    return next(row["topics"] for row in rows if row["title"] == title)


def test_review_lists_what_has_no_topic_or_stands_between_two(digest):
    ended = digest("topics", "review")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "    2  Six in the morning: sea or food",
        '       sea: "gauge" once in the text, "flag" once in the text',
        '       food: "coffee" once in the text, "breakfast" once in the text',
        "    1  A quiet week: no topic",
        "2 doubtful articles",
    ]


def test_review_shows_as_many_as_asked_for_and_counts_the_rest(digest):
    assert digest("topics", "review", "--limit", "1").out.splitlines()[-1] == (
        "2 doubtful articles, 1 shown"
    )
    answer = digest("topics", "review", "--limit", "1", "--json").answer
    assert answer["doubtful"] == 2
    assert [row["why"] for row in answer["articles"]] == ["sea or food"]


def test_topics_set_by_hand_win_and_stay(digest, home):
    assert digest("topics", "set", "quiet week", "food", "sea").out == (
        "A quiet week (article 1): food, sea\n"
    )

    write_article(home / "a", "A quiet week", on="February 1, 2026", text="A gauge, a flag.")
    assert digest("import", "a", "--json").answer["updated"] == 1
    write_config(home, more=TOPICS.replace('"gauge"', '"gauge", "quiet"'))

    assert topics_of(digest, "A quiet week") == ["food", "sea"]
    assert "A quiet week" not in digest("topics", "review").out
    ended = digest("explain", "weekly", "quiet", "week", "--at", "2026-02-02T07:30")
    assert "topic food: set by hand" in ended.out


def test_an_article_can_be_set_to_have_no_topic(digest):
    assert digest("topics", "set", "2").out == "Six in the morning (article 2): no topic\n"

    assert topics_of(digest, "Six in the morning") == []
    assert "Six in the morning" not in digest("topics", "review").out
    plan = digest("plan", "weekly", "--at", "2026-03-09T07:30").out
    assert "set by hand to have no topic" in plan


def test_the_rules_can_be_asked_again(digest):
    digest("topics", "set", "2", "food")

    row = digest("topics", "set", "2", "--by-rules", "--json").answer

    assert [topic["topic"] for topic in row["topics"]] == ["sea", "food"]
    assert topics_of(digest, "Six in the morning") == ["sea", "food"]


def test_what_is_not_there_is_refused_with_the_nearest(digest):
    assert is_refused(digest("topics", "set", "2", "fod"), "no topic 'fod'", "did you mean 'food'?")
    assert is_refused(digest("topics", "set", "99", "food"), "'99'")
    assert is_refused(digest("topics", "set", "i", "food"), "several titles", "2 (Six in")
    assert is_refused(digest("topics", "set", "2", "food", "--by-rules"), "--by-rules")
