"""A send that keeps its pace, and one that holds back by itself."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import time, timedelta

import pytest

from digest.actions.delivery.deliver import deliver
from digest.core.delivery.rate_limit import Hours, Limits, Mailboxes, Rate
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.mail.transfer import Timeouts
from digest.store.delivery import rate_limit
from digest.store.editions import edition_contents, editions
from tests.builders import MONDAY, a_selection, an_article, an_edition
from tests.smtp_server import SmtpServer
from tests.stock import enrol, states

SECOND = timedelta(seconds=1)


@pytest.fixture
def freeze(db, factory):
    """Freeze a real edition for these readers."""
    from digest.store.editions import audience

    def freeze_for(*emails):
        enrol(db, *emails)
        contents = factory.contents(an_edition(an_article("The tide gauge")), a_selection())

        def query(tx):
            made = edition_contents.make_edition(
                tx, "weekly", MONDAY, contents, planned=False, now=MONDAY
            )
            audience.fix_audience(tx, made.id, MONDAY)
            return made.id

        return db.write(query)

    return freeze_for


@pytest.fixture
def paced(post, clock):
    """What carries messages under limits; waiting moves the clock, and nothing else does."""

    async def nap(seconds):
        clock.pass_(seconds=seconds)

    def post_to(server, limits=Limits(), **changes):  # noqa: B008 (it is frozen)
        patient = Timeouts(connect=30, command=30, data=30, dot=30, quit=30)
        target = Server("127.0.0.1", server.port, "none")
        made = post(server, **changes)
        return replace(
            made,
            mailers=lambda: SmtpMailer(target, timeouts=patient),
            limits=limits,
            nap=nap,
        )

    return post_to


def readers(count, domain="reader.example"):
    return [f"r{n}@{domain}" for n in range(count)]


async def test_a_send_goes_no_faster_than_it_may_and_to_the_end(db, paced, clock, freeze):
    edition = freeze(*readers(95))
    async with SmtpServer() as server:
        tally = await deliver(paced(server, Limits(relay=Rate(600, timedelta(minutes=1)))))
    assert tally.counts == {DeliveryState.SENT: 95}
    assert tally.finished == [edition]
    assert clock.now - MONDAY >= timedelta(seconds=8.5)
    assert clock.now - MONDAY <= timedelta(seconds=12)


async def test_one_provider_does_not_delay_the_others(db, paced, clock, freeze):
    freeze(*readers(30, "club.example"), *readers(30))
    club = Mailboxes("club", ("club.example",), Rate(1, SECOND))
    async with SmtpServer() as server:
        tally = await deliver(paced(server, Limits(mailboxes=(club,)), connections=3))
    order = [one.rcpt_tos[0].rpartition("@")[2] for one in server.messages]
    assert tally.counts == {DeliveryState.SENT: 60}
    assert set(order[:20]) == {"reader.example", "club.example"}
    assert set(order[32:]) == {"club.example"}
    assert clock.now - MONDAY >= timedelta(seconds=29)


async def test_outside_its_hours_nothing_goes_and_the_run_ends(db, paced, clock, freeze):
    freeze(*readers(2))
    limits = Limits(hours={"weekly": Hours(time(9), time(21), "Europe/Berlin")})
    async with SmtpServer() as server:
        early = await deliver(paced(server, limits))
        assert server.messages == []
        assert early.wait
        clock.now = early.wait.until
        await deliver(paced(server, limits))
    assert Counter(states(db).values()) == {"sent": 2}


async def test_a_send_that_is_stopped_costs_the_day_only_what_went(db, paced, clock, freeze):
    freeze(*readers(60))
    stop = asyncio.Event()
    async with SmtpServer() as server:
        new = paced(server, Limits(warm_up=50))
        first = await deliver(new, stop=stop, done=lambda _: stop.set())
        rest = await deliver(new)
        assert rest.wait
        assert first.counts[DeliveryState.SENT] + rest.counts[DeliveryState.SENT] == 50
        clock.now = rest.wait.until
        await deliver(new)
    assert Counter(states(db).values()) == {"sent": 60}


async def test_a_server_in_trouble_costs_a_new_sender_nothing(db, paced, clock, freeze):
    freeze(*readers(60))
    async with SmtpServer(greeting="421 busy") as server:
        assert (await deliver(paced(server, Limits(warm_up=50)), edition=1)).trouble
    clock.pass_(hours=1)
    async with SmtpServer() as server:
        tally = await deliver(paced(server, Limits(warm_up=50)))
    assert tally.counts == {DeliveryState.SENT: 50}


async def test_who_is_told_of_each_message_and_fails_holds_up_nobody(db, post, freeze):
    """For example a progress bar whose terminal is gone."""
    freeze(*readers(20))
    told = []

    def fail(state):
        told.append(state)
        raise BrokenPipeError

    async with SmtpServer() as server:
        async with asyncio.timeout(30):
            tally = await deliver(post(server, connections=3), done=fail)
    assert tally.counts == {DeliveryState.SENT: 20}
    assert told == [DeliveryState.SENT]


async def test_a_stop_is_heard_while_it_waits(db, paced, clock, freeze):
    freeze(*readers(30))
    stop = asyncio.Event()

    async def nap(seconds):
        await asyncio.sleep(0)
        if server.messages:
            stop.set()

    async with SmtpServer() as server:
        slow = paced(server, Limits(relay=Rate(1, timedelta(minutes=1))))
        await deliver(replace(slow, nap=nap), stop=stop)
    assert Counter(states(db).values()) == {"sent": 1, "pending": 29}


# ---------------------------------------------------------------- holding back


class Disgusted(SmtpServer):
    """Takes everybody for a sender of spam."""

    async def _fault(self, session, phase, address):
        if phase == "dot":
            await self._say(session, "554 5.7.1 looks like spam")
            return True
        return False


async def test_an_edition_that_mostly_fails_is_paused_and_the_rest_is_spared(db, paced, freeze):
    edition = freeze(*(f"reader{n}@d{n % 100}.example" for n in range(300)))
    async with Disgusted() as server:
        tally = await deliver(paced(server, connections=4))
    why = "50 of the first 50 readers failed, the last with: 554 5.7.1 looks like spam"
    kept = db.read(editions.by_id, edition)
    assert (kept.state, kept.why) == (EditionState.PAUSED, why)
    assert tally.paused == {edition: why}
    counts = Counter(states(db).values())
    assert counts["failed"] + counts["pending"] == 300
    assert counts["failed"] <= 75


class Small(SmtpServer):
    """Takes no message of ours."""

    async def _fault(self, session, phase, address):
        if phase == "dot":
            await self._say(session, "552 5.3.4 message too big")
            return True
        return False


async def test_an_edition_that_is_too_big_is_paused_and_nobody_fails(db, paced, freeze):
    edition = freeze(*readers(30))
    async with Small() as server:
        await deliver(paced(server))
    kept = db.read(editions.by_id, edition)
    assert kept.state is EditionState.PAUSED
    assert kept.why.startswith("the mail server takes no message of this size: 552 5.3.4")
    assert "failed" not in states(db).values()


class Narrow(SmtpServer):
    """Bears so many connections at once, and says 421 to any more."""

    bears = 2

    async def _converse(self, session):
        if self.open > self.bears:
            await self._say(session, "421 4.7.0 too many connections from you")
        await super()._converse(session)


async def test_a_server_that_bears_two_connections_gets_everything(db, paced, clock, freeze):
    freeze(*readers(120))
    async with Narrow() as server:
        tally = await deliver(paced(server, connections=8))
        assert tally.trouble == ""
        assert tally.counts[DeliveryState.SENT] >= 117  # one that was alone refused waits a minute
        clock.pass_(minutes=1)
        await deliver(paced(server, connections=8))
    assert Counter(states(db).values()) == {"sent": 120}
    assert 1 <= db.read(rate_limit.connections, 8) <= 4


class OverQuota(SmtpServer):
    """Has had too much of us."""

    async def _fault(self, session, phase, address):
        if phase == "dot" and len(self.messages) == 3:
            await self._say(session, "421 4.7.28 unusual rate of mail from you")
            return True
        return False


async def test_who_has_had_too_much_of_us_is_left_in_peace_for_ten_minutes(
    db, paced, clock, freeze
):
    freeze(*readers(20))
    async with OverQuota() as server:
        tally = await deliver(paced(server))
        assert tally.trouble.startswith("421 4.7.28")
        commands = len(server.commands)
        clock.pass_(minutes=8)
        again = await deliver(paced(server))
        assert server.commands[commands:] == []
        assert again.wait
        assert again.wait.until == MONDAY + timedelta(minutes=10)
    async with SmtpServer() as server:
        clock.pass_(minutes=2)
        await deliver(paced(server, connections=4))
        assert len(server.messages) == 17
    assert Counter(states(db).values()) == {"sent": 20}
