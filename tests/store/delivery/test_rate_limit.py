"""Claims at a pace that is kept in the store: over restarts, and by all senders together."""

import json
import subprocess
import sys
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.core.delivery.rate_limit import NONE, Hours, Limits, Mailboxes, Rate
from digest.store.database.database import Database
from digest.store.delivery import deliveries, rate_limit
from digest.store.delivery.rate_limit import ClaimRequest
from tests.builders import MONDAY
from tests.stock import enrol, freeze, new_store

SECOND, LEASE = timedelta(seconds=1), timedelta(minutes=20)
ME = ClaimRequest("me", 100, LEASE)
TEN = Rate(10, SECOND)
CLUB = Limits(mailboxes=(Mailboxes("club", ("club.example",), TEN),))


@pytest.fixture
def edition(db):
    def for_readers(*emails):
        enrol(db, *emails)
        return freeze(db)

    return for_readers


def claim(db, limits, now=MONDAY, want=ME):
    return db.write(rate_limit.claim_within_limits, limits, want, now)


def claimed(db, limits, now=MONDAY, want=ME):
    return [one.email for one in claim(db, limits, now, want).claims or []]


def readers(count, domain="reader.example"):
    return [f"r{n}@{domain}" for n in range(count)]


def test_without_limits_everybody_may_go(db, edition):
    edition(*readers(30))
    assert claimed(db, NONE) == readers(30)
    assert claim(db, NONE) == rate_limit.ClaimResult(None)


def test_no_more_are_claimed_than_the_server_may_be_sent(db, edition):
    edition(*readers(30))
    limits = Limits(relay=TEN)
    assert len(claimed(db, limits)) == 10
    waiting = claim(db, limits)
    assert waiting.claims is None
    assert waiting.wait == rate_limit.Wait(MONDAY + SECOND / 2, "no faster than mail.smtp.rate")
    assert len(claimed(db, limits, MONDAY + SECOND / 2)) == 5


def test_two_senders_share_one_bucket_and_so_does_one_that_was_restarted(db, edition):
    edition(*readers(30))
    limits = Limits(relay=TEN)
    assert len(claimed(db, limits)) == 10
    other = Database(db.path)
    assert claimed(other, limits, want=ClaimRequest("you", 100, LEASE)) == []
    other.close()


def test_who_is_skipped_costs_nothing(db, edition):
    edition(*readers(30))
    enrol(db)  # nobody
    limits = Limits(relay=Rate(1, SECOND))
    assert len(claimed(db, limits)) == 1


def test_one_providers_readers_wait_and_all_others_go(db, edition):
    edition(*readers(50, "club.example"), *readers(50))
    went = claimed(db, CLUB) + claimed(db, CLUB) + claimed(db, CLUB)
    assert sorted(went) == sorted([*readers(10, "club.example"), *readers(50)])
    waiting = claim(db, CLUB)
    assert waiting.claims is None
    assert waiting.wait
    assert waiting.wait.until == MONDAY + SECOND / 10
    assert claimed(db, CLUB, MONDAY + SECOND / 2) == [
        f"r{n}@club.example" for n in (10, 11, 12, 13, 14)
    ]


def test_a_person_who_sends_does_not_jump_the_queue(db, edition):
    kept = edition(*readers(30, "club.example"))
    impatient = ClaimRequest("me", 100, LEASE, kept.id, MONDAY + 2 * SECOND)
    assert len(claimed(db, CLUB)) == 10
    assert claimed(db, CLUB) == []  # they are told when to come back
    assert len(claimed(db, CLUB, MONDAY + SECOND / 5, impatient)) == 2


def test_a_newsletter_waits_for_its_hours(db, edition):
    edition(*readers(3))
    hours = Hours(time(9), time(21), "Europe/Berlin")
    limits = Limits(hours={"weekly": hours})
    waiting = claim(db, limits)  # it is 07:30 there
    assert waiting.claims is None
    assert waiting.wait
    assert waiting.wait.until == MONDAY + timedelta(hours=1, minutes=30)
    assert db.read(rate_limit.holding, limits, "weekly", MONDAY).until == waiting.wait.until
    assert len(claimed(db, limits, waiting.wait.until)) == 3


def test_closed_hours_hold_nothing_back_where_nothing_is_due(db, edition):
    edition()
    assert claim(db, Limits(hours={"weekly": Hours(time(9), time(21), "UTC")})).wait is None


def test_a_new_sender_sends_more_from_day_to_day(db, edition):
    edition(*readers(30))
    limits = Limits(warm_up=4, zone="Europe/Berlin")
    day = timedelta(days=1)
    assert len(claimed(db, limits)) == 4
    waiting = claim(db, limits)
    assert waiting.wait
    assert "mail.pace.warm_up" in waiting.wait.why
    assert waiting.wait.until == MONDAY.replace(hour=23, minute=0)  # midnight in Berlin
    assert len(claimed(db, limits, waiting.wait.until)) == 8
    assert len(claimed(db, limits, MONDAY + 3 * day)) == 16


def test_a_server_that_wants_to_rest_gets_nothing(db, edition):
    edition(*readers(3))
    until = MONDAY + timedelta(minutes=10)
    db.write(rate_limit.rest, until, MONDAY)
    assert claim(db, NONE).wait == rate_limit.Wait(
        until, "the mail server wants to be left in peace"
    )
    assert len(claimed(db, NONE, until)) == 3


def test_how_many_connections_are_borne_is_remembered(db):
    assert db.read(rate_limit.connections, 8) == 8
    db.write(rate_limit.keep_connections, 2, MONDAY)
    assert db.read(rate_limit.connections, 8) == 2
    assert db.read(rate_limit.connections, 1) == 1


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 40),
)
def test_whatever_stops_and_starts_it_is_never_more_than_allowed(tmp_path_factory, steps, rate):
    """Senders come and go, some give back what they claimed; nobody is forgotten."""
    db = new_store(tmp_path_factory.mktemp("pace"))
    enrol(db, *readers(60, "club.example"), *readers(20))
    freeze(db)
    rate = Rate(rate, SECOND)
    limits = Limits(mailboxes=(Mailboxes("club", ("club.example",), rate),))
    now, went = MONDAY, []
    for seconds, restart, gives_back in steps:
        now += timedelta(seconds=seconds)
        if restart:
            path = db.path
            db.close()
            db = Database(path)
        claims = claim(db, limits, now).claims or []
        went += [now for one in claims if one.email.endswith("club.example")]
        if gives_back:
            db.write(deliveries.release, [one.delivery for one in claims[:3]], "me", now)
    for n, start in enumerate(went):
        for m in range(n, len(went)):
            allowed = rate.burst + (went[m] - start).total_seconds() * rate.per_second
            assert m - n + 1 <= allowed + 1e-3
    for _ in range(60):  # given enough time everybody goes
        now += timedelta(minutes=2)
        claim(db, limits, now)
    assert claim(db, limits, now).claims is None
    db.close()


BOOKER = """
import json, sys
from datetime import timedelta
from pathlib import Path
from digest.core.delivery.rate_limit import Rate
from digest.store.delivery import rate_limit as pacing
from digest.store.database.database import Database
from tests.builders import MONDAY
db, rate = Database(Path(sys.argv[1])), Rate(10, timedelta(seconds=1))
sys.stdin.readline()
booked = [db.write(pacing.book_places, "a.test:25", rate, 3, MONDAY) for _ in range(40)]
print(json.dumps([moment.isoformat() for moment in booked]))
"""


@pytest.mark.slow
def test_processes_that_send_to_one_server_never_have_the_same_place(db):
    words = [sys.executable, "-c", BOOKER, str(db.path)]
    both = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in both:  # at the same time
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0]) for one in both]
    places = sorted(datetime.fromisoformat(one) for booked in told for one in booked)
    assert len(places) == 80
    assert {later - one for one, later in pairwise(places)} == {3 * SECOND / 10}


def test_a_server_that_nobody_sent_to_takes_at_once_what_may_go_in_a_second(db):
    first = db.write(rate_limit.book_places, "a.test:25", TEN, 3, MONDAY)
    assert first == MONDAY - 9 * SECOND / 10
    later = MONDAY + timedelta(hours=1)
    assert db.write(rate_limit.book_places, "a.test:25", TEN, 1, later) == later - 9 * SECOND / 10
    assert db.write(rate_limit.book_places, "b.test:25", TEN, 1, later) == later - 9 * SECOND / 10
