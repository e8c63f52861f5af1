"""What the sender writes down: together, in order, and never less than it does."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.ledger import Ledger
from digest.actions.editions.publish import publish
from digest.core.delivery.latency import LatencyEstimate
from digest.core.delivery.rate_limit import Limits
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.errors import StoreError
from digest.store.database.database import Database
from digest.store.delivery import deliveries
from digest.store.readers import subscribers
from tests.actions.conftest import mailers
from tests.builders import MONDAY, a_newsletter
from tests.smtp_server import SmtpServer
from tests.stock import enrol, freeze, keep_article, states

LEASE = timedelta(minutes=20)
SENT = Verdict(DeliveryState.SENT, "250 ok", 250)


@pytest.fixture
def claims(db):
    """Five claims of a sender called "me"."""
    enrol(db, *(f"reader{n}@reader.example" for n in range(5)))
    freeze(db)
    return db.write(deliveries.claim_deliveries, "me", 10, MONDAY, LEASE)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def ledger(db, heard):
    return a_ledger(db, heard)


def a_ledger(db, heard, **changes):
    def hear(claim, verdict, kept):
        heard.append((claim.delivery, verdict.state.value, kept))

    return Ledger(db, "me", lambda: MONDAY, hear, **changes)


@pytest.fixture
def commits(db):
    """How many transactions were committed."""
    seen: list[object] = []
    event.listen(db._engine, "commit", seen.append)
    return seen


async def test_what_all_connections_want_is_one_commit(db, claims, ledger, commits):
    begun = await asyncio.gather(*(ledger.begin(claim.delivery) for claim in claims))
    assert begun == [True] * 5
    assert len(commits) == 1
    assert set(states(db).values()) == {"in_data"}


async def test_an_outcome_and_the_next_beginning_are_one_commit(db, claims, ledger, commits, heard):
    one, two, *_ = claims
    assert await ledger.begin(one.delivery)
    ledger.record(one, SENT)
    assert await ledger.begin(two.delivery)
    assert len(commits) == 2
    assert heard == [(one.delivery, "sent", True)]
    assert Counter(states(db).values()) == {"sent": 1, "in_data": 1, "claimed": 3}


async def test_where_messages_queue_at_the_server_a_commit_waits_for_the_next_ones(
    db, claims, heard, commits
):
    ledger = a_ledger(db, heard, flight=LatencyEstimate(0.001, 9999.0, 3600))
    one, two, three, four, five = claims
    await asyncio.gather(*(ledger.begin(claim.delivery) for claim in (one, two, three)))
    first = ledger.begin(four.delivery)
    ledger.record(one, SENT)
    await turns()
    assert len(commits) == 1
    assert not first.done()
    second = ledger.begin(five.delivery)  # two wait now, and two are still under way
    assert await first
    assert await second
    assert len(commits) == 2
    assert heard == [(one.delivery, "sent", True)]


async def test_what_must_be_written_now_waits_for_nobody(db, claims, heard):
    ledger = a_ledger(db, heard, flight=LatencyEstimate(0.001, 9999.0, 3600))
    one, two, *_ = claims
    await asyncio.gather(ledger.begin(one.delivery), ledger.begin(two.delivery))
    ledger.record(one, SENT)
    await ledger.written()
    assert heard == [(one.delivery, "sent", True)]


async def test_where_nothing_queues_no_commit_waits(db, claims, heard):
    ledger = a_ledger(db, heard, flight=LatencyEstimate(9999.0, 9999.0, 3600))
    one, two, three, *_ = claims
    await asyncio.gather(ledger.begin(one.delivery), ledger.begin(two.delivery))
    assert await ledger.begin(three.delivery)


async def test_a_commit_is_put_off_for_so_long_and_no_longer(db, claims, heard):
    ledger = a_ledger(db, heard, flight=LatencyEstimate(0.001, 9999.0, 0.001))
    one, two, three, *_ = claims
    await asyncio.gather(ledger.begin(one.delivery), ledger.begin(two.delivery))
    assert await ledger.begin(three.delivery)


async def turns():
    """Let everything happen that needs no time."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_written_means_written(db, claims, ledger):
    ledger.record(claims[0], SENT)
    await ledger.written()
    assert Counter(states(db).values()) == {"sent": 1, "claimed": 4}


async def test_who_left_is_refused_and_the_others_are_not(db, claims, ledger):
    db.write(subscribers.end_subscription, 2, "by their link", MONDAY)
    begun = await asyncio.gather(*(ledger.begin(claim.delivery) for claim in claims))
    assert begun == [True, False, True, True, True]
    assert states(db)["reader1@reader.example"] == "skipped"


async def test_an_outcome_of_somebody_elses_row_is_told(db, claims, ledger, heard):
    db.write(lambda tx: tx.connection().exec_driver_sql("UPDATE delivery SET owner = 'you'"))
    ledger.record(claims[0], SENT)
    await ledger.written()
    assert heard == [(claims[0].delivery, "sent", False)]
    assert set(states(db).values()) == {"claimed"}


async def test_a_dead_address_is_suppressed_in_the_same_commit(db, claims, ledger, commits):
    ledger.record(claims[0], Verdict(DeliveryState.FAILED, "550 gone", 550, suppress=True))
    await ledger.written()
    assert len(commits) == 1
    (suppression,) = db.read(subscribers.find_subscriber, "reader0@reader.example").suppressions
    assert suppression.why == "550 gone"


async def test_who_gave_up_waiting_is_not_begun(db, claims, ledger):
    given_up = ledger.begin(claims[0].delivery)
    given_up.cancel()
    assert await ledger.begin(claims[1].delivery)
    assert Counter(states(db).values()) == {"in_data": 1, "claimed": 4}


# ---------------------------------------------------------------- a store that can't be written


@pytest.fixture
def impatient(db):
    """The same store, for which a lock is a failure at once."""
    made = Database(db.path, busy_seconds=0.01)
    yield made
    made.close()


class Locked:
    """Somebody else holds the store."""

    def __init__(self, db) -> None:
        self._connection = db._engine.connect()

    def begin(self) -> None:
        self._connection.begin()

    def end(self) -> None:
        self._connection.rollback()
        self._connection.close()


async def test_a_lock_that_ends_costs_nothing_but_time(db, impatient, claims, heard):
    lock = Locked(db)
    lock.begin()
    tries = []

    def clock():
        tries.append(1)
        if len(tries) == 3:
            lock.end()
        return MONDAY

    ledger = Ledger(impatient, "me", clock, lambda *one: heard.append(one), waits=(0, 0, 0))
    ledger.record(claims[0], SENT)
    assert await ledger.begin(claims[1].delivery)
    assert len(tries) == 3
    assert len(heard) == 1
    assert Counter(states(db).values()) == {"sent": 1, "in_data": 1, "claimed": 3}


async def test_a_lock_at_a_claim_costs_nothing_but_time(db, factory, clock):
    enrol(db, *(f"reader{n}@reader.example" for n in range(5)))
    keep_article(db)
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    tries = []

    class Held(Limits):
        """Asked in the middle of each claim."""

        def closed(self, now):
            tries.append(now)
            if len(tries) <= 2:
                raise StoreError("another program holds the store")
            return {}

    async with SmtpServer() as server:
        one = DeliveryContext(db, factory, mailers(server), clock, limits=Held(), waits=(0, 0))
        tally = await deliver(one)
    assert tally.counts == {DeliveryState.SENT: 5}
    assert len(tries) > 2


async def test_a_sender_that_can_not_write_begins_nothing_more(db, impatient, claims, heard):
    lock = Locked(db)
    lock.begin()
    ledger = a_ledger(impatient, heard, waits=(0, 0))
    ledger.record(claims[0], SENT)
    with pytest.raises(StoreError, match="another program holds the store"):
        await ledger.begin(claims[1].delivery)
    lock.end()
    for ask in (lambda: ledger.begin(claims[2].delivery), lambda: ledger.record(claims[0], SENT)):
        with pytest.raises(StoreError, match="another program holds the store"):
            ask()
    assert heard == []
    assert set(states(db).values()) == {"claimed"}


async def test_a_send_that_can_not_write_ends_and_the_next_one_takes_over_at_once(
    db, factory, clock, impatient
):
    """It is the same process, so nobody waits for a lease to run out."""
    enrol(db, *(f"reader{n}@reader.example" for n in range(5)))
    keep_article(db, published=MONDAY - timedelta(days=1))
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    lock = Locked(db)

    async def taken(_session):
        lock.begin()  # the answer is on its way, and can't be written down

    async with Answering(taken) as server:
        post = DeliveryContext(impatient, factory, mailers(server), clock, waits=(0, 0))
        with pytest.raises(StoreError, match="another program holds the store"):
            await deliver(post)
        lock.end()
        assert Counter(states(db).values()) == {"in_data": 1, "claimed": 4}
        assert len(server.messages) == 1

        tally = await deliver(post)

        assert (tally.unsure, tally.freed) == (1, 4)
        assert Counter(states(db).values()) == {"uncertain": 1, "sent": 4}
        assert {one.rcpt_tos[0] for one in server.messages} == set(states(db))
        assert len(server.messages) == 5


class Answering(SmtpServer):
    """Does something before it answers to the first message."""

    def __init__(self, before) -> None:
        super().__init__()
        self._before = before

    async def _fault(self, session, phase, address):
        if phase == "dot" and not self.messages:
            await self._before(session)
        return await super()._fault(session, phase, address)


async def test_a_fault_in_who_hears_of_outcomes_is_raised_and_nobody_waits_for_ever(db, claims):
    def fail(*_):
        raise ZeroDivisionError

    ledger = Ledger(db, "me", lambda: MONDAY, fail)
    begun = ledger.begin(claims[0].delivery)
    ledger.record(claims[1], SENT)
    async with asyncio.timeout(30):
        with pytest.raises(ZeroDivisionError):
            await begun
        with pytest.raises(ZeroDivisionError):
            await ledger.written()
