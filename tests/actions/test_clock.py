"""A clock that is wrong for a while."""

from collections import Counter
from datetime import timedelta

from digest.actions.deliver import deliver
from digest.actions.publish import publish_due
from digest.store import editions
from tests.builders import MONDAY, a_newsletter
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

ADA, LATER, GREY = "ada@reader.example", "rcpt-450@fault.test", "greylist@fault.test"


def beat(db, press, clock):
    """What the scheduler does each minute."""
    return publish_due(db, press, [a_newsletter()], clock())


async def test_a_clock_that_is_set_back_makes_nothing_twice(db, press, post, clock):
    keep_article(db, published=MONDAY - timedelta(days=2))
    enrol(db, ADA, GREY, now=MONDAY - timedelta(days=6))
    clock.pass_(days=-6)
    beat(db, press, clock)
    clock.pass_(days=6)
    assert len(beat(db, press, clock)) == 1

    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(hours=-1)
        for _ in range(4):
            assert beat(db, press, clock) == []
            assert (await deliver(post(server))).counts == {}  # nobody is tried early
            clock.pass_(minutes=20)
        assert states(db) == {ADA: "sent", GREY: "deferred"}
        await deliver(post(server))

        assert Counter(one.rcpt_tos[0] for one in server.messages) == {ADA: 1, GREY: 1}
    assert len(db.read(editions.listed)) == 1


async def test_a_clock_that_jumps_ahead_sends_nobody_two(db, press, post, clock):
    keep_article(db, published=MONDAY - timedelta(days=2))
    readers = [f"reader{n}@reader.example" for n in range(20)]
    enrol(db, *readers, now=MONDAY - timedelta(days=6))
    clock.pass_(days=-6)
    beat(db, press, clock)
    clock.pass_(days=6)
    beat(db, press, clock)

    def jump(_state):
        if clock.now < MONDAY + timedelta(days=8):
            clock.pass_(days=8)  # far beyond the lease, and the next edition's moment
            beat(db, press, clock)

    async with SmtpServer() as server:
        sender = post(server, connections=3)
        await deliver(sender, done=jump)
        await deliver(post(server))

        assert Counter(one.rcpt_tos[0] for one in server.messages) == Counter(readers)
    assert set(states(db).values()) == {"sent"}
