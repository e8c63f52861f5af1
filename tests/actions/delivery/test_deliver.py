import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import text

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.store.delivery import deliveries, progress
from digest.store.editions import audience, edition_contents, editions
from digest.store.readers import subscribers
from tests.actions.conftest import mailers
from tests.builders import MONDAY, a_selection, an_article, an_edition
from tests.smtp_server import SmtpServer
from tests.stock import enrol, states


@pytest.fixture
def freeze(db, factory):
    """Freeze a real edition for these readers."""

    def freeze_for(*emails):
        enrol(db, *emails)
        article = an_article("The tide gauge")
        contents = factory.contents(an_edition(article), a_selection())

        def query(tx):
            made = edition_contents.make_edition(
                tx, "weekly", MONDAY, contents, planned=False, now=MONDAY
            )
            audience.fix_audience(tx, made.id, MONDAY)
            return made.id

        return db.write(query)

    return freeze_for


def copies(server) -> Counter[str]:
    return Counter(one.rcpt_tos[0] for one in server.messages)


async def test_each_reader_gets_each_edition_once(db, post, clock, freeze):
    readers = [f"reader{n}@reader.example" for n in range(30)]
    edition = freeze(*readers)

    async with SmtpServer() as server:
        first = await deliver(post(server, connections=4))
        again = await deliver(post(server, connections=4))

    assert copies(server) == Counter(readers)
    assert first.counts == {DeliveryState.SENT: 30}
    assert again.counts == {}
    assert first.finished == [edition]
    assert db.read(editions.by_id, edition).state is EditionState.SENT


async def test_every_fault_hits_only_its_own_reader(db, post, clock, freeze):
    edition = freeze(
        "ada@reader.example",
        "rcpt-550@fault.test",
        "rcpt-550-5.7.1@fault.test",
        "dot-554@fault.test",
        "rcpt-450@fault.test",
        "dot-drop@fault.test",
        "zoe@reader.example",
    )

    async with SmtpServer() as server:
        await deliver(post(server))

    assert states(db) == {
        "ada@reader.example": "sent",
        "rcpt-550@fault.test": "failed",
        "rcpt-550-5.7.1@fault.test": "failed",
        "dot-554@fault.test": "failed",
        "rcpt-450@fault.test": "deferred",
        "dot-drop@fault.test": "uncertain",
        "zoe@reader.example": "sent",
    }
    kept = db.read(editions.by_id, edition)
    seen = db.read(progress.edition_counts, kept, clock())
    assert seen.uncertain == ("dot-drop@fault.test",)
    assert seen.failed[0].email == "dot-554@fault.test"


async def test_who_gets_no_answer_to_the_dot_is_uncertain(db, factory, clock, freeze):
    freeze("dot-hang@fault.test")

    async with SmtpServer() as server:
        await deliver(DeliveryContext(db, factory, mailers(server, dot=0.2), clock))

    assert states(db) == {"dot-hang@fault.test": "uncertain"}


async def test_a_dead_address_is_never_mailed_again_but_a_policy_is_no_death(db, post, freeze):
    freeze("rcpt-550@fault.test", "rcpt-550-5.7.1@fault.test")

    async with SmtpServer() as server:
        await deliver(post(server))

    dead = db.read(subscribers.find_subscriber, "rcpt-550@fault.test")
    refused = db.read(subscribers.find_subscriber, "rcpt-550-5.7.1@fault.test")
    assert [one.scope for one in dead.suppressions] == [""]
    assert refused.suppressions == ()


async def test_what_is_deferred_goes_out_when_it_is_due(db, post, clock, freeze):
    freeze("greylist@fault.test")

    async with SmtpServer() as server:
        first = await deliver(post(server))
        at_once = await deliver(post(server))
        clock.pass_(minutes=20)
        later = await deliver(post(server))

    assert first.counts == {DeliveryState.DEFERRED: 1}
    assert at_once.counts == {}
    assert later.counts == {DeliveryState.SENT: 1}
    assert copies(server) == {"greylist@fault.test": 1}


async def test_a_server_that_is_not_there_charges_nobody(db, post, clock, freeze):
    freeze(*(f"reader{n}@reader.example" for n in range(10)))
    async with SmtpServer() as server:
        pass  # it is gone again; the port is free

    tally = await deliver(post(server, connections=2))

    assert tally.trouble
    assert set(states(db).values()) == {"pending"}
    clock.pass_(hours=1)
    claims = db.write(deliveries.claim_deliveries, "me", 10, clock(), clock() - MONDAY)
    assert {claim.attempts for claim in claims} == {1}


async def test_who_leaves_during_the_send_is_skipped(db, post, clock, freeze):
    readers = [f"reader{n}@reader.example" for n in range(5)]
    freeze(*readers)

    def leave_early(_state):
        db.write(subscribers.end_subscription, 5, "by their link", clock())

    async with SmtpServer() as server:
        await deliver(post(server), done=leave_early)

    assert copies(server) == Counter(readers[:4])
    assert states(db)["reader4@reader.example"] == "skipped"


class Hand:
    """A connection that knows which message it has in hand: offered, and not done."""

    def __init__(self, mailer) -> None:
        self.mailer, self.holds = mailer, ""

    async def offer(self, envelope):
        self.holds = envelope.rcpt_to
        return await self.mailer.offer(envelope)

    def advance(self):
        self.mailer.advance()

    async def complete(self, following=None):
        outcome = await self.mailer.complete(following)
        self.holds = ""
        return outcome

    def withdraw(self):
        self.mailer.withdraw()

    async def close(self):
        await self.mailer.close()


@pytest.mark.parametrize("connections", [1, 2, 5])
async def test_a_stop_finishes_what_is_in_hand_and_gives_the_rest_back(
    db, factory, post, clock, freeze, connections
):
    readers = [f"reader{n}@reader.example" for n in range(20)]
    freeze(*readers)
    stop = asyncio.Event()
    hands: list[Hand] = []
    went: list[str] = []

    def end(_state):
        if not stop.is_set():
            arrived = [one.rcpt_tos[0] for one in server.messages]
            went.extend({*arrived, *(hand.holds for hand in hands)} - {""})
            stop.set()

    async with SmtpServer() as server:
        sender = post(server, connections=connections)
        hands += [Hand(sender.mailers()) for _ in range(connections)]
        held = replace(sender, mailers=iter(hands).__next__)
        tally = await deliver(held, stop=stop, done=end)
        # Also what was offered along with these is given back.
        assert copies(server) == Counter(went)
        assert tally.counts == {DeliveryState.SENT: len(went)}
        left = dict.fromkeys(readers, "pending") | dict.fromkeys(went, "sent")
        assert states(db) == left
        await deliver(sender)

    assert copies(server) == Counter(readers)


async def test_a_cancelled_send_names_what_was_in_flight(db, post, freeze):
    freeze("dot-hang@fault.test", "ada@reader.example")
    async with SmtpServer() as server:
        sending = asyncio.create_task(deliver(post(server)))
        while states(db)["dot-hang@fault.test"] != "in_data":
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    assert states(db) == {"dot-hang@fault.test": "uncertain", "ada@reader.example": "pending"}


class Watched:
    """A connection that notes the state of the ledger when a body is wanted, and when it goes."""

    def __init__(self, mailer, look) -> None:
        self.mailer, self.look = mailer, look
        self.seen: list[tuple[str, int]] = []

    async def offer(self, envelope):
        refused = await self.mailer.offer(envelope)
        self.seen.append(self.look())
        return refused

    def advance(self):
        pass

    async def complete(self, following=None):
        self.seen.append(self.look())
        return await self.mailer.complete(following)

    def withdraw(self):
        self.mailer.withdraw()

    async def close(self):
        await self.mailer.close()


async def test_the_ledger_is_ahead_of_the_wire(db, factory, clock, freeze):
    freeze("ada@reader.example")

    async with SmtpServer() as server:
        watched = Watched(
            mailers(server)(),
            lambda: (states(db)["ada@reader.example"], len(server.completed)),
        )
        await deliver(DeliveryContext(db, factory, lambda: watched, clock))

    assert watched.seen == [("claimed", 0), ("in_data", 0)]
    assert states(db) == {"ada@reader.example": "sent"}


async def test_one_second_copy_has_the_same_message_id_and_date(db, post, clock, freeze):
    freeze("dot-drop@fault.test")
    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(minutes=31)
        await deliver(post(server))
        assert len(server.completed) == 1
        await deliver(post(server, resend=True))
        clock.pass_(hours=2)
        await deliver(post(server, resend=True))

    first, second = server.completed
    assert first.message == second.message


async def test_a_newsletter_with_no_readers_is_sent_at_once(db, post, clock, freeze):
    edition = freeze()
    async with SmtpServer() as server:
        await deliver(post(server))

    assert db.read(editions.by_id, edition).state is EditionState.SENT
    assert server.messages == []


async def test_a_reader_whose_address_went_bad_costs_nobody_else_the_edition(
    db, post, clock, freeze
):
    freeze("ada@reader.example", "ben@reader.example")
    db.write(lambda tx: tx.execute(text("UPDATE subscriber SET email = 'ada@' WHERE id = 1")))

    async with SmtpServer() as server:
        await deliver(post(server))

    assert states(db) == {"ada@": "failed", "ben@reader.example": "sent"}


async def test_a_person_who_sends_again_need_not_wait_for_the_server_to_be_forgiven(
    db, factory, post, clock, freeze
):
    edition = freeze("ada@reader.example", "ben@reader.example")
    async with SmtpServer() as server:
        pass  # it is gone again
    assert (await deliver(post(server), edition=edition)).trouble

    clock.pass_(seconds=1)
    async with SmtpServer() as server:
        by_itself = await deliver(post(server))
        by_hand = await deliver(post(server), edition=edition)

    assert by_itself.counts == {}
    assert by_hand.counts == {DeliveryState.SENT: 2}


async def test_a_server_in_trouble_is_tried_once_in_a_run(db, post, freeze):
    edition = freeze(*(f"mail{n}@reader.example" for n in range(5)))
    async with SmtpServer(greeting="421 busy") as server:
        tally = await deliver(post(server), edition=edition)

    assert tally.counts[DeliveryState.PENDING] <= 5
    assert set(states(db).values()) == {"pending"}
