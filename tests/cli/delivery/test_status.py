"""`digest status`, `pause`, `resume`, `cancel`, `settle` and `retry`."""

import io
import sys

import pytest
import time_machine

from tests.cli.conftest import MONDAY, is_refused
from tests.cli.delivery.test_send import Terminal
from tests.smtp_server import serving

AT = ("--at", MONDAY)
SEND = ("send", "weekly", *AT, "--yes")
COUNTS = {"pending", "claimed", "in_data", "sent", "deferred", "failed", "uncertain", "skipped"}
CONTRACT = {"edition", "newsletter", "state", "audience", "counts", "uncertain", "rate", "eta"}
MORE = {"at", "why", "subject", "failed", "skipped", "next_due"}


@pytest.fixture
def troubled(publication, digest):
    """An edition in which everything happened that can happen."""
    with serving() as server:
        publication(
            *("ada@reader.example", "rcpt-550@fault.test", "greylist@fault.test"),
            *("dot-drop+a@fault.test", "dot-drop+b@fault.test", "gone@reader.example"),
            transport="smtp",
            smtp_port=server.port,
        )
        with time_machine.travel("2026-03-09T06:31:00+00:00", tick=False):
            digest("publish", "weekly", *AT)
            digest("subscribers", "remove", "gone@reader.example")
            digest(*SEND)
    return digest


def test_without_an_edition_it_says_what_to_do(publication, digest):
    publication()
    ended = digest("status")
    assert (ended.code, ended.err) == (0, "")
    assert (
        ended.out
        == "There is no edition yet. `digest plan NEWSLETTER` shows what one would hold.\n"
    )
    assert digest("status", "--json").answer["editions"] == []


def test_readers_who_failed_alike_are_counted_by_provider_and_ten_are_named(publication, digest):
    with serving() as server:
        many = [f"rcpt-550+{n:02}@fault.test" for n in range(13)]
        publication(*many, transport="smtp", smtp_port=server.port)
        digest(*SEND)

    out = digest("status", "1").out

    assert "   failed: 13 at fault.test: " in out
    assert "      rcpt-550+00@fault.test\n" in out
    assert "      and 3 more; --json names up to a thousand\n" in out
    assert out.count("@fault.test\n") == 10


def test_it_says_whether_a_sender_is_at_work_and_what_the_server_said(troubled, digest):
    with time_machine.travel("2026-03-09T06:31:30+00:00", tick=False):
        now = troubled("status", "1")
    with time_machine.travel("2026-03-09T06:41:30+00:00", tick=False):
        later = troubled("status", "1")
        (row,) = troubled("status", "1", "--json").answer["editions"]

    assert "no sender is at work" not in now.out
    assert "   no sender is at work: `digest deliver` goes on, or `digest run`\n" in later.out
    assert "   the server's last answer, 07:31:00: " in later.out
    assert (row["sender"], row["last_answer"]["at"]) == (False, "2026-03-09T06:31:00+00:00")


def test_what_a_sender_has_in_hand_is_one_number_in_usual_words(publication, digest):
    publication("ada@reader.example", "ben@reader.example", "cleo@reader.example")
    with time_machine.travel("2026-03-09T06:31:00+00:00", tick=False):
        digest("publish", "weekly", *AT)
        assert "3 readers: 3 to send\n" in digest("status").out


def test_it_says_how_far_and_who_and_why(troubled):
    with time_machine.travel("2026-03-09T06:31:30+00:00", tick=False):
        ended = troubled("status", "1")

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[:3] == [
        "1  weekly  Mon 2026-03-09 07:30  sending",
        "   “The tide gauge”",
        "   6 readers: 1 sent, 1 deferred, 1 failed, 2 uncertain, 1 skipped",
    ]
    assert "   uncertain: dot-drop+a@fault.test" in lines
    assert "   uncertain: dot-drop+b@fault.test" in lines
    (failed,) = (line for line in lines if line.startswith("   failed: "))
    assert failed.startswith("   failed: rcpt-550@fault.test: ")
    assert "550 5.1.1" in failed
    assert "   skipped: gone@reader.example: removed by hand" in lines
    assert any(line.startswith("   next due 2026-03-09 ") for line in lines)


def test_the_answer_in_json_counts_every_state(troubled):
    with time_machine.travel("2026-03-09T06:31:30+00:00", tick=False):
        answer = troubled("status", "--json").answer
        one = troubled("status", "1", "--json").answer

    assert answer == one
    (edition,) = answer["editions"]
    assert set(edition) >= CONTRACT | MORE
    assert set(edition["counts"]) == COUNTS
    assert {state: n for state, n in edition["counts"].items() if n} == {
        **{"sent": 1, "deferred": 1, "failed": 1},
        **{"uncertain": 2, "skipped": 1},
    }
    assert (edition["edition"], edition["newsletter"], edition["state"]) == (1, "weekly", "sending")
    assert edition["audience"] == 6
    assert edition["uncertain"] == ["dot-drop+a@fault.test", "dot-drop+b@fault.test"]
    assert [one["email"] for one in edition["failed"]] == ["rcpt-550@fault.test"]
    assert edition["rate"] == pytest.approx(1 / 60, abs=0.01)
    assert edition["eta"] is None


def test_a_finished_edition_is_one_line_of_numbers(publication, digest):
    publication("ada@reader.example")
    digest(*SEND)
    assert digest("status").out.splitlines() == [
        "1  weekly  Mon 2026-03-09 07:30  sent",
        "   “The tide gauge”",
        "   1 reader: 1 sent",
    ]


def test_an_edition_that_was_held_back_says_why(publication, digest):
    publication(titles=())
    digest(*SEND)
    assert digest("status").out.splitlines() == [
        "1  weekly  Mon 2026-03-09 07:30  held",
        "   no article was published in the last 14 days (lookback)",
    ]


@pytest.mark.parametrize("number", ["7", "0", "9223372036854775808", "9" * 40])
@pytest.mark.parametrize("verb", ["status", "pause", "resume", "cancel", "settle", "retry"])
def test_an_unknown_edition_is_one_message(publication, digest, verb, number):
    publication()
    options = {"cancel": ["--yes"], "settle": ["--sent"]}.get(verb, [])
    ended = digest(verb, number, *options)
    assert is_refused(ended, f"there is no edition {number}; there is none yet")


@pytest.mark.parametrize("number", ["one", "1.5", ""])
def test_an_edition_is_a_number(publication, digest, number):
    publication()
    assert is_refused(digest("status", number), "EDITION")


# ---------------------------------------------------------------- pause, resume, cancel


def test_a_paused_edition_goes_on_when_it_is_resumed(publication, digest, home):
    publication("ada@reader.example")
    digest("publish", "weekly", *AT)

    paused = digest("pause", "1")
    assert (paused.code, paused.out) == (0, "Edition 1 is paused; `digest resume 1` goes on.\n")
    assert digest("deliver").out == "Nothing is due.\n"
    assert "1  weekly  Mon 2026-03-09 07:30  paused\n" in digest("status").out

    assert digest("resume", "1").code == 0
    assert digest("deliver").out == "1 sent\n"


def test_a_cancelled_edition_is_over_and_its_articles_are_free(publication, digest):
    publication("ada@reader.example", "ben@reader.example")
    digest("publish", "weekly", *AT)

    ended = digest("cancel", "1", "--yes")

    assert (ended.code, ended.out) == (0, "Edition 1 is cancelled; 2 readers will not get it.\n")
    assert is_refused(digest("resume", "1"), "edition 1 is cancelled, so it can't be resumed")
    assert is_refused(digest("cancel", "1", "--yes"), "so it can't be cancelled")
    later = digest("send", "weekly", "--at", "2026-03-10T07:30", "--yes", "--json").answer
    assert (later["edition"], later["sent"]) == (2, 2)


def test_cancelling_asks_on_a_terminal_and_nowhere_else(publication, digest, monkeypatch):
    publication("ada@reader.example")
    digest("publish", "weekly", *AT)

    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert is_refused(digest("cancel", "1"), "say --yes to cancel it for good")
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert digest("cancel", "1").code == 130
    assert "frozen" in digest("status").out
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert digest("cancel", "1").code == 0
    assert "cancelled" in digest("status").out


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_is_sent_can_neither_be_paused_nor_resumed(publication, digest, verb):
    publication("ada@reader.example")
    digest(*SEND)
    assert is_refused(digest(verb, "1"), f"edition 1 is sent, so it can't be {verb}d")


# ---------------------------------------------------------------- settle


def test_the_uncertain_are_settled_by_name_or_all(troubled):
    ended = troubled("settle", "1", "DOT-DROP+A@fault.test", "--sent")
    assert (ended.code, ended.out) == (0, "1 settled as sent.\n")
    assert troubled("settle", "1", "--failed").out == "1 settled as failed.\n"

    (edition,) = troubled("status", "--json").answer["editions"]
    assert edition["uncertain"] == []
    assert (edition["counts"]["sent"], edition["counts"]["failed"]) == (2, 2)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "say what became of them: --sent, --failed or --resend"),
        (("ada@reader.example", "--sent"), "ada@reader.example is not uncertain in edition 1"),
        (("nobody", "--sent"), "nobody is not uncertain in edition 1"),
    ],
)
def test_settling_is_never_a_guess(troubled, words, why):
    assert is_refused(troubled("settle", "1", *words), why)
    (edition,) = troubled("status", "--json").answer["editions"]
    assert len(edition["uncertain"]) == 2


# ---------------------------------------------------------------- when it will be done


@pytest.fixture
def slow(publication, digest):
    """A function that begins a send under these settings at half past seven, and ends it there."""

    def begin(*, smtp="", newsletter="", more=""):
        with serving() as server:
            publication(
                *(f"r{n}@reader.example" for n in range(5)),
                transport="smtp",
                smtp_port=server.port,
                newsletter=newsletter,
                more=more,
            )
            with time_machine.travel("2026-03-09T06:30:00+00:00", tick=False):
                return digest(*SEND), digest("deliver")

    return begin


def test_a_new_sender_is_told_that_the_rest_goes_tomorrow(slow, digest):
    sent, later = slow(more="[mail.pace]\nwarm_up = 2")
    assert sent.out.startswith("Edition 1 for 5 readers: 2 sent, 3 deferred.\n")
    rest = "the warm-up lets no more go today (mail.pace.warm_up)"
    assert f"The rest waits until Tue 00:00: {rest}.\n" in sent.err
    assert f"The rest waits until 2026-03-09 23:00 UTC: {rest}.\n" in later.out
    with time_machine.travel("2026-03-09T06:30:30+00:00", tick=False):
        told = digest("status").out
        answer = digest("status", "--json").answer["editions"][0]
    assert f"nobody can say when it will be done: {rest} (until Tue 2026-03-10 00:00)\n" in told
    assert (answer["eta"], answer["eta_why"]) == (None, rest)


def test_a_newsletter_with_hours_waits_for_them(slow, digest):
    sent, later = slow(newsletter='send_between = "09:00-21:00"')
    assert sent.out.startswith("Edition 1 for 5 readers: nothing more was sent, 5 deferred.\n")
    assert "The rest waits until Mon 09:00: " in sent.err
    assert later.out.startswith("Nothing may go now.\n")


def test_before_anything_was_accepted_nobody_knows_the_end(publication, digest):
    publication("ada@reader.example")
    with time_machine.travel("2026-03-09T06:31:00+00:00", tick=False):
        digest("publish", "weekly", *AT)
        answer = digest("status", "--json").answer["editions"][0]
    assert (answer["eta"], answer["eta_why"]) == (None, "it is frozen")


# ---------------------------------------------------------------- retry


def test_who_failed_is_tried_again_and_who_may_not_be_mailed_is_named(troubled):
    assert troubled("settle", "1", "dot-drop+a@fault.test", "--failed").code == 0

    ended = troubled("retry", "1")
    assert (ended.code, ended.out) == (
        0,
        "rcpt-550@fault.test is left out: 550 5.1.1 as rcpt-550@fault.test asked\n"
        "1 reader will be tried again; `digest deliver` sends it, or `digest run` by itself.\n",
    )
    assert is_refused(troubled("retry", "1", "ada@reader.example"), "did not fail in edition 1")
    again = troubled("retry", "1", "--json").answer
    assert (again["edition"], again["retried"]) == (1, [])
    assert [one["email"] for one in again["left_out"]] == ["rcpt-550@fault.test"]
