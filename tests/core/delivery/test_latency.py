"""How much of a message's time under way is only waiting."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.latency import UNKNOWN, LatencyEstimate

TIMES = st.lists(st.floats(0.001, 600), min_size=1, max_size=50)


def flown(*seconds, most=5.0):
    flight = LatencyEstimate(most=most)
    for one in seconds:
        flight = flight.after(one)
    return flight


def test_before_anything_is_known_nothing_may_be_late():
    assert UNKNOWN.leeway == 0


def test_a_distant_server_is_no_reason_to_be_late():
    assert flown(*[0.25] * 20).leeway == 0


def test_where_messages_wait_for_their_turn_the_next_may_be_late_by_half_of_that():
    assert 1.9 < flown(1.0, *[5.0] * 100).leeway <= 2.0


def test_a_queue_that_is_gone_is_forgotten():
    assert flown(1.0, *[5.0] * 50, *[1.0] * 100).leeway < 0.01


@given(TIMES)
def test_nothing_is_ever_late_by_more_than_the_longest_wait_or_the_most(times):
    assert 0 <= flown(*times).leeway <= 5
    assert flown(*times, most=1e9).leeway <= max(times) - min(times)
