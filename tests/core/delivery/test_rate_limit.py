"""Never more than was allowed, everybody's turn comes, and it is known when to look again."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.rate_limit import (
    NONE,
    USUAL_PROVIDER_RATES,
    Hours,
    Limits,
    Mailboxes,
    Rate,
    WarmUp,
    admit,
    full_bucket,
    look_again,
    next_places,
    take_tokens,
)
from tests.builders import MONDAY

SECOND = timedelta(seconds=1)
rates = st.builds(
    Rate,
    st.integers(1, 5000),
    st.sampled_from([SECOND, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]),
)
pauses = st.lists(st.tuples(st.floats(0, 4000), st.integers(0, 300)), max_size=40)


# ---------------------------------------------------------------- buckets


@given(rates, pauses)
def test_no_more_go_in_any_time_than_come_in_and_fit_in(rate, pauses):
    bucket, now, gone = full_bucket(rate, MONDAY), MONDAY, [(MONDAY, 0)]
    for seconds, wanted in pauses:
        now += timedelta(seconds=seconds)
        count, bucket = take_tokens(bucket, rate, wanted, now)
        gone.append((now, count))
    for n, (start, _) in enumerate(gone):
        total = 0
        for moment, count in gone[n:]:
            total += count
            allowed = rate.burst + (moment - start).total_seconds() * rate.per_second
            assert total <= allowed + 1e-3


@given(rates, st.integers(1, 100))
def test_when_it_says_to_look_again_there_is_something(rate, wanted):
    _, bucket = take_tokens(full_bucket(rate, MONDAY), rate, 10_000, MONDAY)
    moment = look_again(bucket, rate)
    count, _ = take_tokens(bucket, rate, wanted, moment)
    assert count >= 1
    assert moment - MONDAY <= max(rate.gap * 2, SECOND)


@given(rates, st.floats(0, 1e6))
def test_a_clock_that_was_set_back_gives_nothing_and_takes_nothing(rate, seconds):
    _, bucket = take_tokens(full_bucket(rate, MONDAY), rate, 10_000, MONDAY)
    earlier = MONDAY - timedelta(seconds=seconds)
    count, bucket = take_tokens(bucket, rate, 1, earlier)
    assert count == 0
    assert take_tokens(bucket, rate, 1, earlier + 2 * rate.gap)[0] == 1


# ---------------------------------------------------------------- the queue in front of one


def simulated(rate, waiting, *, outage=timedelta(0), seed=0, most=40):
    """Send everybody, whoever is due in any order; gives when each went, in order.

    After a third of them nothing runs for the time of an outage.
    """
    chance = random.Random(seed)
    bucket, now, went, asked = full_bucket(rate, MONDAY), MONDAY, [], 0
    due = dict.fromkeys(range(waiting), (MONDAY, False))
    while due:
        ready = [one for one, (moment, _) in due.items() if moment <= now]
        chance.shuffle(ready)
        for one in ready[:most]:
            asked += 1
            moment, bucket = admit(bucket, rate, called=due[one][1], now=now)
            if moment is None:
                went.append(now)
                del due[one]
            else:
                assert moment > now
                due[one] = (moment, True)
        if outage and len(went) * 3 >= waiting:
            now, outage = now + outage, timedelta(0)
        elif len(ready) <= most and due:
            now = max(now, min(moment for moment, _ in due.values()))
    return went, asked


@given(rates, st.integers(1, 120), st.integers(0, 100))
def test_everybody_has_a_turn_and_asks_only_once_more(rate, waiting, seed):
    went, asked = simulated(rate, waiting, seed=seed)
    assert len(went) == waiting
    assert asked <= 2 * waiting
    assert went[-1] - MONDAY <= (waiting + 2) * rate.gap


@given(rates, st.integers(1, 120), st.integers(0, 100), st.integers(0, 100_000))
def test_after_an_outage_the_crowd_does_not_go_at_once(rate, waiting, seed, seconds):
    went, _ = simulated(rate, waiting, outage=timedelta(seconds=seconds), seed=seed)
    assert len(went) == waiting
    for n, start in enumerate(went):
        for m in range(n, waiting):
            passed = (went[m] - start).total_seconds()
            assert m - n + 1 <= rate.burst + passed * rate.per_second + 1e-3


def test_who_was_told_to_come_goes_before_who_was_not():
    rate = Rate(1, SECOND)
    _, bucket = admit(full_bucket(rate, MONDAY), rate, called=False, now=MONDAY)
    moment, bucket = admit(bucket, rate, called=False, now=MONDAY)
    assert moment == MONDAY + SECOND
    newcomer, bucket = admit(bucket, rate, called=False, now=moment)
    assert newcomer == moment + SECOND
    assert admit(bucket, rate, called=True, now=moment)[0] is None


@given(rates, st.lists(st.tuples(st.floats(0, 4000), st.integers(1, 50)), max_size=40))
def test_no_more_places_are_booked_in_any_time_than_come_in(rate, bookings):
    now, tail, places = MONDAY, MONDAY - timedelta(days=1), []
    for seconds, count in bookings:
        now += timedelta(seconds=seconds)
        first, tail = next_places(tail, rate, count, now)
        places += [max(now, first + n * rate.gap) for n in range(count)]
        assert tail == first + count * rate.gap
    assert places == sorted(places)
    for n, start in enumerate(places[::7]):
        for count, moment in enumerate(places[7 * n :], 1):
            allowed = rate.burst + (moment - start).total_seconds() * rate.per_second
            assert count <= allowed + 1e-3


# ---------------------------------------------------------------- whose mailboxes


@pytest.mark.parametrize(
    ("domain", "whose"),
    [
        ("gmail.com", "Google"),
        ("yahoo.co.uk", "Yahoo"),
        ("hotmail.fr", "Microsoft"),
        ("gmail.example", ""),
        ("notgmail.com", ""),
        ("harbour.example", ""),
    ],
)
def test_it_is_known_whose_mailboxes_they_are(domain, whose):
    found = Limits(mailboxes=USUAL_PROVIDER_RATES).group(domain)
    assert (found.name if found else "") == whose


def test_a_limit_of_ones_own_comes_first_and_may_be_none():
    slow = Mailboxes("slow", ("gmail.com",), Rate(1, SECOND))
    free = Mailboxes("free", ("yahoo.*",), None)
    limits = Limits(mailboxes=(slow, free, *USUAL_PROVIDER_RATES))
    assert limits.group("gmail.com") is slow
    assert limits.group("yahoo.de") is None
    found = limits.group("googlemail.com")
    assert found
    assert found.name == "Google"


def test_no_domain_is_in_two_of_the_usual_limits():
    domains = [domain for one in USUAL_PROVIDER_RATES for domain in one.domains]
    assert len(domains) == len(set(domains))


# ---------------------------------------------------------------- hours


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


DAY = Hours(time(7), time(21), "Europe/Berlin")
NIGHT = Hours(time(21), time(7), "Europe/Berlin")
EARLY = Hours(time(2, 30), time(4), "Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (DAY, "2026-03-09T07:00+01:00", None),
        (DAY, "2026-03-09T20:59:59+01:00", None),
        (DAY, "2026-03-09T21:00+01:00", "2026-03-10T07:00+01:00"),
        (DAY, "2026-03-09T06:59+01:00", "2026-03-09T07:00+01:00"),
        (DAY, "2026-03-28T22:00+01:00", "2026-03-29T07:00+02:00"),  # the clock goes forward
        (DAY, "2026-10-24T22:00+02:00", "2026-10-25T07:00+01:00"),  # and back
        (NIGHT, "2026-03-09T23:00+01:00", None),
        (NIGHT, "2026-03-09T06:00+01:00", None),
        (NIGHT, "2026-03-09T12:00+01:00", "2026-03-09T21:00+01:00"),
        (EARLY, "2026-03-29T01:00+01:00", "2026-03-29T03:30+02:00"),  # 02:30 is left out
        (EARLY, "2026-10-25T02:15+01:00", "2026-10-25T02:30+01:00"),  # 02:30 comes again
    ],
)
def test_hours_are_local_and_clocks_may_change(hours, now, opens):
    assert hours.opening(moment(now)) == (moment(opens) if opens else None)


@given(
    st.times(), st.times(), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)  # fmt: skip
def test_at_the_opening_it_is_open_and_it_comes_within_a_day(opens, closes, zone, now):
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    if opens == closes:
        return
    hours, now = Hours(opens, closes, zone), now.replace(tzinfo=UTC)
    opening = hours.opening(now)
    if opening:
        assert now < opening <= now + timedelta(hours=25)


def test_newsletters_have_hours_of_their_own():
    limits = Limits(hours={"weekly": DAY, "nightly": NIGHT})
    noon = moment("2026-03-09T12:00+01:00")
    assert limits.closed(noon) == {"nightly": moment("2026-03-09T21:00+01:00")}
    assert NONE.closed(noon) == {}


# ---------------------------------------------------------------- a new sender


def test_a_new_sender_doubles_on_each_day_with_mail():
    warm = WarmUp(date(2026, 3, 9))
    allowed = []
    for day in (9, 9, 10, 16, 17):  # nothing goes from the 11th to the 15th
        warm = warm.today(date(2026, 3, day))
        allowed.append(warm.left(200))
        warm = WarmUp(warm.day, warm.stage, warm.used + warm.left(200))
    assert allowed == [200, 0, 400, 800, 1600]


def test_a_day_begins_at_midnight_where_the_publication_is():
    limits = Limits(zone="Europe/Berlin")
    now = moment("2026-03-09T23:30+01:00")
    assert limits.day(now) == date(2026, 3, 9)
    assert limits.tomorrow(now) == moment("2026-03-10T00:00+01:00")
