"""Readers found by what one knows of them."""

from datetime import timedelta

import pytest

from digest.core.readers.reader import SubscriptionStanding
from digest.store.readers import directory, subscribers
from digest.store.readers.directory import ReaderQuery
from tests.builders import MONDAY
from tests.stock import DEAD, enrol, new_store

ADA, BO = "ada@reader.example", "bo@reader.example"
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    enrol(opened, BO, ADA)
    yield opened
    opened.close()


def look(db, **query):
    total, readers = db.read(directory.find_readers, ReaderQuery(**query), 10)
    assert total == len(readers)
    return [one.email for one in readers]


def test_readers_come_by_address(db):
    assert look(db) == [ADA, BO]
    assert look(db, newsletter="weekly") == [ADA, BO]
    assert look(db, newsletter="daily") == []


def test_who_may_not_be_mailed_gets_nothing(db):
    db.write(subscribers.suppress, ADA, "", DEAD, LATER)
    assert look(db, mailed=True) == [BO]
    assert look(db, mailed=False) == [ADA]


def test_only_what_ended_by_a_removal_goes_on_when_it_is_lifted(db):
    db.write(subscribers.end_subscription, 1, "unsubscribed by their link", MONDAY)
    db.write(subscribers.suppress_address, BO, subscribers.REMOVED, LATER)
    db.write(directory.lift_suppressions, BO)
    (one,) = db.read(subscribers.find_subscriber, BO).subscriptions
    assert one.standing is SubscriptionStanding.UNSUBSCRIBED
