"""A clock that is wrong for a while."""

import asyncio
from collections import Counter
from datetime import timedelta

from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.ledger import CLAIM_LEASE
from digest.actions.editions.publish import publish
from digest.actions.editions.publish_due import publish_due
from digest.core.delivery.rate_limit import Limits, Mailboxes, Rate
from digest.core.delivery.state import DeliveryState
from digest.store.delivery import clock_skew, deliveries, rate_limit
from digest.store.editions import editions
from tests.builders import MONDAY, a_newsletter
from tests.smtp_server import SmtpServer
from tests.stock import enrol, freeze, keep_article, states

ADA, LATER, GREY = "ada@reader.example", "rcpt-450@fault.test", "greylist@fault.test"


def beat(db, factory, clock):
    """What the scheduler does each minute."""
    return publish_due(db, factory, [a_newsletter()], clock())


async def test_a_clock_that_is_set_back_makes_nothing_twice(db, factory, post, clock):
    keep_article(db, published=MONDAY - timedelta(days=2))
    enrol(db, ADA, GREY, now=MONDAY - timedelta(days=6))
    clock.pass_(days=-6)
    beat(db, factory, clock)
    clock.pass_(days=6)
    assert len(beat(db, factory, clock)) == 1

    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(hours=-1)
        for _ in range(4):
            assert beat(db, factory, clock) == []
            assert (await deliver(post(server))).counts == {}  # nobody is tried early
            clock.pass_(minutes=20)
        assert states(db) == {ADA: "sent", GREY: "deferred"}
        await deliver(post(server))

        assert Counter(one.rcpt_tos[0] for one in server.messages) == {ADA: 1, GREY: 1}
    assert len(db.read(editions.newest_editions)) == 1


async def test_a_clock_that_jumps_ahead_sends_nobody_two(db, factory, post, clock):
    keep_article(db, published=MONDAY - timedelta(days=2))
    readers = [f"reader{n}@reader.example" for n in range(20)]
    enrol(db, *readers, now=MONDAY - timedelta(days=6))
    clock.pass_(days=-6)
    beat(db, factory, clock)
    clock.pass_(days=6)
    beat(db, factory, clock)

    def jump(_state):
        if clock.now < MONDAY + timedelta(days=8):
            clock.pass_(days=8)  # far beyond the lease, and the next edition's moment
            beat(db, factory, clock)

    async with SmtpServer() as server:
        sender = post(server, connections=3)
        await deliver(sender, done=jump)
        await deliver(post(server))

        assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(readers)
    assert set(states(db).values()) == {"sent"}


async def test_who_was_told_by_a_clock_of_tomorrow_to_come_back_need_not_wait_until_then(
    db, factory, post, clock
):
    keep_article(db, published=MONDAY - timedelta(days=2))
    readers = [f"reader{n}@club.example" for n in range(20)]
    enrol(db, *readers, now=MONDAY - timedelta(days=6))
    edition = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition.id
    second = Rate(1, timedelta(seconds=1))
    limits = Limits(mailboxes=(Mailboxes("club", ("club.example",), second),))
    stop = asyncio.Event()

    async def nap(seconds):
        clock.pass_(seconds=seconds)

    async with SmtpServer() as server:
        sender = post(server, limits=limits, nap=nap)
        clock.pass_(days=1)
        ahead = await deliver(sender, edition=edition, stop=stop, done=lambda _: stop.set())
        db.write(
            rate_limit.rest, clock() + timedelta(minutes=10), clock()
        )  # the server wants to rest
        clock.now = MONDAY + timedelta(minutes=2)
        resting = await deliver(sender, edition=edition)
        assert resting.wait
        assert resting.wait.until == clock() + timedelta(minutes=10)
        clock.pass_(minutes=10)
        began = clock()
        rest = await deliver(sender, edition=edition)

        assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(readers)
    left = 20 - ahead.counts[DeliveryState.SENT]
    assert rest.counts == {DeliveryState.SENT: left}
    assert timedelta(seconds=left - 2) <= clock() - began <= timedelta(seconds=left + 2)


def test_who_was_claimed_by_a_clock_of_tomorrow_and_given_back_need_not_wait_either(db):
    enrol(db, *(f"reader{n}@club.example" for n in range(3)), now=MONDAY)
    freeze(db)
    second = Rate(1, timedelta(seconds=1))
    limits = Limits(mailboxes=(Mailboxes("club", ("club.example",), second),))
    tomorrow, today = MONDAY + timedelta(days=1), MONDAY + timedelta(minutes=2)

    def claimed(at):
        taken = db.write(
            rate_limit.claim_within_limits,
            limits,
            rate_limit.ClaimRequest("a sender", 9, CLAIM_LEASE),
            at,
        )
        return [claim.delivery for claim in taken.claims or ()]

    assert claimed(tomorrow) == [1]
    assert claimed(tomorrow + timedelta(seconds=5)) == [2]  # it was called for a second later
    db.write(deliveries.release, [1, 2], "a sender", tomorrow)
    assert db.write(clock_skew.undo_clock_skew, today)

    soon = today + clock_skew.SKEW
    assert sorted(n for s in range(9) for n in claimed(soon + timedelta(seconds=s))) == [1, 2, 3]
