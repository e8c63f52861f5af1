"""When a provider is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.provider_backoff import IN_A_ROW, LONGEST_WAIT, Refusals, wait
from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused, judge
from digest.core.readers.reason import Reason
from tests.builders import MONDAY


def verdict(outcome):
    return judge(outcome, 1, MONDAY)


SENT = verdict(Accepted("ok"))
POLICY = verdict(Refused(Phase.RCPT, 550, "5.7.26 not authenticated"))
GONE = verdict(Refused(Phase.RCPT, 550, "5.1.1 no such user"))
LATER = verdict(Refused(Phase.RCPT, 450, "4.7.1 greylisted"))
CUT = verdict(Broken(Phase.RCPT, "cut"))


def hears(verdicts, known=()):
    """After which of these, at one domain, it is to be left alone."""
    refusals = Refusals()
    refusals.known = set(known)
    found = []
    for number, one in enumerate(verdicts):
        if refusals.listens(one) and refusals.hear("club.example", one):
            found.append(number)
        refusals.relents("club.example", one)
    return found


def test_five_in_a_row_are_enough_and_one_that_is_accepted_begins_it_anew():
    assert hears([POLICY] * 5) == [4]
    assert hears([POLICY] * 4 + [SENT] + [POLICY] * 4) == []


def test_what_tells_of_a_reader_counts_neither_way():
    assert hears([POLICY, GONE, POLICY, LATER, POLICY, CUT, POLICY, POLICY]) == [7]
    assert hears([GONE] * 50) == []


def test_of_a_domain_that_refused_before_the_first_word_counts():
    assert hears([POLICY], known=["club.example"]) == [0]
    assert hears([SENT, *[POLICY] * 4], known=["club.example"]) == []


def test_each_domain_counts_for_itself():
    refusals = Refusals()
    assert not any(refusals.hear(f"d{n}.example", POLICY) for n in range(100))


def test_the_wait_doubles_up_to_half_a_day():
    hours = [wait(strikes) / timedelta(hours=1) for strikes in range(1, 8)]
    assert hours == [1, 2, 4, 8, 12, 12, 12]
    assert wait(10_000) == LONGEST_WAIT


@given(st.lists(st.sampled_from([SENT, POLICY, GONE, LATER]), max_size=60))
def test_nobody_is_left_alone_for_less(verdicts):
    if found := hears(verdicts):
        before = [one for one in verdicts[: found[0] + 1] if one in (SENT, POLICY)]
        assert before[-IN_A_ROW:] == [POLICY] * IN_A_ROW


@pytest.mark.parametrize(
    ("why", "policy"),
    [
        ("550 5.7.26 not authenticated", True),
        ("554 5.7.1 looks like spam", True),
        ("550 SC-001 rejected for policy reasons", True),
        ("550 5.1.1 blocked", False),
        ("552 5.2.2 mailbox full", False),
        ("450 4.7.1 greylisted", False),
        ("the message can't be composed: KeyError('x')", False),
        ("ada@ is no address, and 5.7.1 is not its business", False),
        ("", False),
    ],
)
def test_what_tells_of_us_is_known(why, policy):
    code, _, reply = why.partition(" ")
    if code.isdigit() and code >= "400":
        said = judge(Refused(Phase.RCPT, int(code), reply), 1, MONDAY).reason
        assert (said is Reason.POLICY) is policy
    else:
        assert not policy
