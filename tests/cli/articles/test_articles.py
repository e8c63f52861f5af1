"""`digest articles`."""

import pytest

from tests.cli.articles.test_import_articles import MORE, ROW
from tests.cli.conftest import is_refused
from tests.publications import found, write_article, write_config

TOPICS = '[[topic]]\nslug = "sea"\nname = "Sea"\nkeywords = ["gauge"]\n'
TOPICS += '[[topic]]\nslug = "food"\nname = "Food"\nkeywords = ["coffee"]'

QUIET = "It was so quiet that the pilots heard the flags."


@pytest.fixture(autouse=True)
def _articles(digest, home):
    found(home, more=TOPICS)
    gauge = "The gauge is a gauge, and the gauge keeper calls it a gauge."
    write_article(home / "a", "The tide gauge", on="March 7, 2026", text=gauge)
    write_article(home / "a", "Coffee at six", by="Þóra Einarsdóttir", on="March 2, 2026")
    write_article(home / "a", "A quiet week", by="Ben Quay", on="February 1, 2026", text=QUIET)
    digest("import", "a")


def test_they_are_listed_newest_first_with_byline_topics_and_length(digest):
    ended = digest("articles")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "    3  2026-03-07  The tide gauge",
        "        Mara Lind · sea · 13 words",
        "    2  2026-03-02  Coffee at six",
        "        Þóra Einarsdóttir · food · 14 words",
        "    1  2026-02-01  A quiet week",
        "        Ben Quay · no topic · 10 words",
        "3 articles",
    ]


def test_the_answer_in_json_is_a_row_an_article(digest):
    rows = digest("articles", "--json").answer

    assert [row["title"] for row in rows] == ["The tide gauge", "Coffee at six", "A quiet week"]
    assert all(set(row) == ROW | MORE for row in rows)
    assert rows[0]["topics"] == ["sea"]
    assert set(rows[0]["topic_reasons"]) == {"sea"}


@pytest.mark.parametrize(
    ("option", "titles"),
    [
        (("--topic", "sea"), ["The tide gauge"]),
        (("--author", "þóra EINARSDÓTTIR"), ["Coffee at six"]),
        (("--author", "Nobody"), []),
        (("--since", "2026-03-02"), ["The tide gauge", "Coffee at six"]),
        (("--since", "2026-03-01T23:00+00:00"), ["The tide gauge", "Coffee at six"]),
        (("--since", "2026-03-02T00:01"), ["The tide gauge"]),
        (("--topic", "food", "--since", "2026-03-05"), []),
    ],
)
def test_they_may_be_of_a_topic_an_author_or_a_time(digest, option, titles):
    assert [row["title"] for row in digest("articles", *option, "--json").answer] == titles


def test_topics_are_those_of_the_config_as_it_is_now(digest, home):
    write_config(home, more=TOPICS.replace("coffee", "quiet"))
    rows = digest("articles", "--topic", "food", "--json").answer
    assert [row["title"] for row in rows] == ["A quiet week"]


def test_an_unknown_topic_is_answered_with_those_there_are(digest):
    assert is_refused(digest("articles", "--topic", "see"), "no topic 'see'", "sea, food")


def test_a_time_that_is_none_is_refused(digest):
    assert is_refused(digest("articles", "--since", "yesterday"), "'yesterday' is no moment")


def test_one_author_under_several_spellings(digest, home):
    write_article(home / "b", "Low water", by="B. Quay", on="March 1, 2026", text=QUIET + " Low.")
    write_article(home / "b", "High water", by="BEN QUAY", on="March 3, 2026", text=QUIET + " Hm.")
    digest("import", "b")
    assert len(digest("articles", "--author", "Ben Quay", "--json").answer) == 2

    write_config(home, more=TOPICS + '\n[[author]]\nname = "Ben Quay"\naliases = ["B. Quay"]')
    rows = digest("articles", "--author", "b quay", "--json").answer

    assert [row["title"] for row in rows] == ["High water", "Low water", "A quiet week"]
    assert all(row["authors"] == ["Ben Quay"] for row in rows)
    assert "Ben Quay, 01 Mar" in digest("plan", "weekly", "--at", "2026-03-09T07:30").out


def test_a_spelling_belongs_to_one_author_only(digest, home):
    two = '\n[[author]]\nname = "Ben Quay"\naliases = ["B. Quay"]'
    two += '\n[[author]]\nname = "Bo Quay"\naliases = ["b quay"]'
    write_config(home, more=TOPICS + two)

    assert is_refused(digest("articles"), "'b quay' is already a spelling of 'Ben Quay'")
