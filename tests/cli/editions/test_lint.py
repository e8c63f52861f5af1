"""`digest lint`: an edition, a file, or what is due next."""

import json

import pytest

from digest.render.lint.lint import CHECKS, ELSEWHERE
from tests.cli.conftest import MONDAY, is_refused

AT = ("--at", MONDAY)


@pytest.fixture(autouse=True)
def _place(publication):
    publication("ada@reader.example")


@pytest.fixture
def message(digest, home):
    """The file of a message as it would be sent."""
    digest("preview", "weekly", *AT, "--out", "p")
    return home / "p" / "message.eml"


def hard(linted) -> list[str]:
    return [one["id"] for one in linted["findings"] if one["severity"] == "hard"]


def test_what_is_due_next_is_looked_at_without_writing_anything(digest):
    answer = digest("lint", *AT, "--json").answer

    assert [one["what"] for one in answer["linted"]] == ["weekly"]
    assert answer["ok"]
    assert digest("status", "--json").answer["editions"] == []


def test_an_edition_that_is_kept_is_looked_at(digest):
    digest("publish", "weekly", *AT)

    ended = digest("lint", "1")

    assert ended.code == 0
    assert ended.out.startswith("edition 1: ")


def with_small_print(message, lines: int) -> None:
    """Add lines that are too small to the end of its HTML."""
    whole, boundary, end = message.read_bytes().rpartition(b"\r\n--=_")
    small = b'\r\n<p style=3D"font-size:9px">Small</p>' * lines
    message.write_bytes(whole + small + boundary + end)


def test_a_message_of_any_program_is_looked_at(digest, message):
    with_small_print(message, 5)
    wrong = message.read_bytes().replace(b"List-Unsubscribe-Post", b"X-Post")
    message.write_bytes(wrong.replace(b"\r\n", b"\n"))

    ended = digest("lint", message)

    assert ended.code == 1
    told = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert told[0].startswith(f"{message}: 1 hard fault, ")
    assert told[1].startswith("hard H1 expected: readers can leave with one click")
    assert told[2] == "found: List-Unsubscribe-Post"
    assert told[3].startswith("do: send List-Unsubscribe with a web address")
    small = told.index("warning A8 expected: no text is below 14 px")
    assert told[small + 1] == 'found: line 3: <p> "Small"'
    assert told[small + 4 : small + 6] == [
        "and 2 more (--json lists them)",
        "do: raise its font-size",
    ]
    assert "S8" not in ended.out  # the ends of lines are the file's, not the message's


def test_the_answer_in_json_has_every_place(digest, message):
    with_small_print(message, 5)
    (linted,) = digest("lint", message, "--json").answer["linted"]

    small = [one for one in linted["findings"] if one["id"] == "A8"]

    assert [one["line"] for one in small] == [3, 4, 5, 6, 7]
    assert set(small[0]) == {"id", "severity", "expected", "where", "line", "remedy"}
    assert hard(linted) == []


def test_too_little_for_an_edition_is_nothing_to_look_at(digest):
    ended = digest("lint", "weekly", "--at", "2025-01-06")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Nothing to look at: weekly: no edition at this moment: ")


def test_it_lists_what_it_looks_at(digest, home):
    (home / "config.toml").unlink()
    ended, answer = digest("lint", "--list"), digest("lint", "--list", "--json").answer

    assert [one["id"] for one in answer["checks"]] == [check.id for check in CHECKS]
    assert len(answer["elsewhere"]) == len(ELSEWHERE)
    for check in CHECKS:
        assert check.what in ended.out
        assert check.why in ended.out


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("7", "there is no edition 7; `digest status` lists them"),
        ("daily", "daily"),
        ("gone.eml", "gone.eml: can't be read: No such file"),
        ("empty.eml", "empty.eml: is empty"),
    ],
)
def test_what_cannot_be_looked_at_is_one_message(digest, home, target, why):
    (home / "empty.eml").write_bytes(b"\n")
    assert is_refused(digest("lint", target), why)


def test_an_edition_that_was_held_has_no_message(digest):
    digest("publish", "weekly", "--at", "2025-01-06")
    (edition,) = json.loads(digest("status", "--json").out)["editions"]
    assert is_refused(digest("lint", edition["edition"]), "has no message: it is held")
