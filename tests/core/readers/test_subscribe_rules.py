"""What adding a reader means: who comes in, who stays out, and what is brought up to date."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.readers.reader import Enrolment, Exclusion, NewReader, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.readers.subscribe_rules import SAID_BY_LIST, StoredReader, SubscribeStep, enrol
from tests.stock import a_reader

ACTIVE, GONE = SubscriptionStanding.ACTIVE, SubscriptionStanding.UNSUBSCRIBED
NOBODY = StoredReader()
DETAILS = {"name": "Ada", "tier": "free", "topics": ["world"], "authors": []}


def known(**changes) -> StoredReader:
    return replace(
        StoredReader(new=False, details=DETAILS, standings={"weekly": ACTIVE}), **changes
    )


def test_somebody_new_is_subscribed():
    step = enrol(a_reader(name="Ada"), ["weekly", "daily"], NOBODY)
    assert step.result is Enrolment.ADDED
    assert step.begin == {"weekly": ACTIVE, "daily": ACTIVE}
    assert step.details == {"name": "Ada"}


def test_a_list_takes_nothing_away_by_not_saying_it():
    step = enrol(a_reader(), ["weekly"], known())
    assert step == SubscribeStep(Enrolment.UNCHANGED, {}, {}, (), {})


def test_what_a_list_says_anew_is_kept():
    step = enrol(a_reader(name="Ada Quay", tier="free"), ["weekly"], known())
    assert (step.result, step.details) == (Enrolment.UPDATED, {"name": "Ada Quay"})


def test_a_reader_may_join_another_newsletter():
    step = enrol(a_reader(), ["weekly", "daily"], known())
    assert (step.result, step.begin) == (Enrolment.UPDATED, {"daily": ACTIVE})
    assert step.why == "joins daily"


@pytest.mark.parametrize(
    "held",
    [
        known(standings={"weekly": GONE}),
        known(standings={"weekly": GONE}, suppressed={"weekly": SuppressionReason.LEFT}),
        known(standings={}, suppressed={"weekly": SuppressionReason.LEFT}),
        known(standings={}, suppressed={"": SuppressionReason.LEFT}),
        replace(NOBODY, suppressed={"": SuppressionReason.LEFT}),
    ],
)
def test_who_left_or_may_not_be_mailed_stays_out(held):
    step = enrol(a_reader(), ["weekly"], held)
    assert step.result is Enrolment.GONE
    assert ACTIVE not in step.begin.values()


def test_a_suppression_by_another_newsletter_is_none_of_ours():
    step = enrol(
        a_reader(), ["weekly"], known(standings={}, suppressed={"daily": SuppressionReason.LEFT})
    )
    assert step.begin == {"weekly": ACTIVE}


def test_a_list_may_say_that_somebody_left():
    step = enrol(a_reader(standing=GONE), ["weekly", "daily"], known())
    assert (step.leave, step.begin) == (("weekly",), {"daily": GONE})
    assert step.suppress == dict.fromkeys(["daily", "weekly"], SuppressionReason.LEFT)


SLUGS = st.lists(st.sampled_from(["weekly", "daily", "news"]), min_size=1, unique=True)
READERS = st.builds(
    a_reader,
    name=st.sampled_from(["", "Ada", "Ben"]),
    topics=st.sampled_from([(), ("world",)]),
    standing=st.sampled_from(SubscriptionStanding),
    exclusion=st.builds(Exclusion, st.sampled_from([*SAID_BY_LIST])),
)
HELD = st.builds(
    known,
    standings=st.dictionaries(
        st.sampled_from(["weekly", "daily"]), st.sampled_from(SubscriptionStanding)
    ),
    suppressed=st.dictionaries(
        st.sampled_from(["", "weekly", "news"]), st.sampled_from(SuppressionReason)
    ),
    later=st.frozensets(st.sampled_from(["daily", "news"])),
) | st.just(NOBODY)


def after(held: StoredReader, step: SubscribeStep) -> StoredReader:
    """What the store holds once a step is written."""
    return StoredReader(
        new=False,
        details={"name": "", "tier": "", "topics": [], "authors": []}
        | dict(held.details)
        | dict(step.details),
        standings=dict(held.standings) | dict(step.begin) | dict.fromkeys(step.leave, GONE),
        suppressed={**held.suppressed, **step.suppress},
    )


@given(READERS, SLUGS, HELD)
def test_the_same_again_writes_nothing(reader: NewReader, newsletters, held):
    again = enrol(reader, newsletters, after(held, enrol(reader, newsletters, held)))
    assert (again.details, again.begin, again.leave, again.suppress) == ({}, {}, (), {})
    assert again.result in {Enrolment.UNCHANGED, Enrolment.GONE}


@given(READERS, READERS, SLUGS, HELD)
def test_nobody_comes_back_and_nobody_who_leaves_is_mailed(first, second, newsletters, held):
    left = after(held, enrol(first._replace(standing=GONE), newsletters, held))
    back = after(left, enrol(second, newsletters, left))
    assert all(back.standings[slug] is GONE for slug in newsletters)
    assert all(
        back.standings[slug] is not ACTIVE
        for slug, standing in held.standings.items()
        if standing is GONE
    )
