"""How far an edition is, and when it would be done."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.progress import Failure, Progress, group_failures
from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.editions.edition import EditionState
from tests.builders import MONDAY


def progress(*, recent=0, state=EditionState.SENDING, until=None, turn=None, **counts):
    return Progress(
        now=MONDAY,
        edition=1,
        newsletter="weekly",
        at=MONDAY,
        state=state,
        why="",
        subject="The tide gauge",
        counts=dict.fromkeys(DeliveryState, 0)
        | {DeliveryState(name): count for name, count in counts.items()},
        recent=recent,
        held_until=until,
        held_why="the warm-up lets no more go today" if until else "",
        last_turn=turn,
    )


def test_everybody_with_a_row_is_the_audience_and_some_are_open():
    seen = progress(pending=1, claimed=2, in_data=3, sent=10, deferred=4, failed=5, uncertain=6)
    assert (seen.audience, seen.open) == (31, 10)


def test_the_rate_is_that_of_the_last_minute():
    assert progress(recent=90, sent=90).rate == 1.5
    assert progress(sent=90).rate is None


def test_the_end_comes_when_what_is_ready_is_sent_at_this_rate():
    assert progress(recent=60, pending=300, claimed=20, sent=60).eta == MONDAY + timedelta(
        minutes=5, seconds=20
    )


HOUR = timedelta(hours=1)


def test_an_end_is_not_before_the_last_ones_turn():
    assert progress(recent=60, pending=60, turn=MONDAY + HOUR).eta == MONDAY + HOUR


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (progress(pending=10), "nothing was accepted in the last minute"),
        (progress(recent=60, sent=60), ""),  # nothing is left
        (progress(recent=60, deferred=5), "what is left waits to be tried again"),
        (progress(recent=60, pending=10, state=EditionState.PAUSED), "it is paused"),
        (progress(recent=60, pending=10, state=EditionState.FROZEN), "it is frozen"),
        (progress(recent=60, pending=10, until=MONDAY + HOUR), "the warm-up lets no more go today"),
    ],
)
def test_nobody_knows_an_end_that_depends_on_something_else_and_it_says_so(seen, why):
    assert (seen.eta, seen.eta_why) == (None, why)


@given(
    st.integers(0, 10**6),
    st.fixed_dictionaries(dict.fromkeys(DeliveryState, st.integers(0, 10**7))),
)
def test_an_end_is_never_in_the_past_and_no_sooner_for_more_work(recent, counts):
    plain = {state.value: count for state, count in counts.items()}
    seen = progress(recent=recent, **plain)
    more = progress(recent=recent, **plain | {"pending": plain["pending"] + 1})

    assert seen.open == sum(counts[state] for state in OPEN_STATES)
    if seen.eta is not None:
        assert more.eta is not None
        assert MONDAY <= seen.eta <= more.eta


def test_failures_that_are_alike_are_one_group_and_the_largest_is_first():
    full = [Failure(f"r{n}@full.example", f"552 5.2.2 <r{n}@full.example> is full") for n in (1, 2)]
    other = Failure("ada@reader.example", "550 5.1.1 no such user")

    groups = group_failures([other, *full])

    assert [(one.provider, one.why, len(one.emails)) for one in groups] == [
        ("full.example", "552 5.2.2 <…> is full", 2),
        ("reader.example", "550 5.1.1 no such user", 1),
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from("pq"))))
def test_nobody_is_lost_in_a_group(seen):
    failures = [Failure(f"{name}@{host}.example", why) for name, host, why in seen]

    groups = group_failures(failures)

    assert sorted(email for one in groups for email in one.emails) == sorted(
        one.email for one in failures
    )
