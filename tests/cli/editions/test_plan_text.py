"""What a plan says on a terminal."""

import pytest

from digest.cli.editions.plan_text import REASONS, cut
from digest.core.editions.selection import LeftoutReason
from tests.cli.editions.conftest import AT, FRIDAY, MONDAY
from tests.publications import found, write_article


def articles_of(digest):
    return digest("articles", "--json").answer


def test_it_shows_what_the_inbox_shows_and_the_number_of_each_article(weekly, at, digest):
    out = at(FRIDAY, "plan", "weekly", *AT).out

    assert "Subject    The ferry\n" in out
    assert "Preheader  Also: " in out or "Preheader  " in out
    assert " bytes\n" in out
    assert all(f"  {row['id']}  {row['title']}\n" in out for row in articles_of(digest))


def test_the_size_and_words_are_those_that_go(weekly, at, home):
    at(FRIDAY, "draft", "weekly")
    at(FRIDAY, "edit", "weekly", "--subject", "Another subject", "--preheader", "And a line below")

    out = at(FRIDAY, "plan", "weekly", *AT).out

    assert "Subject    Another subject\n" in out
    assert "Preheader  And a line below\n" in out


def test_many_that_are_left_out_are_counted_and_named_with_why(weekly, at, digest, home):
    for word in ("herring", "bridge", "orchestra"):
        text = f"The {word} is back. " + f"Nobody knows what a {word} costs now. " * len(word)
        write_article(home / "old", f"The {word}", on="March 1, 2026", by=word.title(), text=text)
    assert digest("import", "old").code == 0
    found(home, (home / "digest.db").read_bytes(), newsletter="max_articles = 1")

    counted = at(FRIDAY, "plan", "weekly", *AT).out
    named = at(FRIDAY, "plan", "weekly", *AT, "--why").out

    assert "Left out: " in counted
    assert "over a limit" in counted
    assert "max_articles = 1 is reached" not in counted
    assert named.count("max_articles = 1 is reached") >= 1


def test_a_text_that_is_no_template_is_told_and_the_rest_too(weekly, at, home):
    found(home, (home / "digest.db").read_bytes(), newsletter='intro = "{{ nothing }}"')

    out = at(FRIDAY, "plan", "weekly", *AT).out

    assert "It can't be printed: " in out
    assert "The ferry" in out


def test_stories_that_another_newsletter_had_are_counted_on_one_line(weekly, at, home):
    at(FRIDAY, "draft", "weekly")
    at(FRIDAY, "publish", "weekly")
    at(MONDAY, "deliver")
    more = '[[newsletter]]\nslug = "monthly"\n'
    found(home, (home / "digest.db").read_bytes(), more=more)
    later = ("--at", "2026-03-10T07:30")

    out = at(MONDAY, "plan", "monthly", *later).out
    answer = at(MONDAY, "plan", "monthly", *later, "--json").answer

    assert "4 stories were in weekly; who got them there doesn't get them again" in out
    assert answer["had_elsewhere"] == {"weekly": 4}
    found(home, (home / "digest.db").read_bytes(), more=more + "repeats = true\n")
    assert "were in weekly" not in at(MONDAY, "plan", "monthly", *later).out


def test_every_reason_has_its_short_words():
    assert set(REASONS) == set(LeftoutReason)


@pytest.mark.parametrize(("width", "length"), [(None, 100), (200, 100), (40, 40)])
def test_a_line_is_at_most_as_wide_as_the_terminal(width, length):
    assert len(cut("a word " * 14 + "xx", width)) <= length
