"""`digest plan` and `digest explain`: what would go out, and why."""

import sqlite3

import pytest
import time_machine

from tests.cli.conftest import MONDAY, is_refused
from tests.publications import write_article, write_config

TOPICS = '[[topic]]\nslug = "sea"\nname = "Sea"\nkeywords = ["gauge"]'
OLD = "February 1, 2026"


@pytest.fixture(autouse=True)
def _articles(publication, digest, home):
    publication("ada@reader.example", titles=(), more=TOPICS)
    gauge = "The gauge is a gauge, and the gauge keeper calls it a gauge."
    write_article(home / "a", "The tide gauge", on="March 7, 2026", text=gauge)
    black = "The pilots drink it black, and the harbour master drinks it twice."
    write_article(
        home / "a", "Coffee at six", by="Þóra Einarsdóttir", on="March 2, 2026", text=black
    )
    write_article(home / "a", "The winter sales", on=OLD)
    digest("import", "a")


def contents_of(path):
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def test_a_plan_shows_sections_and_reasons_and_writes_nothing(digest, home):
    before = contents_of(home / "digest.db")

    ended = digest("plan", "weekly", "--at", MONDAY)

    assert (ended.code, ended.err) == (0, "")
    size = next(line for line in ended.out.splitlines() if line.startswith("Size"))
    assert ended.out.splitlines() == [
        "The Harbour Weekly, Monday 09 March 2026, 07:30 (Europe/Berlin)",
        "Subject    The tide gauge",
        "Preheader  Also: Coffee at six — The Harbour Weekly, 9 March 2026",
        size,
        "2 articles have no link, the lead too: readers can't go on from the mail.",
        "2 articles for 1 reader",
        "",
        "Lead (Sea)",
        "  2  The tide gauge",
        '     Mara Lind, 07 Mar; no link; "gauge" in the title and 4 times in the text',
        "",
        "More stories",
        "  1  Coffee at six",
        "     Þóra Einarsdóttir, 02 Mar; no link; no topic rule matches it",
        "",
    ]
    assert contents_of(home / "digest.db") == before


def test_the_answer_in_json_says_the_same(digest):
    answer = digest("plan", "weekly", "--at", MONDAY, "--json").answer

    assert set(answer) >= {
        *("newsletter", "edition", "state", "at", "audience", "why", "lead", "sections"),
        "left_out",
    }
    assert answer["at"] == "2026-03-09T07:30:00+01:00"
    assert (answer["newsletter"], answer["edition"], answer["audience"]) == ("weekly", None, 1)
    assert answer["lead"]["title"] == "The tide gauge"
    assert [section["name"] for section in answer["sections"]] == ["More stories"]


def test_a_moment_with_an_offset_is_that_instant(digest):
    here = digest("plan", "weekly", "--at", MONDAY, "--json").answer
    utc = digest("plan", "weekly", "--at", "2026-03-09T06:30+00:00", "--json").answer
    assert utc == here


def test_a_time_without_articles_has_no_edition_and_says_why(digest):
    ended = digest("plan", "weekly", "--at", "2025-01-06T07:30")
    assert ended.code == 0
    assert "No edition: no article was published in the last 14 days (lookback).\n" in ended.out


def test_the_next_editions_never_hold_an_article_twice(digest, home):
    write_article(home / "a", "The night ferry", on="March 12, 2026")
    digest("import", "a")

    answer = digest("plan", "weekly", "--at", "2026-03-08", "--next", "3", "--json").answer

    assert [plan["at"][:10] for plan in answer["plans"]] == [
        "2026-03-09",
        "2026-03-16",
        "2026-03-23",
    ]
    leads = [plan["lead"] and plan["lead"]["title"] for plan in answer["plans"]]
    assert leads == ["The tide gauge", "The night ferry", None]
    assert answer["plans"][2]["why"] == "nothing new: every recent article was left out"
    human = digest("plan", "weekly", "--at", "2026-03-08", "--next", "3").out
    assert human.count("  1  The tide gauge\n") + human.count("  2  The tide gauge\n") == 1


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ((), "gets it"),
        (("--newsletter", "other"), "is not subscribed to weekly"),
        (("remove",), "gets nothing: removed by hand"),
    ],
)
def test_a_plan_for_a_reader_says_whether_they_get_it(digest, home, change, standing):
    reader = "ada@reader.example"
    if change == ("remove",):
        digest("subscribers", "remove", reader)
    elif change:
        write_config(home, more='[[newsletter]]\nslug = "other"\ntitle = "Other"')
        reader = "ben@reader.example"
        digest("subscribers", "add", reader, *change)

    ended = digest("plan", "weekly", "--at", MONDAY, "--as", reader)
    answer = digest("plan", "weekly", "--at", MONDAY, "--as", reader, "--json").answer

    assert f"{reader}: {standing}\n" in ended.out
    assert answer["reader"] == standing


def test_the_next_editions_for_a_reader_each_follow_the_ones_before(digest, home):
    write_article(home / "a", "The night ferry", on="March 12, 2026")
    digest("import", "a")
    ahead = ("plan", "weekly", "--at", "2026-03-08", "--next", "3", "--as", "ada@reader.example")

    plans = digest(*ahead, "--json").answer["plans"]

    shares = [plan["share"] for plan in plans]
    got = [[one["title"] for one in share["articles"] if one["in"]] for share in shares[:2]]
    assert got == [["The tide gauge", "Coffee at six"], ["The night ferry"]]
    assert shares[2] is None
    assert digest(*ahead).out.count("ada@reader.example: gets it") == 2


def test_a_cancelled_moment_has_no_plan(digest):
    digest("publish", "weekly", "--at", MONDAY)
    digest("cancel", "1", "--yes")

    ended = digest("plan", "weekly", "--at", MONDAY)

    assert "No edition: edition 1 was made for this moment and cancelled.\n" in ended.out
    assert (
        "nothing would be sent" in digest("send", "weekly", "--at", MONDAY, "--dry-run").out.lower()
    )


@pytest.mark.parametrize("verb", [("plan",), ("preview", "--out", "x"), ("publish",)])
def test_an_unknown_newsletter_is_answered_with_the_nearest(digest, verb):
    ended = digest(verb[0], "weekyl", *verb[1:])
    assert is_refused(ended, "there is no newsletter 'weekyl'; did you mean 'weekly'?")
    ended = digest(verb[0], "xyz", *verb[1:])
    assert is_refused(ended, "there is no newsletter 'xyz'; the config has weekly")


@pytest.mark.parametrize("verb", ["plan", "explain", "preview", "publish", "send"])
@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", "07:30", "", "9999-12-31", "0001-01-01"])
def test_a_moment_that_is_none_is_refused_with_an_example(digest, verb, at):
    ended = digest(verb, "weekly", *(["gauge"] if verb == "explain" else []), "--at", at)
    assert is_refused(ended, f"'{at}' is")


@pytest.mark.parametrize("count", ["0", "53", "-1", "many"])
def test_the_next_editions_are_between_1_and_52(digest, count):
    assert is_refused(digest("plan", "weekly", "--next", count), "--next")


def test_a_plan_for_nobody_we_know_is_one_message(digest):
    ended = digest("plan", "weekly", "--as", "nobody@reader.example")
    assert is_refused(ended, "nobody@reader.example: no such subscriber")


# ---------------------------------------------------------------- explain


def test_an_article_is_explained_by_its_number_or_words_of_its_title(digest):
    by_words = digest("explain", "weekly", "tide", "GAUGE", "--at", MONDAY)
    by_number = digest("explain", "weekly", "2", "--at", MONDAY)

    assert (by_words.code, by_words.err) == (0, "")
    assert by_words.out == by_number.out
    assert by_words.out.splitlines() == [
        "The tide gauge (article 2)",
        '  in the next edition: "gauge" in the title and 4 times in the text',
        '  topic sea: "gauge" in the title and 4 times in the text',
    ]


def test_what_earlier_editions_did_is_told(digest):
    digest("send", "weekly", "--at", MONDAY, "--yes")

    ended = digest("explain", "weekly", "tide", "--at", "2026-03-16T07:30")
    (answer,) = digest(
        "explain",
        "weekly",
        "tide",
        "--at",
        "2026-03-16T07:30",
        "--as",
        "ada@reader.example",
        "--json",
    ).answer

    assert "  not in the next edition: an earlier edition had it\n" in ended.out
    assert "  edition 1 of 2026-03-09 (sent) has it: " in ended.out
    assert set(answer) >= {"id", "title", "in", "section", "why", "topics", "editions", "reader"}
    assert (answer["in"], answer["reader"]) == (False, "gets it")
    assert answer["editions"][0]["taken"] is True


def test_an_article_that_is_too_old_is_told_so(digest):
    ended = digest("explain", "weekly", "sales", "--at", MONDAY)
    assert "not in the next edition: older than the lookback of 14 days\n" in ended.out


def test_an_article_is_found_by_a_number_in_its_title(digest, home):
    write_article(home / "a", "Since 1899 the same tide")
    digest("import", "a")
    assert "Since 1899 the same tide" in digest("explain", "weekly", "1899", "--at", MONDAY).out


@pytest.mark.parametrize("article", ["zeppelin", "99", "²", "9" * 30, "9" * 5000, "-1", "0"])
def test_an_article_that_there_is_not_is_one_message(digest, article):
    ended = digest("explain", "weekly", "--", article)
    assert is_refused(ended, f"no article has '{article[:30]}")


def test_without_at_it_is_about_now(digest):
    with time_machine.travel("2026-03-08T12:00:00+00:00", tick=False):
        answer = digest("plan", "weekly", "--json").answer
    assert answer["at"] == "2026-03-08T13:00:00+01:00"
    assert answer["lead"]["title"] == "The tide gauge"
