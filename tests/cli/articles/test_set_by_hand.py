"""`digest articles set` and `release`: what a person set stays, and can be given back."""

import pytest

from tests.cli.conftest import is_refused

PIECE = "---\ntitle: {title}\nauthor: {by}\nurl: https://harbour.example/tram\n---\n\n{text}\n"
TEXT = "The tram stands still since Monday. The mayor says that it goes again in May."


@pytest.fixture
def source(digest, home, publication):
    """A function that says the article of one source again, in these words."""
    publication(titles=())

    def said(title="The tram", by="Mo Lind", text=TEXT):
        (home / "tram.md").write_text(PIECE.format(title=title, by=by, text=text))
        assert digest("import", "tram.md").code == 0
        return article(digest)

    said()
    return said


def article(digest):
    (found,) = digest("articles", "--json").answer
    return found


def test_what_a_person_set_stays_when_its_source_says_something_else(digest, source):
    digest("articles", "set", "1", "--title", "No tram", "--summary", "Since Monday.")
    digest("articles", "set", "1", "--author", "Ada Park", "--author", "Ben Ode")

    found = source(title="The tram that waits", by="Cleo Vane", text=TEXT + " Or in June.")

    assert (found["title"], found["authors"]) == ("No tram", ["Ada Park", "Ben Ode"])
    assert found["summary"] == "Since Monday."
    assert "Or in June." in found["body_text"]  # the rest is as the source has it
    assert [one.partition(" set by ")[0] for one in found["set_by_hand"]] == [
        "authors",
        "summary",
        "title",
    ]


def test_it_is_shown_with_who_set_it_and_when_and_found_by_its_own_title(digest, source):
    digest("articles", "set", "The tram", "--title", "A line without trams")

    assert "title set by " in digest("articles").out
    assert "title set by " in digest("explain", "weekly", "line without").out
    assert digest("articles", "set", "1", "--summary", "x", "--json").answer["id"] == 1


def test_given_back_it_is_as_its_source_said_last(digest, source):
    digest("articles", "set", "1", "--title", "No tram", "--author", "Ada Park")
    source(title="The tram that waits", by="Cleo Vane")

    digest("articles", "release", "1", "--field", "title")
    half = article(digest)
    digest("articles", "release", "1")
    whole = article(digest)

    assert (half["title"], half["authors"]) == ("The tram that waits", ["Ada Park"])
    assert (whole["authors"], whole["set_by_hand"]) == (["Cleo Vane"], [])
    assert source(title="The tram again")["title"] == "The tram again"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "1"), "say what to set: --title, --summary or --author"),
        (("set", "1", "--title", " "), "a title needs a word"),
        (("set", "1", "--title", "x" * 6000), "the title has more than 5,000 characters"),
        (("set", "7", "--title", "x"), "7"),
        (("release", "1"), "nobody set anything of article 1"),
        (("release", "1", "--field", "title"), "nobody set the title of article 1"),
    ],
)
def test_what_can_not_be_done_is_told(digest, source, words, said):
    assert is_refused(digest("articles", *words), said)
