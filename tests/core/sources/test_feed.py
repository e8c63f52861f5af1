"""When a feed is fetched next, and what is remembered of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.core.sources.feed import (
    LONGEST_REST,
    LONGEST_WISH,
    Failed,
    FeedState,
    Fetched,
    Unchanged,
    is_feed_due,
    next_fetch,
)

NOW = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
EVERY = timedelta(minutes=30)
NEW = FeedState("https://harbour.example/feed.xml")
GOOD = Fetched(b"<rss/>", "text/xml", '"7"', "Mon, 02 Mar 2026", "https://harbour.example/feed.xml")
BAD = Failed("the server is in trouble (503)")


def pauses(outcome, times, state=NEW, every=EVERY):
    """How long a feed is left alone after each of so many equal outcomes."""
    found, now = [], NOW
    for _ in range(times):
        state = next_fetch(state, outcome, every, now)
        found.append(state.next_fetch - now)
        now = state.next_fetch
    return found


def test_a_new_feed_is_due_and_one_just_fetched_is_not():
    assert is_feed_due(NEW, NOW)

    after = next_fetch(NEW, GOOD, EVERY, NOW)

    assert not is_feed_due(after, NOW)
    assert not is_feed_due(after, NOW + EVERY - timedelta(seconds=1))
    assert is_feed_due(after, NOW + 1.1 * EVERY)
    assert (after.etag, after.last_modified, after.last_good) == ('"7"', "Mon, 02 Mar 2026", NOW)


def test_what_is_unchanged_keeps_what_was_known():
    known = next_fetch(NEW, GOOD, EVERY, NOW - EVERY)

    after = next_fetch(known, Unchanged(), EVERY, NOW)

    assert after == replace(known, last_good=NOW, next_fetch=after.next_fetch)


def test_a_failing_feed_is_left_alone_for_longer_and_longer_up_to_a_day():
    found = pauses(BAD, 12)

    for count, pause in enumerate(found):
        plain = min(EVERY * 2**count, LONGEST_REST)
        assert plain <= pause <= 1.1 * plain


def test_a_rare_feed_that_fails_is_not_asked_more_often():
    week = timedelta(days=7)
    assert all(week <= pause <= 1.1 * week for pause in pauses(BAD, 4, every=week))


def test_a_good_fetch_forgets_the_failures():
    failed = next_fetch(next_fetch(NEW, BAD, EVERY, NOW), BAD, EVERY, NOW)
    assert (failed.errors, failed.last_error) == (2, "the server is in trouble (503)")

    after = next_fetch(failed, GOOD, EVERY, NOW)

    assert (after.errors, after.last_error) == (0, "")
    assert after.next_fetch
    assert after.next_fetch <= NOW + 1.1 * EVERY


def test_what_a_server_asks_for_is_kept_to():
    soon = replace(BAD, retry_after=timedelta(seconds=5))
    later = replace(BAD, retry_after=timedelta(days=3))

    assert pauses(soon, 1)[0] >= EVERY
    assert timedelta(days=3) <= pauses(later, 1)[0] <= 1.1 * timedelta(days=3)


def test_what_is_gone_is_never_due_again_until_it_answers_a_person():
    gone = next_fetch(NEW, Failed("it is gone for good (410)", gone=True), EVERY, NOW)

    assert not is_feed_due(gone, NOW + timedelta(days=9999))
    assert is_feed_due(next_fetch(gone, GOOD, EVERY, NOW), NOW + 2 * EVERY)


def test_a_feed_that_moved_is_asked_there_until_that_fails():
    moved = next_fetch(NEW, replace(GOOD, moved_to="https://new.example/feed"), EVERY, NOW)
    assert moved.address == "https://new.example/feed"
    assert next_fetch(moved, Unchanged(), EVERY, NOW).address == "https://new.example/feed"

    failed = next_fetch(moved, BAD, EVERY, NOW)

    assert (failed.address, failed.etag, failed.last_modified) == (NEW.url, "", "")


def test_feeds_added_together_do_not_stay_together():
    later = {
        next_fetch(FeedState(f"https://a.example/{n}"), GOOD, EVERY, NOW).next_fetch
        for n in range(100)
    }
    assert len(later) > 90


@given(
    errors=st.integers(0, 10_000),
    every=st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
    wish=st.none() | st.timedeltas(timedelta(0), LONGEST_WISH),
)
def test_whatever_happens_there_is_a_pause_that_ends(errors, every, wish):
    state = replace(NEW, errors=errors)

    after = next_fetch(state, replace(BAD, retry_after=wish), every, NOW)

    longest = max(every, LONGEST_REST, LONGEST_WISH)
    assert NOW + min(every, LONGEST_REST) <= after.next_fetch <= NOW + 1.1 * longest
    assert after == next_fetch(state, replace(BAD, retry_after=wish), every, NOW)
