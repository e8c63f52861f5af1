"""What a person may do about an edition: look, pause, resume, cancel and settle."""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.status import (
    Settlement,
    cancel_edition,
    edition_progress,
    pause_edition,
    resume_edition,
    retry_failed,
    settle_uncertain,
)
from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.errors import UsageError
from digest.mail.faulty import FaultyServer
from digest.store.articles import articles
from digest.store.database.database import LARGEST_ID
from digest.store.delivery import deliveries, lease_owner, manual_retry, outcome_writes, recovery
from digest.store.editions import editions
from digest.store.readers import subscribers
from tests.builders import MONDAY, a_newsletter, a_selection
from tests.smtp_server import SmtpServer
from tests.stock import enrol, freeze, keep_article, states

LEASE = timedelta(minutes=20)
READERS = [f"reader{n}@reader.example" for n in range(20)]
UNSURE = "dot-drop+ada@fault.test"


def publish_to(db, factory, *emails):
    """A real edition for these readers; its number."""
    enrol(db, *emails)
    keep_article(db)
    return publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition.id


async def send_unsure(db, factory, post, *others):
    """An edition with one reader who is uncertain; its number."""
    edition = publish_to(db, factory, UNSURE, *others)
    async with SmtpServer() as server:
        await deliver(post(server))
    assert states(db)[UNSURE] == "uncertain"
    return edition


# ---------------------------------------------------------------- looking


def test_the_newest_edition_comes_first(db):
    freeze(db, at=MONDAY)
    freeze(db, at=MONDAY + timedelta(days=7))

    assert [one.edition for one in edition_progress(db, MONDAY)] == [2, 1]
    assert [one.at for one in edition_progress(db, MONDAY, 1)] == [MONDAY]


@pytest.mark.parametrize("number", [0, -1, 3, LARGEST_ID, LARGEST_ID + 1, 10**30])
def test_a_number_that_no_edition_has_is_answered_with_the_newest(db, number):
    freeze(db)
    with pytest.raises(UsageError, match=rf"no edition {number}; the newest is 1"):
        edition_progress(db, MONDAY, number)


def dead_sender():
    """The name of a sender on this machine that has ended."""
    script = "from digest.store.delivery.lease_owner import myself; print(myself())"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    return ended.stdout.strip()


def test_looking_names_what_a_dead_sender_had_in_hand(db):
    enrol(db, *READERS[:4])
    kept = freeze(db)
    who = dead_sender()
    claims = db.write(deliveries.claim_deliveries, who, 3, MONDAY, LEASE)
    assert db.write(outcome_writes.begin_data, [claims[0].delivery], who, MONDAY, LEASE)

    (seen,) = edition_progress(db, MONDAY)

    assert seen.uncertain == (READERS[0],)
    assert {state: count for state, count in seen.counts.items() if count} == {
        "pending": 3,
        "uncertain": 1,
    }
    assert settle_uncertain(db, kept.id, [], Settlement.SENT, MONDAY) == 1


def test_looking_leaves_a_sender_alone_that_is_alive(db):
    enrol(db, *READERS[:2])
    freeze(db)
    db.write(deliveries.claim_deliveries, lease_owner.myself(), 1, MONDAY, LEASE)

    edition_progress(db, MONDAY)

    assert states(db) == {READERS[0]: "claimed", READERS[1]: "pending"}


# ---------------------------------------------------------------- pausing


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_pause_lets_finish_what_is_in_flight_and_begins_nothing_more(
    db, factory, post, clock, connections
):
    edition = publish_to(db, factory, *READERS)
    went: list[str] = []

    def pause_once(_state):
        if not went:
            went.extend(gone(db))
            pause_edition(db, edition, MONDAY)

    async with SmtpServer() as server:
        sender = post(server, connections=connections)
        await deliver(sender, done=pause_once)
        stopped = len(server.messages)
        assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(went)
        if connections == 1:  # the next was offered along with it, and given back
            assert len(went) == 1
            assert states(db)[offered_along(server)] == "pending"
        assert Counter(states(db).values()) == {"sent": stopped, "pending": 20 - stopped}

        (seen,) = edition_progress(db, MONDAY, edition)
        assert (seen.state, seen.why) == (EditionState.PAUSED, "paused by hand")
        await deliver(sender)
        assert len(server.messages) == stopped

        resume_edition(db, edition, MONDAY)
        await deliver(sender)
        assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(READERS)
    claimed = db.read(lambda tx: tx.connection().exec_driver_sql("SELECT attempts FROM delivery"))
    assert {attempts for (attempts,) in claimed} == {1}


def gone(db):
    """Who has a message, or surely will: its beginning is in the ledger."""
    return [who for who, state in states(db).items() if state in {"sent", "in_data"}]


def offered_along(server):
    """Whom the server was offered with the dot of the only message that it got."""
    (ahead,) = server.ahead
    (reader,) = re.findall(rb"RCPT TO:<(.*?)>", ahead)
    return reader.decode()


async def test_a_cancel_in_the_middle_skips_whom_nobody_had_in_hand(db, factory, post):
    edition = publish_to(db, factory, *READERS)
    went: list[str] = []

    def end(_state):
        if not went:
            went.extend(gone(db))
            cancel_edition(db, edition, MONDAY)

    async with SmtpServer() as server:
        await deliver(post(server), done=end)

    assert [one.rcpt_tos[0] for one in server.messages] == went
    assert len(went) == 1
    assert states(db)[offered_along(server)] == "skipped"
    left = dict.fromkeys(READERS, "skipped") | dict.fromkeys(went, "sent")
    assert states(db) == left
    (seen,) = edition_progress(db, MONDAY, edition)
    assert {one.why for one in seen.skipped} == {"the edition was cancelled"}
    # One reader has it, so no later edition may bring the article again.
    assert db.read(articles.seen, "weekly")


def test_what_a_dead_sender_held_of_a_cancelled_edition_is_skipped(db):
    enrol(db, *READERS[:3])
    kept = freeze(db)
    db.write(deliveries.claim_deliveries, dead_sender(), 3, MONDAY, LEASE)

    assert cancel_edition(db, kept.id, MONDAY) == 3

    assert set(states(db).values()) == {"skipped"}


def test_an_uncertain_reader_keeps_a_cancelled_editions_articles_taken(db):
    enrol(db, READERS[0])
    article = keep_article(db)
    kept = freeze(db, a_selection(article))
    (claim,) = db.write(deliveries.claim_deliveries, "dead", 1, MONDAY, LEASE)
    db.write(outcome_writes.begin_data, [claim.delivery], "dead", MONDAY, LEASE)
    db.write(recovery.take_over, ["dead"], MONDAY)

    cancel_edition(db, kept.id, MONDAY)

    assert db.read(articles.seen, "weekly") == {article.id}


@pytest.mark.parametrize("way", [pause_edition, resume_edition, cancel_edition])
def test_what_makes_no_sense_now_is_refused_with_the_state(db, way):
    kept = freeze(db)
    db.write(editions.move, kept.id, [kept.state], EditionState.SENT, "", MONDAY)
    with pytest.raises(UsageError, match=r"edition 1 is sent, so it can't be \w+d"):
        way(db, kept.id, MONDAY)


# ---------------------------------------------------------------- settling


@pytest.mark.parametrize(
    ("as_", "state"), [(Settlement.SENT, "sent"), (Settlement.FAILED, "failed")]
)
async def test_a_settled_delivery_is_never_sent_again(db, factory, post, clock, as_, state):
    edition = await send_unsure(db, factory, post)

    assert settle_uncertain(db, edition, [], as_, MONDAY) == 1

    assert states(db) == {UNSURE: state}
    clock.pass_(days=1)
    async with SmtpServer() as server:
        await deliver(post(server, resend=True))
    assert server.commands == []


async def test_a_second_copy_goes_out_if_a_person_wants_it(db, factory, post):
    edition = await send_unsure(db, factory, post)

    # As they are written elsewhere: the case of letters makes no other reader.
    assert settle_uncertain(db, edition, [UNSURE.upper()], Settlement.RESEND, MONDAY) == 1

    async with SmtpServer() as server:
        await deliver(post(server))
    assert [one.rcpt_tos for one in server.completed] == [(UNSURE,)]


async def test_settling_somebody_who_is_not_uncertain_settles_nobody(db, factory, post):
    edition = await send_unsure(db, factory, post, "ada@reader.example")

    with pytest.raises(
        UsageError, match=f"ada@reader.example is not uncertain in edition {edition}"
    ):
        settle_uncertain(db, edition, [UNSURE, "ada@reader.example"], Settlement.SENT, MONDAY)

    assert states(db)[UNSURE] == "uncertain"


def test_an_edition_without_uncertain_ones_has_nothing_to_settle(db):
    enrol(db, READERS[0])
    freeze(db)
    with pytest.raises(UsageError, match="edition 1 has nobody uncertain; it is frozen"):
        settle_uncertain(db, 1, [], Settlement.FAILED, MONDAY)


async def test_a_cancelled_edition_has_no_second_copies(db, factory, post):
    edition = await send_unsure(db, factory, post, "greylist@fault.test")
    cancel_edition(db, edition, MONDAY)

    with pytest.raises(UsageError, match=f"edition {edition} is cancelled"):
        settle_uncertain(db, edition, [], Settlement.RESEND, MONDAY)
    assert settle_uncertain(db, edition, [], Settlement.FAILED, MONDAY) == 1


# ---------------------------------------------------------------- trying again who failed

REFUSED = "rcpt-550-5.7.1@fault.test"
"""Refused for a policy, so not dead."""


async def send_refused(db, factory, post, *others):
    edition = publish_to(db, factory, REFUSED, *others)
    async with SmtpServer() as server:
        await deliver(post(server))
    assert states(db)[REFUSED] == "failed"
    return edition


async def test_who_failed_is_tried_again_by_hand_and_nobody_else(
    db, factory, post, clock, tmp_path
):
    edition = await send_refused(db, factory, post, *READERS[:3])
    clock.pass_(hours=2)

    done = retry_failed(db, edition, [], clock())

    assert (done.emails, done.left_out) == ((REFUSED,), ())
    (seen,) = edition_progress(db, clock(), edition)
    assert seen.state is EditionState.SENDING
    got: list[str] = []
    # It has nothing against anybody any more.
    async with FaultyServer(
        tmp_path / "taken", clock, heard=lambda to, _: got.append(to)
    ) as server:
        await deliver(post(server))
    assert got == [REFUSED]
    assert set(states(db).values()) == {"sent"}
    assert [one.state for one in edition_progress(db, clock(), edition)] == [EditionState.SENT]


async def test_who_may_not_be_mailed_or_left_is_named_and_stays_as_it_was(db, factory, post, clock):
    dead = "rcpt-550@fault.test"
    edition = await send_refused(db, factory, post, dead)
    db.write(subscribers.end_subscription, number_of(db, REFUSED), "by their link", clock())

    done = retry_failed(db, edition, [], clock())

    assert done.emails == ()
    assert [one.email for one in done.left_out] == [REFUSED, dead]
    assert "550" in done.left_out[1].why
    assert states(db) == {REFUSED: "failed", dead: "failed"}
    assert [one.state for one in edition_progress(db, clock(), edition)] == [EditionState.SENT]


async def test_who_has_a_later_edition_is_not_sent_the_one_before(db, factory, post, clock):
    edition = await send_refused(db, factory, post, READERS[0])
    clock.pass_(days=7)
    keep_article(db, "Another", published=clock() - timedelta(days=1))
    publish(db, factory, a_newsletter(), clock(), clock())

    done = retry_failed(db, edition, [], clock())

    assert done.emails == ()
    assert [(one.email, one.why) for one in done.left_out] == [(REFUSED, manual_retry.LATER)]


async def test_what_was_settled_as_failed_has_the_date_of_the_first_copy(db, factory, post, clock):
    edition = publish_to(db, factory, UNSURE)
    async with SmtpServer() as server:
        await deliver(post(server))
        settle_uncertain(db, edition, [], Settlement.FAILED, clock())
        clock.pass_(hours=2)
        retry_failed(db, edition, [], clock())
        await deliver(post(server))
    first, second = server.completed
    assert first.message == second.message


@pytest.mark.parametrize(
    ("emails", "why"),
    [
        ([READERS[0]], f"{READERS[0]} did not fail in edition 1"),
        ([REFUSED, "nobody@reader.example"], "nobody@reader.example did not fail"),
    ],
)
async def test_who_did_not_fail_is_not_tried_again(db, factory, post, emails, why):
    edition = await send_refused(db, factory, post, READERS[0])
    with pytest.raises(UsageError, match=why):
        retry_failed(db, edition, emails, MONDAY)
    assert states(db)[REFUSED] == "failed"


def test_where_nobody_failed_or_it_is_cancelled_there_is_nothing_to_try_again(db, factory):
    edition = publish_to(db, factory, READERS[0])
    with pytest.raises(UsageError, match="nobody who failed; it is frozen"):
        retry_failed(db, edition, [], MONDAY)
    cancel_edition(db, edition, MONDAY)
    with pytest.raises(UsageError, match="is cancelled"):
        retry_failed(db, edition, [], MONDAY)


def number_of(db, email):
    """The subscription of a reader."""
    query = (
        "SELECT s.id FROM subscription s JOIN subscriber r ON r.id = s.subscriber_id"
        " WHERE r.email = :email"
    )
    return db.read(lambda tx: tx.execute(text(query), {"email": email}).scalar_one())
