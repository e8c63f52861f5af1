"""`digest access`, and what a source says of who may read an article."""

from tests.cli.conftest import is_refused
from tests.publications import found, write_article

PIECE = """---
title: The price of salt
date: 2026-03-07
author: Mara Lind
access: {}
---
Salt was dear in the spring, and the harbour paid for it. Nobody had asked the fishers.
"""


def access_of(digest):
    return {row["title"]: row["access"] for row in digest("articles", "--json").answer}


def test_a_file_says_for_whom_it_is(digest, home):
    found(home)
    (home / "salt.md").write_text(PIECE.format("subscribers"))
    write_article(home / "a", "The tide gauge")
    digest("import", "a", "salt.md")

    assert access_of(digest) == {
        "The price of salt": "subscribers",
        "The tide gauge": "everyone",
    }
    assert "for subscribers" in digest("articles").out


def test_what_nobody_understands_is_refused_and_not_taken_for_everyone(digest, home):
    found(home)
    (home / "salt.md").write_text(PIECE.format("gold"))

    ended = digest("import", "salt.md")

    assert ended.code == 1
    assert "front matter, line 5: access: 'gold' is unknown; write subscribers or" in ended.err


def test_a_person_has_the_last_word(digest, home):
    found(home)
    (home / "salt.md").write_text(PIECE.format("everyone"))
    digest("import", "salt.md")

    ended = digest("access", "salt", "subscribers")

    assert ended.out == "The price of salt (article 1): for subscribers\n"
    (home / "salt.md").write_text(PIECE.format("everyone") + "\nThe price fell again in May.\n")
    digest("import", "salt.md")
    assert access_of(digest) == {"The price of salt": "subscribers"}


def test_an_article_that_is_not_there_is_named(digest, home):
    found(home)
    is_refused(digest("access", "12", "subscribers"), "no article has '12'")
