"""What a rehearsal makes of senders that don't keep their word. The real one is in tests/cli."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.operations.rehearse import (
    Ended,
    Order,
    RehearsalSpace,
    freeze_next_edition,
    rehearse,
)
from digest.core.delivery.state import DeliveryState
from digest.core.operations.reconcile import LedgerCheck
from digest.errors import DigestError
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from tests.builders import MONDAY, a_newsletter
from tests.publications import a_press
from tests.stock import enrol, keep_article, states

READERS = [f"reader{n}@reader.example" for n in range(12)]


@pytest.fixture
def stage(db, tmp_path):
    """A stage for the publication in `db`, whose sender is this function of an order."""

    def on(send):
        folder = tmp_path / "stage"
        folder.mkdir()
        return RehearsalSpace(db, folder, a_press(), lambda: MONDAY, 1, send)

    return on


def enrol_all(db):
    keep_article(db, published=MONDAY - timedelta(days=2))
    enrol(db, *READERS, now=MONDAY - timedelta(days=30))


def sql(db, statement):
    """Change the store behind everybody's back."""
    db.write(lambda tx: tx.connection().exec_driver_sql(statement))


def an_honest_sender(db, orders):
    """Sends in this process, and so can't be killed."""

    async def send(order):
        orders.append(order)

        def mailer():
            return SmtpMailer(Server("127.0.0.1", order.port, "none"))

        def clock():
            return MONDAY + timedelta(seconds=order.ahead)

        tally = await deliver(DeliveryContext(db, a_press(), mailer, clock), edition=order.edition)
        return Ended(0, tally.trouble)

    return send


def test_an_honest_sender_adds_up_and_what_waits_is_waited_for(db, stage):
    enrol_all(db)
    orders: list[Order] = []
    here = stage(an_honest_sender(db, orders))
    done = asyncio.run(rehearse(here, freeze_next_edition(here, a_newsletter(), MONDAY)))

    assert done.audit.adds_up, done
    assert done.audit.counts[DeliveryState.SENT] == 10
    assert done.audit.uncertain  # an answer was lost
    assert len(done.mishaps) == 4
    assert (orders[0].dies_after, orders[0].connections) == (6, 1)
    assert max(order.ahead for order in orders) >= 600  # greylisting is ten minutes


def test_a_sender_that_only_says_so_is_found_out(db, stage):
    enrol_all(db)

    async def boast(order):
        sql(db, "UPDATE delivery SET state = 'sent'")
        return Ended(0)

    here = stage(boast)
    done = asyncio.run(rehearse(here, freeze_next_edition(here, a_newsletter(), MONDAY)))
    assert done.audit.wrong[LedgerCheck.LOST] == tuple(sorted(READERS))
    assert not done.audit.adds_up


def test_a_sender_that_can_not_send_is_given_up_with_its_reason(db, stage):
    enrol_all(db)

    async def fail(order):
        return Ended(1, "the key of mail.dkim is no key")

    here = stage(fail)
    done = asyncio.run(rehearse(here, freeze_next_edition(here, a_newsletter(), MONDAY)))
    assert done.trouble == "the key of mail.dkim is no key"
    assert done.audit.wrong[LedgerCheck.UNFINISHED] == tuple(sorted(READERS))


def test_a_sender_that_forgets_what_it_did_is_found_out(db, stage):
    enrol_all(db)
    honest = an_honest_sender(db, [])

    async def forget(order):
        ended = await honest(order)
        if order.dies_after:
            sql(db, "UPDATE delivery SET state = 'pending' WHERE state = 'sent'")
            sql(db, "UPDATE edition SET state = 'sending'")
        return ended

    here = stage(forget)
    done = asyncio.run(rehearse(here, freeze_next_edition(here, a_newsletter(), MONDAY)))
    assert len(done.audit.wrong[LedgerCheck.TWICE]) >= 8
    assert not done.audit.adds_up


def test_where_nothing_is_new_the_last_edition_is_sent_again(db, stage):
    enrol_all(db)
    here = stage(an_honest_sender(db, []))
    newsletter = a_newsletter()
    first = freeze_next_edition(here, newsletter, MONDAY)
    asyncio.run(rehearse(here, first))
    assert not first.why

    again = freeze_next_edition(here, newsletter, MONDAY)
    assert again.edition.id == first.edition.id
    assert again.why == "that one is sent"
    later = freeze_next_edition(here, newsletter, None)
    assert later.edition.id == first.edition.id
    assert Counter(states(db).values()) == {"pending": 12}


def test_without_articles_or_readers_there_is_nothing_to_rehearse(db, stage):
    here = stage(an_honest_sender(db, []))
    with pytest.raises(DigestError, match="weekly: there is nothing to rehearse: "):
        freeze_next_edition(here, a_newsletter(), MONDAY)


def test_the_edition_that_is_under_way_is_the_one_that_is_rehearsed(db, stage):
    enrol_all(db)
    here = stage(an_honest_sender(db, []))
    first = freeze_next_edition(here, a_newsletter(), MONDAY)
    sql(db, "UPDATE delivery SET state = 'sent' WHERE id <= 6")
    sql(db, "UPDATE edition SET state = 'paused'")
    piece = freeze_next_edition(here, a_newsletter(), None)
    assert (piece.edition.id, piece.why) == (first.edition.id, "")
    done = asyncio.run(rehearse(here, piece))
    assert done.audit.readers == 6
    assert done.audit.adds_up
