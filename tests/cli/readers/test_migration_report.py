"""The table of a migration, on a terminal and as JSON."""

import io
import sys

import pytest

from tests.publications import found

LIST = (
    "email,first_name,shoe size,status\n"
    "ada@reader.example,Ada,38,active\nbo@reader.example,,,spam\n"
)


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _place(home):
    found(home)
    (home / "list.csv").write_text(LIST + "nobody,,,\n")


def test_the_table_says_what_becomes_of_whom(digest):
    ended = digest("migrate", "readers", "list.csv", "--dry-run")
    assert ended.out.splitlines() == [
        "list.csv: this looks like a list",
        "  3 rows; read: email, first_name, status",
        "",
        "What would become of whom",
        "  active                1   1 added",
        "  complained            1   1 kept out",
        "  no address            1   left out, and named below",
        "For example:",
        "  ada@reader.example (Ada): active",
        "  bo@reader.example: complained",
    ]
    assert ended.err.splitlines() == [
        "list.csv:1: nothing is known of: shoe size",
        'list.csv:4: "nobody" has no @',
    ]


@pytest.mark.parametrize(("typed", "readers"), [("y\n", 2), ("n\n", 0)])
def test_on_a_terminal_the_table_comes_first_and_a_person_decides(
    digest, monkeypatch, typed, readers
):
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    ended = digest("migrate", "readers", "list.csv")
    assert "What would become of whom" in ended.out
    assert digest("subscribers", "export").out.count("@") == readers


def test_the_answer_in_json_has_every_count(digest):
    answer = digest("migrate", "readers", "list.csv", "--yes", "--json").answer
    assert answer["people"] == {
        "active": 1, "soft_bounced": 0, "unconfirmed": 0, "unsubscribed": 0, "bounced": 0,
        "complained": 1,
    }  # fmt: skip
    assert (answer["added"], answer["left_earlier"], answer["rejections"]) == (1, 1, 1)
    assert answer["lists"][0]["ignored_columns"] == ["shoe size"]
