"""`digest publish`, `deliver` and `send`."""

import io
import json
import sys
from collections import Counter

import pytest
import time_machine

from tests.cli.conftest import MONDAY, is_refused
from tests.publications import write_article, write_config
from tests.smtp_server import serving

AT = ("--at", MONDAY)
SEND = ("send", "weekly", *AT, "--yes")
READERS = [f"reader{n}@reader.example" for n in range(12)]
CONTRACT = ["edition", "audience", "sent", "deferred", "failed", "uncertain", "skipped"]


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def types(monkeypatch):
    """A function that lets somebody type this."""
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


def outbox(home) -> int:
    return len(list((home / "outbox").glob("*.eml")))


def test_a_send_says_what_went_out_and_its_progress_goes_to_standard_error(
    publication, digest, home
):
    publication(*(f"reader{n}@reader.example" for n in range(120)))

    ended = digest(*SEND)

    assert (ended.code, ended.out) == (0, "Edition 1 for 120 readers: 120 sent.\n")
    assert ended.err.splitlines()[-1] == "Sending: 120 of 120"
    assert outbox(home) == 120


def test_the_answer_in_json_has_the_numbers(publication, digest):
    publication(*READERS)

    answer = digest(*SEND, "--json").answer

    assert list(answer)[:7] == CONTRACT
    assert {"why", "trouble", "left"} <= set(answer)
    assert [answer[key] for key in CONTRACT] == [1, 12, 12, 0, 0, 0, 0]


def test_a_second_send_sends_nothing_more(publication, digest, home):
    publication(*READERS)
    digest(*SEND)

    ended, answer = digest(*SEND), digest(*SEND, "--json").answer

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Edition 1 for 12 readers: nothing more was sent.\n"
    assert [answer[key] for key in CONTRACT] == [1, 12, 0, 0, 0, 0, 0]
    assert outbox(home) == 12


def test_a_send_that_had_trouble_with_some_says_what_to_do(publication, digest, home):
    with serving() as server:
        publication(
            *("ada@reader.example", "rcpt-550@fault.test", "greylist@fault.test"),
            "dot-drop@fault.test",
            transport="smtp",
            smtp_port=server.port,
        )
        ended = digest(*SEND)

    assert ended.code == 0
    assert ended.out == ("Edition 1 for 4 readers: 1 sent, 1 deferred, 1 failed, 1 uncertain.\n")
    assert ended.err.splitlines()[-3:] == [
        "`digest status 1` says who and why.",
        "`digest deliver` tries the deferred again once they are due.",
        "`digest settle 1` decides about the uncertain.",
    ]


def test_a_server_that_is_not_there_ends_with_1_and_loses_nobody(publication, digest):
    with serving() as server:
        port = server.port
    publication(*READERS, transport="smtp", smtp_port=port)

    ended = digest(*SEND, "--json")

    assert ended.code == 1
    answer = json.loads(ended.out)
    assert (answer["audience"], answer["sent"], answer["deferred"]) == (12, 0, 12)
    assert f"127.0.0.1:{port}" in answer["trouble"]
    assert ended.err.splitlines()[-2:] == [
        answer["trouble"],
        "12 of 12 are still to be sent; `digest deliver` goes on",
    ]
    assert "Traceback" not in ended.err


def test_too_little_to_say_is_not_sent_and_no_failure(publication, digest, home):
    publication("ada@reader.example", titles=())

    ended, answer = digest(*SEND), digest(*SEND, "--json").answer

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "Nothing was sent: no article was published in the last 14 days (lookback).\n"
    )
    assert [answer[key] for key in CONTRACT] == [None, 0, 0, 0, 0, 0, 0]
    assert answer["why"].startswith("no article was published")
    assert not (home / "outbox").exists()


def test_min_articles_holds_an_edition_back(publication, digest):
    publication("ada@reader.example", newsletter="min_articles = 2")
    ended = digest(*SEND)
    assert ended.out == "Nothing was sent: only 1 of at least 2 articles (min_articles).\n"


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(publication, digest, home):
    publication("ada@reader.example")

    ended = digest("send", "weekly", *AT, "--dry-run")
    answer = digest("send", "weekly", *AT, "--dry-run", "--json").answer

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "1 article would be sent to 1 reader:\n  The tide gauge\n"
    assert list(answer)[:7] == CONTRACT
    assert (answer["dry_run"], answer["articles"]) == (True, ["The tide gauge"])
    assert digest("status", "--json").answer["editions"] == []
    assert not (home / "outbox").exists()


def test_a_dry_run_of_what_is_sent_already_is_no_promise(publication, digest):
    publication("ada@reader.example")
    digest(*SEND)
    ended = digest("send", "weekly", *AT, "--dry-run")
    assert ended.out == "Nothing would be sent: edition 1 is sent.\n"


def test_a_dry_run_in_the_middle_counts_who_has_not_got_it(publication, digest):
    with serving() as server:
        readers = (*READERS, "greylist@fault.test")
        publication(*readers, transport="smtp", smtp_port=server.port)
        digest(*SEND)

        ended = digest("send", "weekly", *AT, "--dry-run")
        answer = digest("send", "weekly", *AT, "--dry-run", "--json").answer

    assert ended.out.startswith("1 article would be sent to 1 reader:")
    assert (answer["edition"], answer["audience"], answer["unsent"]) == (1, 13, 1)


# ---------------------------------------------------------------- yes or no


def test_without_a_terminal_nothing_is_sent_unasked(publication, digest, home, monkeypatch):
    publication("ada@reader.example")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ended = digest("send", "weekly", *AT)
    assert is_refused(ended, "say --yes to send, or --dry-run to see what would be sent")
    assert digest("status", "--json").answer["editions"] == []


def test_on_a_terminal_it_asks_and_yes_sends(publication, digest, types, home):
    publication("ada@reader.example")
    types("y\n")

    ended = digest("send", "weekly", *AT, "--json")

    assert ended.answer["sent"] == 1
    assert "Send 1 article to 1 reader (into the outbox; nothing leaves this machine)?" in ended.err


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_anything_but_yes_sends_nothing(publication, digest, types, home, answer):
    publication("ada@reader.example")
    types(answer)

    ended = digest("send", "weekly", *AT)

    assert (ended.code, ended.out.strip()) == (130, "")
    assert not (home / "outbox").exists()
    assert digest("status", "--json").answer["editions"] == []


# ---------------------------------------------------------------- publish and deliver


def test_publish_freezes_and_deliver_sends(publication, digest, home):
    publication(*READERS)

    ended = digest("publish", "weekly", *AT)
    assert (ended.code, ended.out) == (0, "Edition 1, “The tide gauge”, frozen.\n")
    again = digest("publish", "weekly", *AT, "--json").answer
    assert set(again) == {"edition", "newsletter", "at", "state", "why", "subject", "made"}
    assert (again["edition"], again["state"], again["made"]) == (1, "frozen", False)
    assert not (home / "outbox").exists()

    answer = digest("deliver", "--json").answer
    assert answer == {
        "counts": {"sent": 12},
        "trouble": "",
        "paused": [],
        "waits_until": None,
        "waits_for": "",
        "next_due": None,
    }
    assert outbox(home) == 12
    assert digest("deliver").out == "Nothing is due.\n"
    assert digest("publish", "weekly", *AT).out == (
        "Edition 1, “The tide gauge”, was made before and is sent.\n"
    )


def test_what_is_frozen_does_not_change_with_its_articles(publication, digest, home):
    publication("ada@reader.example")
    digest("publish", "weekly", *AT)
    write_article(home / "articles", "The tide gauge", text="Something else altogether, sadly.")
    digest("import", "articles")

    digest("deliver")

    (sent,) = (home / "outbox").glob("*.eml")
    assert b"pilots drink" in sent.read_bytes()
    assert b"altogether" not in sent.read_bytes()


def test_too_little_to_publish_is_told(publication, digest):
    publication(titles=())
    ended = digest("publish", "weekly", *AT)
    assert ended.code == 0
    assert ended.out.startswith("No edition: no article was published")


def test_what_waits_is_told_with_its_time(publication, digest):
    with serving() as server:
        publication("greylist@fault.test", transport="smtp", smtp_port=server.port)
        digest("publish", "weekly", *AT)
        ended = digest("deliver")

    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first == "1 deferred"
    assert second.startswith("Next: 20")
    assert second.endswith(" UTC.")


def test_an_edition_nobody_worked_on_for_a_day_is_paused_and_named(publication, digest, home):
    publication("ada@reader.example")
    with time_machine.travel("2026-03-09T08:00:00+00:00", tick=False):
        digest("publish", "weekly", *AT)
    with time_machine.travel("2026-03-12T08:00:00+00:00", tick=False):
        ended = digest("deliver")
        answer = digest("deliver", "--json").answer

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "Edition 1 is paused: nobody worked on it for a day.",
        "`digest resume 1` goes on with it, `digest cancel 1` ends it.",
        "Nothing is due.",
    ]
    assert answer["paused"] == []
    assert not (home / "outbox").exists()


def test_a_draft_is_approved_by_publish(publication, digest):
    publication("ada@reader.example", newsletter='approval = "required"')
    with time_machine.travel("2026-03-02T06:00:00+00:00", tick=False):
        digest("publish", "weekly", "--at", "2026-03-01")  # the newsletter is known from here on
    made = digest("publish", "weekly", *AT, "--json").answer
    approved = digest("publish", "weekly", *AT, "--json").answer
    assert (made["state"], approved["state"]) == ("draft", "frozen")


# ---------------------------------------------------------------- what stops it


@pytest.mark.parametrize("way", ["pause", "cancel"])
def test_what_was_stopped_is_not_sent_and_the_way_out_is_named(publication, digest, home, way):
    publication("ada@reader.example")
    digest("publish", "weekly", *AT)
    digest(way, "1", *(["--yes"] if way == "cancel" else []))

    ended = digest(*SEND)

    state = {"pause": "paused", "cancel": "cancelled"}[way]
    assert is_refused(ended, f"edition 1 is {state} ({state} by hand)", code=1)
    assert ("`digest resume 1` goes on" in ended.err) is (way == "pause")
    assert digest("deliver").out == "Nothing is due.\n"
    assert not (home / "outbox").exists()


def test_a_template_fault_in_the_config_stops_it_before_anything_is_made(publication, digest):
    publication("ada@reader.example", newsletter='subject = "{{ leed.title }}"')
    ended = digest(*SEND)
    assert is_refused(ended, "subject", "leed", code=1)
    assert digest("status", "--json").answer["editions"] == []


def test_without_a_password_nothing_is_made(publication, digest, home):
    publication("ada@reader.example", transport="smtp")
    text = (home / "config.toml").read_text()
    (home / "config.toml").write_text(
        text.replace("connections = 3", 'username = "ada"\npassword = { env = "NOT_SET" }')
    )
    assert is_refused(digest(*SEND), "NOT_SET")


def test_a_broken_config_names_every_fault_and_nothing_else_happens(publication, digest, home):
    publication("ada@reader.example")
    write_config(home, newsletter='late = "never"', mail="outbocks = 1")

    for words in (SEND, ("deliver",), ("status",), ("plan", "weekly"), ("import", "articles")):
        ended = digest(*words)
        assert (ended.code, ended.out) == (2, "")
        assert len(ended.err.splitlines()) == 2
        assert "mail.outbocks: unknown key" in ended.err
        assert "newsletter[0].late" in ended.err or "late" in ended.err
        assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [SEND, ("publish", "weekly"), ("deliver",), ("preview", "weekly", "--out", "p"), ("status",)],
)
def test_without_a_store_nothing_is_made(publication, digest, home, words):
    publication()
    for path in home.glob("digest.db*"):
        path.unlink()
    assert is_refused(digest(*words), "there is no store here", code=1)
    assert not list(home.glob("digest.db*"))


def test_each_reader_is_mailed_once_whatever_is_typed(publication, digest):
    with serving() as server:
        publication(*READERS, transport="smtp", smtp_port=server.port)
        for words in (("publish", "weekly", *AT), ("deliver",), SEND, ("deliver",), SEND):
            assert digest(*words).code == 0
    assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(READERS)


def test_the_admin_is_told_that_it_is_done_once(publication, digest, home):
    publication("ada@reader.example")
    config = home / "config.toml"
    config.write_text(
        config.read_text().replace("[mail]", '[mail]\nnotices = ["ed@harbour.example"]', 1)
    )

    with time_machine.travel(MONDAY):
        first, again = digest(*SEND), digest(*SEND)

    letters = [one.read_text() for one in (home / "outbox").glob("letter.*.eml")]
    assert (first.code, again.code) == (0, 0)
    assert ["To: ed@harbour.example" in letter for letter in letters] == [True]
    assert "Subject: The Harbour Weekly: sent to 1 reader" in letters[0]
