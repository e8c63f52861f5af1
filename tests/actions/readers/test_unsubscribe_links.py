"""What the link in a reader's message opens, and what it ends."""

from datetime import timedelta

import pytest

from digest.actions.message.message_factory import NOBODY
from digest.actions.readers.subscribe import show, subscription_of_link, unsubscribe
from digest.core.message.signed_token import sign
from digest.core.readers.reader import SubscriptionStanding
from tests.actions.readers.test_subscribe import LATER, SECRET, link, standing
from tests.stock import enrol


def test_a_link_is_that_of_one_subscription(db):
    enrol(db, "ada@reader.example", "ben@reader.example")

    bens = link(db, 2)

    assert (bens.email, bens.newsletter, bens.left) == ("ben@reader.example", "weekly", False)
    unsubscribe(db, bens, LATER)
    unsubscribe(db, bens, LATER + timedelta(days=1))
    assert link(db, 2).left
    (one,) = show(db, "ben@reader.example").suppressions
    assert (one.scope, one.at) == ("weekly", LATER)
    assert standing(db, "ada@reader.example") is SubscriptionStanding.ACTIVE


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y",
        sign("confirm", 1, SECRET),
        sign("unsubscribe", 1, "another secret of the tests"),
        sign("unsubscribe", 7, SECRET),
    ],
)
def test_a_token_that_is_nobodys_opens_nothing(db, token):
    enrol(db, "ada@reader.example")
    assert subscription_of_link(db, token, SECRET) is None


def test_the_link_of_a_preview_ends_nothing(db):
    enrol(db, "ada@reader.example")

    nobodys = link(db, NOBODY)
    unsubscribe(db, nobodys, LATER)

    assert not nobodys.left
    assert standing(db, "ada@reader.example") is SubscriptionStanding.ACTIVE
