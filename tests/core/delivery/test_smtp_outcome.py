"""One line for each thing that a mail server can do to us."""

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.smtp_outcome import (
    MOST_ATTEMPTS,
    Accepted,
    Broken,
    Phase,
    Refused,
    Unusable,
    Verdict,
    judge,
)
from digest.core.delivery.state import DeliveryState
from tests.builders import MONDAY

CONNECT, MAIL, RCPT, DATA, DOT = Phase
HOST, STOP, PAUSE = "host trouble", "stop the run", "deferred, and the edition may be paused"
DEFERRED, FAILED, DEAD = "deferred", "failed", "failed and suppressed"
SENT, UNCERTAIN, AGAIN = "sent", "uncertain", "deferred, and no attempt charged"


def kind(verdict: Verdict) -> str:
    """What a verdict comes to, in a word; whatever contradicts itself has none."""
    if verdict.state is DeliveryState.PENDING and verdict.host and not verdict.suppress:
        return STOP if verdict.stop else HOST
    if verdict.host or verdict.stop:
        return "contradiction"
    if verdict.free:
        return AGAIN if verdict.state is DeliveryState.DEFERRED else "contradiction"
    if verdict.pause:
        return PAUSE if verdict.state is DeliveryState.DEFERRED else "contradiction"
    if verdict.state is DeliveryState.FAILED and verdict.suppress:
        return DEAD
    return str(verdict.state) if not verdict.suppress else "contradiction"


REFUSALS = [
    # the greeting, EHLO, TLS
    (CONNECT, 554, "go away", HOST),
    (CONNECT, 421, "4.3.2 shutting down", HOST),
    (CONNECT, 502, "5.5.1 EHLO what?", HOST),
    (CONNECT, 454, "4.7.0 TLS not available now", HOST),
    # login
    (CONNECT, 535, "5.7.8 bad credentials", STOP),
    (CONNECT, 534, "5.7.9 stronger mechanism needed", STOP),
    (CONNECT, 538, "5.7.11 encryption needed", STOP),
    (CONNECT, 454, "4.7.0 Too many login attempts", HOST),
    (MAIL, 530, "5.7.0 Must issue a STARTTLS command first", STOP),
    (RCPT, 530, "5.7.1 Authentication required", STOP),
    # the sender, who is the same for every reader
    (MAIL, 421, "4.3.2 closing", HOST),
    (MAIL, 451, "4.3.0 try later", HOST),
    (MAIL, 450, "4.1.8 sender's domain not found now", HOST),
    (MAIL, 452, "4.3.1 insufficient system storage", HOST),
    (MAIL, 553, "5.1.8 sender's domain not found", STOP),
    (MAIL, 501, "5.1.7 bad sender address syntax", STOP),
    (MAIL, 550, "5.7.1 not allowed to send as this", STOP),
    (MAIL, 550, "5.1.1 no such user", STOP),
    (MAIL, 552, "5.3.4 message size exceeds the limit", PAUSE),
    (MAIL, 503, "5.5.1 send HELO first", STOP),
    (MAIL, 550, "5.6.7 no UTF-8 in addresses here", FAILED),
    (MAIL, 555, "5.5.4 unsupported option: SMTPUTF8", FAILED),
    (MAIL, 555, "5.1.1 odd, and about nobody", FAILED),
    # the server is busy or unwell
    (RCPT, 421, "4.7.0 closing", HOST),
    (DATA, 421, "4.3.2 closing", HOST),
    (DOT, 421, "4.7.28 our users get too much mail from you", HOST),
    (DOT, 452, "4.3.1 insufficient system storage", HOST),
    (DATA, 452, "out of space", HOST),
    (DOT, 431, "4.3.1 disk full", HOST),
    (RCPT, 454, "4.7.0 not now", HOST),
    # this reader, for now
    (RCPT, 450, "4.2.1 receiving mail too quickly", DEFERRED),
    (RCPT, 450, "4.7.1 greylisted, come back in 300 seconds", DEFERRED),
    (RCPT, 451, "4.3.0 local error", DEFERRED),
    (DATA, 451, "4.3.0 local error", DEFERRED),
    (DOT, 451, "4.7.1 try again", DEFERRED),
    (DOT, 451, "4.3.0 multiple destination domains per transaction", DEFERRED),
    (RCPT, 452, "4.5.3 too many recipients", DEFERRED),
    (RCPT, 452, "too many recipients", DEFERRED),
    (RCPT, 552, "too many recipients", DEFERRED),
    (RCPT, 552, "5.5.3 too many recipients", DEFERRED),
    (RCPT, 452, "4.2.2 mailbox full", DEFERRED),
    (RCPT, 450, "4.1.1 mailbox unknown, perhaps", DEFERRED),
    (RCPT, 455, "can't take that parameter now", DEFERRED),
    (RCPT, 499, "who knows", DEFERRED),
    (DOT, 499, "who knows", DEFERRED),
    # this reader, this time: not mailed, not suppressed
    (RCPT, 552, "5.2.2 mailbox full", FAILED),
    (DOT, 552, "5.2.2 mailbox full", FAILED),
    (RCPT, 550, "5.2.1 mailbox disabled", FAILED),
    (RCPT, 550, "5.7.1 blocked: user unknown to us is not the reason", FAILED),
    (RCPT, 550, "5.7.26 not authenticated", FAILED),
    (DOT, 550, "5.7.515 sending domain not authenticated", FAILED),
    (DOT, 550, "SC-001 rejected for policy reasons", FAILED),
    (DOT, 554, "5.7.1 looks like spam", FAILED),
    (RCPT, 554, "5.7.1 <ada@reader.example>: Relay access denied", FAILED),
    (RCPT, 553, "5.7.1 that domain isn't in my list of allowed hosts", FAILED),
    (RCPT, 553, "sorry, not in my list of allowed rcpthosts (#5.7.1)", FAILED),
    (RCPT, 551, "5.7.1 not here", FAILED),
    (RCPT, 553, "5.1.8 sender's domain not found", FAILED),
    (RCPT, 550, "5.1.6 mailbox has moved", FAILED),
    (RCPT, 550, "5.4.4 unable to route", FAILED),
    (RCPT, 550, "5.7.27 sender's domain takes no mail", FAILED),
    (RCPT, 550, "requested action not taken: mailbox unavailable", FAILED),
    (RCPT, 550, "unknown user, or blocked by policy", FAILED),
    (RCPT, 550, "192.5.1.1 is on a list", FAILED),
    (RCPT, 550, "see 5.1.1.1 for why", FAILED),
    (DOT, 550, "user unknown", FAILED),
    (DOT, 553, "From is not to our taste", FAILED),
    (RCPT, 501, "syntax error in parameters", FAILED),
    (RCPT, 555, "parameter not recognised", FAILED),
    (RCPT, 571, "who knows", FAILED),
    (DATA, 554, "no valid recipients", FAILED),
    # the address is dead
    (RCPT, 550, "5.1.1 no such user", DEAD),
    (RCPT, 550, "5.1.1 <ada@reader.example>: rejected\n5.1.1 really", DEAD),
    (RCPT, 550, "5.1.2 no such domain", DEAD),
    (RCPT, 501, "5.1.3 bad recipient address syntax", DEAD),
    (RCPT, 550, "5.1.10 domain takes no mail", DEAD),
    (RCPT, 556, "5.1.10 domain takes no mail", DEAD),
    (RCPT, 556, "domain takes no mail", DEAD),
    (RCPT, 551, "user not local", DEAD),
    (RCPT, 553, "5.1.3 bad name", DEAD),
    (RCPT, 553, "mailbox name not allowed", DEAD),
    (RCPT, 550, "sorry, no mailbox here by that name. (#5.1.1)", DEAD),
    (RCPT, 550, "No such user here", DEAD),
    (RCPT, 550, "5.0.0 User unknown", DEAD),
    (RCPT, 554, "Recipient address does not exist", DEAD),
    (DOT, 550, "5.1.1 no such user", DEAD),
    # we or the server are broken, for everyone
    (RCPT, 500, "what?", STOP),
    (RCPT, 503, "bad sequence of commands", STOP),
    (DATA, 502, "not implemented", STOP),
    (DATA, 503, "5.5.1 RCPT first", STOP),
    (DOT, 500, "5.2.3 line too long", STOP),
    # this edition
    (RCPT, 552, "5.3.4 message too big", PAUSE),
    (DOT, 552, "5.3.4 message too big", PAUSE),
    (DOT, 554, "5.3.4 headers too big", PAUSE),
]


@pytest.mark.parametrize(("phase", "code", "reply", "expected"), REFUSALS)
def test_each_refusal_is_judged(phase, code, reply, expected):
    verdict = judge(Refused(phase, code, reply), 1, MONDAY)
    assert kind(verdict) == expected
    assert verdict.code == code
    assert verdict.why.startswith(f"{code} ")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Accepted("2.0.0 queued as 4ZK"), SENT),
        (Broken(CONNECT, "no such host"), HOST),
        (Broken(CONNECT, "the certificate is not valid", stop=True), STOP),
        (Broken(MAIL, "connection lost"), HOST),
        (Broken(RCPT, "connection lost"), AGAIN),
        (Broken(DATA, "connection lost"), AGAIN),
        (Broken(DOT, "no answer in 600 seconds"), UNCERTAIN),
        (Broken(DOT, "said 251 after the dot"), UNCERTAIN),
        (Unusable("needs SMTPUTF8"), FAILED),
    ],
)
def test_each_other_outcome_is_judged(outcome, expected):
    assert kind(judge(outcome, 1, MONDAY)) == expected


@pytest.mark.parametrize(
    ("outcome", "minutes"),
    [
        (Broken(CONNECT, "refused"), 1),
        (Refused(RCPT, 421, "closing"), 1),
        (Refused(CONNECT, 554, "go away"), 5),
        (Refused(CONNECT, 454, "not now"), 5),
        (Refused(DOT, 452, "4.3.1 full"), 5),
        (Refused(DOT, 421, "4.7.28 too much"), 10),
    ],
)
def test_a_server_in_trouble_is_left_in_peace_for_a_while(outcome, minutes):
    assert judge(outcome, 1, MONDAY).due == MONDAY + timedelta(minutes=minutes)


def test_the_wait_grows_up_to_four_hours():
    dues = [judge(Refused(RCPT, 451, "later"), n, MONDAY).due for n in range(1, MOST_ATTEMPTS)]
    minutes = [(due - MONDAY) / timedelta(minutes=1) for due in dues if due]
    assert minutes[:6] == [10, 30, 60, 120, 240, 240]
    assert all(before <= after for before, after in pairwise(minutes))


def test_a_reader_is_given_up_on_the_fourth_day():
    spent, attempts = timedelta(), 1
    while (verdict := judge(Refused(RCPT, 451, "later"), attempts, MONDAY)).due:
        spent, attempts = spent + (verdict.due - MONDAY), attempts + 1
    assert kind(verdict) == FAILED
    assert "given up after 27 attempts: 451 later" in verdict.why
    assert timedelta(days=3) < spent < timedelta(days=4)


def test_what_the_server_wrote_is_kept_on_one_line():
    verdict = judge(Refused(RCPT, 550, "5.7.1 no\r\n5.7.1 really \x1b[31mno"), 1, MONDAY)
    assert verdict.why == "550 5.7.1 no 5.7.1 really [31mno"


# ---------------------------------------------------------------- the table that is published

ANSWERS = Path(__file__).parents[3] / "docs" / "reference" / "answers.md"
ROWS = re.findall(
    r"(?m)^\| F(\d+) \| (\w+) \| (?:`(\d{3}) (.*?)`)?(.*?) \| (.*?) \|$", ANSWERS.read_text("utf-8")
)
FOLLOWS = {
    "sent": SENT,
    "later": DEFERRED,
    "again": AGAIN,
    "failed": FAILED,
    "dead": DEAD,
    "uncertain": UNCERTAIN,
    "server": HOST,
    "stop": STOP,
    "edition": PAUSE,
}


def happened(phase: Phase, code: str, reply: str, words: str):
    """What the transport makes of a row of the table."""
    if code == "250":
        return Accepted(reply)
    if code:
        return Refused(phase, int(code), reply)
    if "needs SMTPUTF8" in words:
        return Unusable(words)
    return Broken(phase, words, stop="STARTTLS" in words or "certificate" in words)


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"F{row[0]}-{row[1]}-{row[2] or row[4].strip()[:30]}"
)
def test_the_published_table_is_what_is_done(row):
    _, where, code, reply, words, follows = row
    if follows.startswith("nothing:"):  # it never gets here: see tests/mail
        return
    verdict = judge(happened(Phase(where), code, reply, words), 1, MONDAY)
    what, _, minutes = follows.partition(" ")
    assert kind(verdict) == FOLLOWS[what]
    if minutes:
        assert verdict.due == MONDAY + timedelta(minutes=int(minutes))


def test_every_fault_of_a_server_is_in_the_published_table():
    assert {int(row[0]) for row in ROWS} == set(range(36, 78)) - {70}  # 70 is in its last line


replies = st.one_of(st.text(), st.sampled_from([row[2] for row in REFUSALS]))


@given(st.sampled_from(Phase), st.integers(400, 599), replies, st.integers(0, 99))
def test_any_refusal_has_a_verdict_that_makes_sense(phase, code, reply, attempts):
    verdict = judge(Refused(phase, code, reply), attempts, MONDAY)
    assert kind(verdict) in {HOST, STOP, PAUSE, DEFERRED, FAILED, DEAD} or (
        verdict.pause and attempts >= MOST_ATTEMPTS and verdict.state is DeliveryState.FAILED
    )
    if kind(verdict) == DEAD:
        assert code >= 500
        assert phase in {RCPT, DATA, DOT}
    if kind(verdict) in {HOST, DEFERRED}:
        assert verdict.due is not None
        assert verdict.due > MONDAY


@given(st.sampled_from(Phase), st.integers(400, 499), replies)
def test_a_temporary_refusal_never_loses_a_reader(phase, code, reply):
    assert kind(judge(Refused(phase, code, reply), 1, MONDAY)) in {HOST, DEFERRED}


@given(st.sampled_from([CONNECT, MAIL]), st.integers(400, 599), replies)
def test_before_a_reader_is_named_nobody_is_suppressed(phase, code, reply):
    assert not judge(Refused(phase, code, reply), 1, MONDAY).suppress
