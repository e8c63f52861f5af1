"""How long a reader is tried."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.core.delivery.smtp_outcome import Broken, Phase, Refused, Verdict, judge
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason
from digest.store.delivery import deliveries, give_up, outcome_writes, progress
from digest.store.readers import subscribers
from tests.builders import MONDAY
from tests.stock import enrol, freeze, states

LEASE = timedelta(minutes=20)
ADA, BO = "ada@reader.example", "bo@reader.example"
WEEK = timedelta(days=7)
LATER = Verdict(DeliveryState.DEFERRED, "450 4.7.1 greylisted", 450, MONDAY + timedelta(hours=4))
FULL = judge(Refused(Phase.RCPT, 552, "5.2.2 mailbox full"), 1, MONDAY)


def answer(db, verdict, now=MONDAY):
    """Let the server say this of everything that is due."""
    claims = db.write(deliveries.claim_deliveries, "me", 10, now, LEASE) or []
    db.write(outcome_writes.write_outcomes, {one.delivery: verdict for one in claims}, "me", now)
    return claims


def failed(db, kept, now=MONDAY):
    return {one.email: one.why for one in db.read(progress.edition_counts, kept, now).failed}


def test_who_waits_for_last_weeks_edition_waits_no_more_when_the_next_is_there(db):
    enrol(db, ADA)
    last = freeze(db)
    answer(db, LATER)
    assert db.write(give_up.give_up, MONDAY + timedelta(days=1)) == 0
    freeze(db, at=MONDAY + WEEK)

    assert db.write(give_up.give_up, MONDAY + WEEK) == 1

    why = "given up, for the next edition is here: 450 4.7.1 greylisted"
    assert failed(db, last) == {ADA: why}
    (one,) = answer(db, LATER, MONDAY + WEEK)
    assert one.edition != last.id
    assert db.write(give_up.give_up, MONDAY + WEEK) == 0


@pytest.mark.parametrize("fate", ["held", "cancelled", "draft"])
def test_an_edition_that_nobody_gets_is_no_successor(db, fate):
    enrol(db, ADA)
    freeze(db)
    answer(db, LATER)
    coming = freeze(db, at=MONDAY + timedelta(days=2))
    sql = f"UPDATE edition SET state = '{fate}' WHERE id = {coming.id}"
    db.write(lambda tx: tx.execute(text(sql)))

    assert db.write(give_up.give_up, MONDAY + timedelta(days=2)) == 0


def test_what_is_under_way_or_not_tried_yet_is_left_alone(db):
    enrol(db, ADA, BO)
    freeze(db)
    (one,) = db.write(deliveries.claim_deliveries, "me", 1, MONDAY, LEASE)
    freeze(db, at=MONDAY + WEEK)

    db.write(give_up.give_up, MONDAY + WEEK)

    assert "failed" not in states(db).values()
    assert one.email == ADA


def test_without_a_next_edition_it_ends_after_five_days(db):
    enrol(db, ADA)
    kept = freeze(db)
    answer(db, judge(Broken(Phase.RCPT, "cut"), 1, MONDAY))

    assert db.write(give_up.give_up, MONDAY + timedelta(days=5)) == 0
    assert db.write(give_up.give_up, MONDAY + timedelta(days=5, seconds=1)) == 1

    assert failed(db, kept) == {ADA: "given up, for it was tried for 5 days: cut"}


def test_a_line_that_is_cut_at_a_reader_is_nobodys_attempt(db):
    enrol(db, ADA)
    freeze(db)
    answer(db, judge(Broken(Phase.RCPT, "cut"), 1, MONDAY))

    (again,) = answer(db, LATER, MONDAY + timedelta(minutes=30))

    assert again.attempts == 1


# ---------------------------------------------------------------- full mailboxes


def suppressed(db):
    reader = db.read(subscribers.find_subscriber, ADA)
    return [one.why for one in reader.suppressions]


def test_a_mailbox_that_is_full_for_weeks_is_mailed_no_more(db):
    enrol(db, ADA, BO)
    for week in range(4):
        freeze(db, at=(now := MONDAY + week * WEEK))
        for claim in db.write(deliveries.claim_deliveries, "me", 10, now, LEASE):
            verdict = FULL if claim.email == ADA else Verdict(DeliveryState.SENT, "ok", 250)
            db.write(outcome_writes.write_outcomes, {claim.delivery: verdict}, "me", now)
    assert suppressed(db) == []

    freeze(db, at=MONDAY + 4 * WEEK)
    answer(db, FULL, MONDAY + 4 * WEEK)

    assert suppressed(db) == ["for weeks: 552 5.2.2 mailbox full"]
    freeze(db, at=MONDAY + 5 * WEEK)
    assert [one.email for one in answer(db, FULL, MONDAY + 5 * WEEK)] == [BO]


def test_one_that_is_always_full_for_now_is_mailed_no_more_either(db):
    enrol(db, ADA)
    due, full = MONDAY + 9 * WEEK, Reason.MAILBOX_FULL
    full_now = Verdict(DeliveryState.DEFERRED, "452 4.2.2 full", 452, due, reason=full)
    for week in range(6):
        assert suppressed(db) == []
        now = MONDAY + week * WEEK
        db.write(give_up.give_up_before, freeze(db, at=now).id, now)
        answer(db, full_now, now)

    assert suppressed(db) == ["for weeks: given up, for the next edition is here: 452 4.2.2 full"]
    assert states(db)[ADA] == "skipped"
