"""Whose mailbox was full for so long that nobody writes to it any more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.mailbox_full import EDITIONS, FOR, Met, is_given_up, says_full
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason
from tests.builders import MONDAY

FULL, SHUT, SPAM = "552 5.2.2 mailbox full", "550 5.2.1 disabled", "554 5.7.1 looks like spam"
SENT, FAILED, UNCERTAIN = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN
WEEK = timedelta(days=7)
REASONS = {True: Reason.MAILBOX_FULL, False: Reason.POLICY}


def weekly(*whys, every=WEEK):
    """What became of each edition, the newest first; "" was sent."""
    return [
        Met(FAILED if why else SENT, REASONS[says_full(why)], MONDAY - number * every)
        for number, why in enumerate(whys)
    ]


def test_five_editions_in_a_row_are_enough():
    assert is_given_up(weekly(FULL, SHUT, FULL, "given up after 27 attempts: 452 4.2.2 full", FULL))
    assert not is_given_up(weekly(FULL, FULL, FULL, FULL))


def test_one_that_arrived_begins_it_anew():
    assert not is_given_up(weekly(FULL, FULL, FULL, FULL, "", FULL, FULL, FULL))


def test_a_daily_edition_has_two_weeks_as_well():
    daily = timedelta(days=1)
    assert not is_given_up(weekly(*[FULL] * 14, every=daily))
    assert is_given_up(weekly(*[FULL] * 15, every=daily))


def test_what_says_nothing_of_the_mailbox_counts_neither_way():
    assert is_given_up(weekly(FULL, SPAM, FULL, SPAM, FULL, FULL, FULL))
    assert not is_given_up(weekly(*[SPAM] * 50))


@pytest.mark.parametrize(
    ("why", "full"),
    [
        (FULL, True),
        (SHUT, True),
        ("452 4.2.2 full", True),
        ("450 4.2.1 receiving mail too quickly", False),
        (SPAM, False),
        ("552 5.3.4 too big", False),
        ("550 from 10.2.2.1", False),
        ("", False),
    ],
)
def test_what_a_server_says_of_a_mailbox_is_known(why, full):
    assert says_full(why) is full


states = st.sampled_from([SENT, FAILED, UNCERTAIN])
reasons = st.sampled_from([Reason.MAILBOX_FULL, Reason.POLICY, Reason.NONE])
met = st.builds(Met, states, reasons, st.datetimes().map(lambda at: at))


@given(st.lists(met, max_size=30).map(lambda some: sorted(some, key=lambda one: one.at)[::-1]))
def test_nobody_is_given_up_for_less(history):
    since = [one for one in history if one.state is SENT]
    last_sent = since[0].at if since else None
    full = [
        one.at
        for one in history
        if one.state is FAILED
        and one.reason is Reason.MAILBOX_FULL
        and (last_sent is None or one.at > last_sent)
    ]
    if is_given_up(history):
        assert len(full) >= EDITIONS
        assert max(full) - min(full) >= FOR
