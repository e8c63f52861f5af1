"""What the store holds of readers before a list says something of them."""

from datetime import timedelta

import pytest

from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.store.newsletters import slots
from digest.store.readers import subscribers
from digest.store.readers.known_readers import known_readers
from tests.builders import MONDAY
from tests.stock import enrol, new_store

ADA, BO = "ada@reader.example", "bo@reader.example"
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    enrol(opened, ADA)
    yield opened
    opened.close()


def known(db, *slugs):
    def look(tx):
        ids = {slug: slots.know(tx, slug, LATER + timedelta(days=1))[0] for slug in slugs}
        return known_readers(tx, [ADA, BO], ids)

    return db.write(look)


def test_standings_and_reasons_are_known(db):
    db.write(subscribers.end_subscription, 1, "unsubscribed by their link", LATER)
    ada = known(db, "weekly")[ADA]
    assert ada.standings == {"weekly": SubscriptionStanding.UNSUBSCRIBED}
    assert ada.suppressed == {"weekly": SuppressionReason.LEFT}
    assert ada.reasons == {"weekly": "unsubscribed by their link"}


def test_who_left_all_left_before_the_newsletters_that_came_later(db):
    assert known(db, "weekly", "daily")[ADA].later == frozenset()
    db.write(subscribers.end_subscription, 1, "unsubscribed by their link", LATER)
    assert known(db, "weekly", "daily")[ADA].later == {"daily"}


def test_of_somebody_new_nothing_is_known(db):
    assert known(db, "weekly")[BO].new
