"""Who sees sponsors and pitches, and when."""

from datetime import date

import pytest

from digest.core.newsletters.promotion import (
    PITCH,
    SPONSOR,
    THANKS,
    Appeal,
    Pitch,
    Sponsor,
    Tiers,
    tier_flags,
)

BOTH = Pitch(Appeal("Please subscribe."), Appeal("Thank you."))


@pytest.mark.parametrize(
    ("tier", "seen"),
    [
        ("", (PITCH, SPONSOR)),
        ("free", (PITCH, SPONSOR)),
        ("subscriber", (THANKS,)),
        ("Subscriber", (THANKS,)),
        ("patron", (SPONSOR, THANKS)),
    ],
)
def test_what_a_reader_sees_depends_on_their_tier(tier, seen):
    tiers = Tiers(subscribers=("subscriber", "patron"), ad_free=("subscriber",))

    assert tier_flags(tier, tiers, BOTH, sponsored=True) == seen


def test_nobody_is_asked_or_thanked_without_words():
    assert tier_flags("free", Tiers(), None, sponsored=False) == ()
    assert tier_flags("free", Tiers(), Pitch(None, Appeal("Thank you.")), sponsored=False) == ()
    assert tier_flags("subscriber", Tiers(), Pitch(Appeal("Please."), None), sponsored=False) == ()


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, {8, 9, 10}),
        (date(2026, 3, 9), None, {9, 10}),
        (None, date(2026, 3, 9), {8, 9}),
        (date(2026, 3, 9), date(2026, 3, 9), {9}),
    ],
)
def test_a_sponsor_runs_from_its_first_day_to_its_last(since, until, days):
    sponsor = Sponsor("Ropes", "They hold.", since=since, until=until)

    assert {day for day in (8, 9, 10) if sponsor.runs(date(2026, 3, day))} == days


def test_a_pitch_is_in_every_fourth_edition_at_most():
    pitch = Pitch(Appeal("Please."), None, every=4)

    assert pitch.is_due(None)
    assert [pitch.is_due(between) for between in range(5)] == [False, False, False, True, True]


def test_a_pitch_of_every_edition_is_in_every_edition():
    assert Pitch(Appeal("Please."), None, every=1).is_due(0)
