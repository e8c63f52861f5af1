"""What the report of an import says: what happened, by newsletter."""

import pytest

from tests.publications import found

DAILY = '[[newsletter]]\nslug = "daily"\ntitle = "The Harbour Daily"'


def bring(digest, home, text, *options, name="list.csv"):
    (home / name).write_text(text)
    return digest("subscribers", "import", name, *options)


def standings(digest, address):
    rows = digest("subscribers", "show", address, "--json").answer["subscriptions"]
    return {row["newsletter"]: row["status"] for row in rows}


def test_who_left_all_there_was_stays_out_of_what_comes_later(digest, home):
    found(home)
    bring(digest, home, "email,status\nada@reader.example,unsubscribed\nbo@reader.example,active\n")
    config = home / "config.toml"
    config.write_text(config.read_text() + DAILY + "\n")

    ended = bring(digest, home, "email\nada@reader.example\nbo@reader.example\n")

    assert standings(digest, "ada@reader.example") == {
        "weekly": "unsubscribed",
        "daily": "unsubscribed",
    }
    assert standings(digest, "bo@reader.example") == {"weekly": "active", "daily": "active"}
    assert ended.out == (
        "0 added, 1 updated, 0 unchanged, 0 rejected\n1 left earlier and stays unsubscribed\n"
    )


def test_who_left_one_of_two_may_still_join_the_other_and_the_report_says_so(digest, home):
    found(home, more=DAILY)
    text = "email,status\nada@reader.example,unsubscribed\n"
    bring(digest, home, text, "--newsletter", "weekly")

    ended = bring(digest, home, "email\nada@reader.example\n")

    assert standings(digest, "ada@reader.example") == {"weekly": "unsubscribed", "daily": "active"}
    assert ended.out.splitlines()[1:] == [
        "1 left some newsletters earlier and stay out of these:",
        "  weekly: 0 joined, 0 left, 1 stayed out",
        "  daily: 1 joined, 0 left, 0 stayed out",
    ]


@pytest.mark.parametrize(
    ("status", "reason", "scopes"),
    [
        ("unsubscribed", "left", ["weekly"]),
        ("cleaned", "dead", ["all"]),
        ("spam", "complained", ["all"]),
    ],
)
def test_a_row_that_is_refused_keeps_its_reader_out_all_the_same(
    digest, home, status, reason, scopes
):
    found(home)
    text = f"email,status,cadence,unsubscribed_at\nada@reader.example,{status},often,2025-02-03\n"

    ended = bring(digest, home, text)

    assert "1 rejected" in ended.out
    assert "1 of the rejected may not be mailed and are kept out all the same" in ended.out
    assert "list.csv:2: " in ended.err
    again = bring(digest, home, "email\nada@reader.example\n", name="plain.csv")
    assert "1 left earlier and stays unsubscribed" in again.out
    held = digest("subscribers", "show", "ada@reader.example", "--json").answer["suppressions"]
    assert [(one["newsletter"], one["reason"], one["at"][:10]) for one in held] == [
        (scope, reason, "2025-02-03") for scope in scopes
    ]


def test_who_never_confirmed_is_neither_mailed_nor_kept_out(digest, home):
    found(home)
    ended = bring(digest, home, "email,status\nada@reader.example,pending\n")
    assert (ended.code, "not kept out" in ended.out) == (1, True)

    bring(digest, home, "email\nada@reader.example\n")

    assert standings(digest, "ada@reader.example") == {"weekly": "active"}


def test_what_everybody_is_counts_unless_a_row_is_stricter(digest, home):
    found(home)
    text = (
        "email,status\nada@reader.example,active\nbo@reader.example,spam\n"
        "cy@reader.example,pending\n"
    )

    bring(digest, home, text, "--as", "unsubscribed", name="unsubscribed.csv")

    held = [
        digest("subscribers", "show", f"{who}@reader.example", "--json").answer["suppressions"]
        for who in ("ada", "bo", "cy")
    ]
    assert [[one["reason"] for one in some] for some in held] == [
        ["left"],
        ["complained"],
        ["left"],
    ]


def test_who_is_said_to_be_unconfirmed_is_not_taken_in(digest, home):
    found(home)
    ended = bring(digest, home, "email\nada@reader.example\n", "--as", "unconfirmed")
    assert "0 added" in ended.out
