"""When a sender holds back by itself."""

from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.circuit_breaker import (
    FIRST_READERS_COUNT,
    GOOD,
    ConcurrencyLimit,
    FirstReaders,
)
from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused, judge
from tests.builders import MONDAY


def verdict(outcome):
    return judge(outcome, 1, MONDAY)


SENT = verdict(Accepted("ok"))
SPAM = verdict(Refused(Phase.DOT, 554, "5.7.1 looks like spam"))
LATER = verdict(Refused(Phase.RCPT, 450, "4.7.1 greylisted"))
BIG = verdict(Refused(Phase.DOT, 552, "5.3.4 too big"))
CROWDED = verdict(Refused(Phase.CONNECT, 421, "4.7.0 too many connections"))
QUOTA = verdict(Refused(Phase.DOT, 421, "4.7.28 too much from you"))


def reasons(verdicts, attempts=1):
    trial, found = FirstReaders(), []
    for one in verdicts:
        trial, why = trial.after(one, attempts)
        found.append(why)
    return found


def test_an_edition_that_mostly_fails_is_paused_at_the_fiftieth():
    found = reasons([SENT] * 24 + [SPAM] * 26)
    assert found[-1] == (
        "26 of the first 50 readers failed, the last with: 554 5.7.1 looks like spam"
    )
    assert not any(found[:-1])


def test_half_is_not_most():
    assert not any(reasons([SENT] * 25 + [SPAM] * 25))


def test_the_order_does_not_matter():
    assert any(reasons([SPAM] * 30 + [SENT] * 20))
    assert any(reasons([SENT] * 20 + [SPAM] * 30))


def test_it_is_said_once():
    assert len(list(filter(None, reasons([SPAM] * 50 + [LATER] * 9 + [SENT] * 9)))) == 1


def test_what_is_only_later_tells_nothing():
    assert not any(reasons([LATER] * 500))


def test_second_attempts_tell_nothing_about_an_edition():
    assert not any(reasons([SPAM] * 500, attempts=2))


def test_few_readers_are_no_trial():
    assert not any(reasons([SPAM] * (FIRST_READERS_COUNT - 1)))


def test_the_third_that_is_too_big_in_a_row_pauses_the_edition():
    assert [bool(why) for why in reasons([BIG, BIG, SENT, BIG, BIG, BIG])] == [False] * 5 + [True]


@given(st.lists(st.sampled_from([SENT, SPAM, LATER]), max_size=200))
def test_it_trips_at_most_once_and_only_when_most_failed(verdicts):
    found = [why for why in reasons(verdicts) if why]
    told = [one for one in verdicts if one is not LATER][:FIRST_READERS_COUNT]
    assert len(found) == (
        len(told) == FIRST_READERS_COUNT and told.count(SPAM) > FIRST_READERS_COUNT / 2
    )


# ---------------------------------------------------------------- connections


def test_a_crowded_server_gets_half_as_many_connections():
    flow = ConcurrencyLimit(8, 8).after(CROWDED, 5)
    assert flow.now == 4
    assert flow.after(CROWDED, 6) == flow  # one that rests already has told what it knew
    assert flow.after(CROWDED, 3).after(CROWDED, 1).now == 1
    assert ConcurrencyLimit(8, 1).after(CROWDED, 0).now == 1


def test_after_a_while_without_trouble_one_more_is_tried():
    flow = ConcurrencyLimit(8, 2)
    for _ in range(GOOD):
        flow = flow.after(SENT, 0)
    assert flow.now == 3
    for _ in range(100 * GOOD):
        flow = flow.after(SENT, 0)
    assert flow.now == 8


def test_who_was_told_that_it_is_too_much_for_all_goes_on_with_one():
    assert ConcurrencyLimit(8, 8).after(QUOTA, 0).now == 1


def test_trouble_that_is_not_of_crowding_changes_nothing():
    flow = ConcurrencyLimit(8, 8)
    for outcome in (Broken(Phase.CONNECT, "refused"), Refused(Phase.RCPT, 451, "4.3.0 later")):
        assert flow.after(verdict(outcome), 0) == flow


@given(st.lists(st.tuples(st.sampled_from([SENT, CROWDED, QUOTA, SPAM]), st.integers(0, 9))))
def test_there_is_always_one_connection_and_never_more_than_set(outcomes):
    flow = ConcurrencyLimit(10, 10)
    for outcome, connection in outcomes:
        flow = flow.after(outcome, connection)
        assert 1 <= flow.now <= 10
