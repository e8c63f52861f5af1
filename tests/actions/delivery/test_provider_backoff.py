"""A provider that refuses us, and readers who are not refused themselves."""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from digest.actions.delivery.deliver import deliver
from digest.actions.editions.publish import publish
from digest.actions.transactional.notify_admin import notify
from digest.core.delivery.state import DeliveryState
from digest.store.delivery import progress
from digest.store.editions import editions
from digest.store.readers import subscribers
from tests.builders import MONDAY, a_newsletter
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

CLUB = [f"member{n}@club.example" for n in range(40)]
OTHERS = [f"reader{n}@reader.example" for n in range(40)]
REFUSAL = "550 5.7.26 not authenticated"
WEEKLY = a_newsletter()


@pytest.fixture
def edition(db, factory):
    """An edition for the club and for others."""
    keep_article(db, published=MONDAY - timedelta(days=2))
    enrol(db, *(one for pair in zip(CLUB, OTHERS, strict=True) for one in pair))
    return publish(db, factory, WEEKLY, MONDAY, MONDAY).edition.id


class Closed(SmtpServer):
    """Refuses everybody at the club, until `resume` is set."""

    async def _fault(self, session, phase, address):
        if phase == "rcpt" and address.endswith("@club.example") and not self.resume.is_set():
            await self._say(session, REFUSAL)
            return True
        return False


def club(db):
    return Counter(state for email, state in states(db).items() if email in CLUB)


def others(db):
    return {state for email, state in states(db).items() if email in OTHERS}


async def test_a_domain_that_refuses_us_is_left_alone_and_its_other_readers_wait(db, post, edition):
    async with Closed() as server:
        tally = await deliver(post(server))

    assert club(db) == {"failed": 5, "deferred": 35}
    assert others(db) == {"sent"}
    assert tally.trouble == ""
    waiting = db.read(progress.edition_counts, db.read(editions.by_id, edition), MONDAY).deferred
    assert {one.why for one in waiting} == {f"club.example refuses our mail: {REFUSAL}"}
    assert all(db.read(subscribers.find_subscriber, who).suppressions == () for who in CLUB)


async def test_after_a_while_one_reader_tries_whether_it_has_changed_its_mind(
    db, post, clock, edition
):
    async with Closed() as server:
        await deliver(post(server))
        clock.pass_(minutes=59)
        assert (await deliver(post(server))).counts == {}
        clock.pass_(minutes=1)
        assert (await deliver(post(server))).counts == {DeliveryState.FAILED: 1}
        clock.pass_(minutes=119)
        assert (await deliver(post(server))).counts == {}
        clock.pass_(minutes=1)
        server.resume.set()
        tally = await deliver(post(server))

    assert tally.counts == {DeliveryState.SENT: 34}
    assert club(db) == {"failed": 6, "sent": 34}
    assert tally.finished == [edition]


async def test_a_refusal_of_weeks_ago_is_forgotten(db, factory, post, clock, edition):
    async with Closed() as server:
        await deliver(post(server))
        clock.pass_(days=21)
        keep_article(db, "Another tide", published=clock.now - timedelta(days=1))
        publish(db, factory, WEEKLY, clock.now, clock.now)
        await deliver(post(server))
        news = await told(post, clock)

    newest = db.read(editions.newest_editions)[0]
    counts = db.read(progress.edition_counts, newest, clock.now).counts
    assert (counts[DeliveryState.FAILED], counts[DeliveryState.DEFERRED]) == (5, 35)
    assert "The Harbour Weekly: a provider refuses your mail" in news


async def test_a_person_who_sends_need_not_wait_for_that(db, post, edition):
    async with Closed() as server:
        await deliver(post(server))
        server.resume.set()
        by_itself = await deliver(post(server))
        by_hand = await deliver(post(server), edition=edition)

    assert by_itself.counts == {}
    assert by_hand.counts == {DeliveryState.SENT: 35}


async def test_one_who_is_accepted_shows_that_it_is_not_the_domain(db, post, edition):
    class Choosy(Closed):
        async def _fault(self, session, phase, address):
            chosen = int("".join(filter(str.isdigit, address)) or 0) % 5 == 0
            return not chosen and await super()._fault(session, phase, address)

    async with Choosy() as server:
        await deliver(post(server))

    assert club(db) == {"failed": 32, "sent": 8}


@pytest.mark.parametrize("connections", [1, 4])
async def test_however_many_connections_few_readers_pay_for_it(db, post, edition, connections):
    async with Closed() as server:
        await deliver(post(server, connections=connections))

    assert 5 <= club(db)["failed"] <= 5 + 2 * (connections - 1)
    assert others(db) == {"sent"}


# ---------------------------------------------------------------- telling the admin


async def told(post, clock):
    """What the admin is told, by its subject."""
    async with SmtpServer() as server:
        await notify(post(server), ("editor@harbour.example",), {"weekly": WEEKLY})
        found = [one.message for one in server.messages]
    messages = [message_from_bytes(one, policy=policy.default) for one in found]
    return {str(one["Subject"]): "".join(map(str, one.iter_parts())) for one in messages}


async def test_the_admin_is_told_once_who_refuses_and_why(db, post, clock, edition):
    async with Closed() as server:
        await deliver(post(server))
        first = await told(post, clock)
        clock.pass_(hours=1)
        await deliver(post(server))
        second = await told(post, clock)

    (words,) = first.values()
    assert list(first) == ["The Harbour Weekly: a provider refuses your mail"]
    assert f"club.example refuses our mail: {REFUSAL}" in " ".join(words.split())
    assert second == {}


async def test_the_admin_is_told_that_most_of_the_first_refused_it(db, factory, post, clock):
    keep_article(db, published=MONDAY - timedelta(days=2))
    enrol(db, *(f"reader{n}@d{n}.example" for n in range(60)))
    publish(db, factory, WEEKLY, MONDAY, MONDAY)

    class Disgusted(SmtpServer):
        async def _fault(self, session, phase, address):
            if phase == "dot":
                await self._say(session, "554 5.7.1 looks like spam")
            return phase == "dot"

    async with Disgusted() as server:
        await deliver(post(server))
    first, second = await told(post, clock), await told(post, clock)

    (words,) = first.values()
    assert list(first) == ["The Harbour Weekly: edition 1 is paused"]
    assert "50 of the first 50 readers failed" in " ".join(words.split())
    assert second == {}
