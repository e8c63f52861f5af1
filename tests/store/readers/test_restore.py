"""Readers of an export of ours, as they were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.readers.erasure import erasure_mark
from digest.core.readers.reader import (
    Enrolment,
    Kept,
    KeptConsent,
    SubscriptionStanding,
    Suppression,
)
from digest.core.readers.reason import SuppressionReason
from digest.store.readers import restore, subscribers
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.stock import a_reader, enrol, new_store

ACTIVE, GONE = SubscriptionStanding.ACTIVE, SubscriptionStanding.UNSUBSCRIBED
EARLIER = MONDAY - timedelta(days=300)
ADA = "ada@reader.example"
KEPT = Kept(
    standings=(("daily", GONE), ("weekly", ACTIVE)),
    suppressions=(Suppression("daily", "unsubscribed by their link", EARLIER),),
    consents=(KeptConsent(("weekly",), "page", "Yes, please", EARLIER, None, EARLIER),),
    added=EARLIER,
    chosen=EARLIER,
    language="de",
)


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def bring(db, kept=KEPT, newsletters=("weekly", "daily")):
    return db.write(enrol_all, [a_reader(ADA, kept=kept)], list(newsletters), MONDAY)


def standings(db):
    found = db.read(subscribers.find_subscriber, ADA)
    return {one.newsletter: one.standing for one in found.subscriptions}


def test_whom_we_do_not_know_is_as_they_were(db):
    (told,) = bring(db)

    found = db.read(subscribers.find_subscriber, ADA)
    assert standings(db) == {"daily": GONE, "weekly": ACTIVE}
    assert (found.added, found.chosen, found.language) == (EARLIER, EARLIER, "de")
    assert found.suppressions == KEPT.suppressions
    assert db.read(restore.consents_of, [ADA]) == {ADA: list(KEPT.consents)}
    assert (told.result, told.joins, told.stays_out) == (Enrolment.GONE, ("weekly",), ("daily",))


def test_again_nothing_changes(db):
    bring(db)
    before = db.read(subscribers.find_subscriber, ADA)
    bring(db)
    assert db.read(subscribers.find_subscriber, ADA) == before
    assert db.read(restore.consents_of, [ADA]) == {ADA: list(KEPT.consents)}


def test_who_left_here_stays_gone_whatever_the_export_says(db):
    enrol(db, ADA)
    db.write(subscribers.end_subscription, 1, "unsubscribed by their link", MONDAY)
    bring(db)
    assert standings(db) == {"weekly": GONE, "daily": GONE}


def test_a_weightier_reason_of_the_export_counts(db):
    enrol(db, ADA)
    complained = Suppression("", "they said so", EARLIER, SuppressionReason.COMPLAINED)
    bring(db, replace(KEPT, suppressions=(complained,)))
    (held,) = [
        one for one in db.read(subscribers.find_subscriber, ADA).suppressions if not one.scope
    ]
    assert held == complained
    assert db.read(subscribers.count_active, "weekly") == 0


def test_marks_of_who_was_forgotten_are_known_again(db):
    mark = erasure_mark(ADA, SECRET)
    db.write(restore.restore_marks, [mark], MONDAY)
    assert list(db.read(lambda tx: list(restore.marks_held(tx)))) == [mark]
    (told,) = db.write(enrol_all, [a_reader(ADA)], ["weekly"], MONDAY, SECRET)
    assert told.result is Enrolment.GONE
