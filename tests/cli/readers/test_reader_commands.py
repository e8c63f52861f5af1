"""`digest subscribers list`, `search`, `edit`, `lift` and `remove`: readers found, and mended."""

import io
import sys

import pytest

from tests.cli.conftest import is_refused
from tests.publications import found

DAILY = '[[newsletter]]\nslug = "daily"\ntitle = "The Harbour Daily"'
ADA, BO, CY = (f"{name}@reader.example" for name in ("ada", "bo", "cy"))


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _place(home, digest):
    found(home, more=DAILY)
    (home / "list.csv").write_text(
        f"email,name,topics,status\n{ADA},Ada Quay,,\n{BO},Bo_Ferris,,\n{CY},,,unsubscribed\n"
    )
    assert digest("subscribers", "import", "list.csv").code == 0


def shown(digest, address):
    return digest("subscribers", "show", address, "--json").answer


def standings(digest, address):
    return {one["newsletter"]: one["status"] for one in shown(digest, address)["subscriptions"]}


def test_readers_are_listed_by_what_they_get(digest):
    assert digest("subscribers", "list").out.splitlines() == [
        f"{ADA} (Ada Quay): weekly, daily",
        f"{BO} (Bo_Ferris): weekly, daily",
        f"{CY}: left weekly, left daily",
    ]
    digest("subscribers", "remove", ADA, "--newsletter", "daily")
    active = digest("subscribers", "list", "--newsletter", "daily", "--status", "active").out
    assert active == f"{BO} (Bo_Ferris): weekly, daily\n"
    gone = digest("subscribers", "list", "--status", "unsubscribed", "--json").answer
    assert (gone["total"], gone["readers"][0]["email"]) == (1, CY)
    assert digest("subscribers", "list", "--limit", "1").err == "and 2 more: --limit shows them\n"


@pytest.mark.parametrize(
    ("text", "who"),
    [("ADA@", ADA), ("quay", ADA), ("_", BO), ("ferris", BO), ("%", None), ("nobody", None)],
)
def test_readers_are_found_by_a_part_of_address_or_name(digest, text, who):
    answer = digest("subscribers", "search", text, "--json").answer
    assert [one["email"] for one in answer["readers"]] == ([who] if who else [])


def test_a_name_and_a_tier_are_mended(digest):
    ended = digest("subscribers", "edit", ADA, "--name", "Ada Hollis", "--tier", "free")
    assert ended.code == 0, ended.err
    assert (shown(digest, ADA)["name"], shown(digest, ADA)["tier"]) == ("Ada Hollis", "free")
    assert is_refused(digest("subscribers", "edit", ADA), "say what to change")
    assert is_refused(digest("subscribers", "edit", ADA, "--tier-until", "soon"), "soon")


def test_another_address_keeps_all_that_the_reader_chose_and_left(digest):
    digest("subscribers", "remove", ADA, "--newsletter", "daily")
    ended = digest("subscribers", "edit", ADA, "--address", "Ada@harbour.example")

    assert ended.code == 0, ended.err
    assert is_refused(digest("subscribers", "show", ADA), "no such subscriber")
    fresh = shown(digest, "ada@harbour.example")
    assert (fresh["email"], fresh["name"]) == ("Ada@harbour.example", "Ada Quay")
    assert standings(digest, "ada@harbour.example") == {"weekly": "active", "daily": "unsubscribed"}
    assert [one["newsletter"] for one in fresh["suppressions"]] == ["daily"]


@pytest.mark.parametrize("address", [BO, CY, "nobody", "gone@reader.example"])
def test_an_address_that_can_not_be_given_changes_nothing(digest, address):
    if address.startswith("gone"):
        digest("subscribers", "add", address)
        digest("subscribers", "remove", address, "--forget")
    ended = digest("subscribers", "edit", ADA, "--name", "X", "--address", address)
    assert ended.code == 2, ended.err
    assert shown(digest, ADA)["name"] == "Ada Quay"


def test_a_removal_can_be_taken_back(digest):
    digest("subscribers", "remove", ADA)
    assert set(standings(digest, ADA).values()) == {"unsubscribed"}
    ended = digest("subscribers", "lift", ADA)
    assert ended.out == f"{ADA}: 1 bar lifted (every newsletter)\n"
    assert standings(digest, ADA) == {"weekly": "active", "daily": "active"}
    assert shown(digest, ADA)["suppressions"] == []


def test_what_a_reader_wished_nobody_takes_back(digest):
    ended = digest("subscribers", "lift", CY)
    assert is_refused(ended, "only they can take that back", code=1)
    assert set(standings(digest, CY).values()) == {"unsubscribed"}


def test_from_one_newsletter_only(digest):
    ended = digest("subscribers", "remove", ADA, "--newsletter", "daily")
    assert ended.out == f"{ADA}: no longer gets daily\n"
    digest("subscribers", "import", "list.csv")
    assert standings(digest, ADA) == {"weekly": "active", "daily": "unsubscribed"}
    digest("subscribers", "lift", ADA)
    assert standings(digest, ADA) == {"weekly": "active", "daily": "active"}


@pytest.mark.parametrize(("typed", "status"), [("y\n", "unsubscribed"), ("n\n", "active")])
def test_on_a_terminal_a_removal_asks(digest, monkeypatch, typed, status):
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    digest("subscribers", "remove", ADA)
    assert set(standings(digest, ADA).values()) == {status}


def test_an_address_with_a_name_in_it_is_read_as_it_is_meant_and_said(digest):
    ended = digest("subscribers", "add", "Dee Moss <dee@reader.example>")
    assert ended.code == 0, ended.err
    assert "is read as dee@reader.example" in ended.err
    assert shown(digest, "dee@reader.example")["name"] == "Dee Moss"
    assert is_refused(digest("subscribers", "add", "dee at reader.example"), "has a space in it")
