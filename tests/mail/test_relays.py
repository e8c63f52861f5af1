"""Several servers: shares by weight, and a way around trouble."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.delivery.smtp_outcome import Accepted, Broken, Refused
from digest.mail.connect import Server
from digest.mail.relays import LONG_REST, REST, STAY, Relay, RelayMailer, Relays
from digest.mail.smtp import SmtpMailer
from tests.builders import an_envelope
from tests.mail.conftest import PATIENT, sent
from tests.smtp_server import SmtpServer


def a_relay(name="a", weight=1) -> Relay:
    return Relay(Server(f"{name}.test", 25), weight)


def through(*servers, weights=None):
    """A connection to these servers; and how they are."""
    relays = [
        Relay(Server("127.0.0.1", server.port, "none", local_hostname="sender.test"), weight)
        for server, weight in zip(servers, weights or [1] * len(servers), strict=True)
    ]
    board = Relays(relays)
    return RelayMailer(board, lambda server: SmtpMailer(server, timeouts=PATIENT)), relays


# ---------------------------------------------------------------- who is next


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 60))
def test_connections_are_shared_by_weight(weights, connections):
    relays = [a_relay(str(n), weight) for n, weight in enumerate(weights)]
    board = Relays(relays)
    for _ in range(connections):
        picked = board.pick(0)
        assert picked
        picked.held += 1
    for relay in relays:
        assert abs(relay.held - connections * relay.weight / sum(weights)) < len(weights)


def test_one_that_rests_or_has_no_share_comes_after_the_others():
    first, second, spare = a_relay("a"), a_relay("b"), a_relay("c", weight=0)
    board = Relays([first, second, spare])
    first.rests_until = 10
    assert board.pick(0) is second
    assert board.pick(0, [second]) is spare
    assert board.pick(0, [second, spare]) is None
    assert board.pick(11) is first


def test_where_all_rest_the_one_that_is_soonest_well_is_asked():
    first, second = a_relay("a"), a_relay("b")
    first.rests_until, second.rests_until = 20, 10
    assert Relays([first, second]).pick(0) is second


# ---------------------------------------------------------------- over the wire


@pytest.mark.parametrize("greeting", ["554 go away", "421 4.3.2 too busy"])
async def test_a_server_in_trouble_costs_nobody_a_message(greeting):
    async with SmtpServer(greeting=greeting) as bad, SmtpServer() as good:
        mailer, relays = through(bad, good, weights=[9, 1])
        for n in range(3):
            assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
        await mailer.close()
    assert [one.rcpt_tos[0] for one in good.messages] == [
        f"reader{n}@reader.example" for n in range(3)
    ]
    assert bad.connections == 1
    assert [relay.held for relay in relays] == [0, 0]


async def test_a_server_that_is_gone_in_the_middle_is_left_for_the_other():
    async with SmtpServer() as good:
        async with SmtpServer() as bad:
            mailer, _ = through(bad, good, weights=[1, 0])
            assert isinstance(await sent(mailer, "one@reader.example"), Accepted)
        assert isinstance(await sent(mailer, "two@reader.example"), Accepted)
        await mailer.close()
    assert [len(server.messages) for server in (bad, good)] == [1, 1]


async def test_what_was_offered_along_to_a_server_that_gives_up_goes_through_the_other():
    one, two = an_envelope("one@reader.example"), an_envelope("mail@reader.example")
    async with SmtpServer(per_connection=1) as first, SmtpServer() as second:
        mailer, relays = through(first, second, weights=[1, 0])
        assert await mailer.offer(one) is None
        assert isinstance(await mailer.complete(two), Accepted)
        relays[0].server = Server("127.0.0.1", 1, "none")
        first.greeting = "421 no more"
        assert await mailer.offer(two) is None
        assert isinstance(await mailer.complete(), Accepted)
        await mailer.close()
    assert [len(server.messages) for server in (first, second)] == [1, 1]


async def test_where_every_server_is_in_trouble_the_last_word_stands():
    async with SmtpServer(greeting="554 first") as a, SmtpServer(greeting="554 second") as b:
        mailer, relays = through(a, b)
        outcome = await sent(mailer)
        assert isinstance(outcome, Refused)
        assert outcome.reply == "second"
        await mailer.close()
    assert all(relay.rests_until > 0 for relay in relays)


async def test_a_refused_reader_is_not_taken_to_another_server(server):
    async with SmtpServer() as other:
        mailer, relays = through(server, other)
        for fault in ("rcpt-550", "rcpt-450", "data-451", "dot-554"):
            assert isinstance(await sent(mailer, f"{fault}@fault.test"), Refused)
        assert isinstance(await sent(mailer, "dot-drop@fault.test"), Broken)
        await mailer.close()
    assert other.connections == 0
    assert relays[0].rests_until == 0


async def test_a_server_that_takes_a_person_to_mend_rests_longer():
    async with SmtpServer(login=("other", "password")) as bad, SmtpServer() as good:
        mailer, relays = through(bad, good, weights=[1, 0])
        relays[0].server = Server("127.0.0.1", bad.port, "none", "harbour", "wrong")
        assert isinstance(await sent(mailer), Accepted)
        await mailer.close()
    assert relays[0].rests_until > LONG_REST - REST


async def test_a_connection_that_is_best_off_where_it_is_stays_there():
    async with SmtpServer() as one, SmtpServer() as two:
        mailer, relays = through(one, two)
        relays[1].held = 5
        for n in range(STAY + 2):
            assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
        await mailer.close()
    assert [len(server.messages) for server in (one, two)] == [STAY + 2, 0]
    assert relays[0].held == 0


async def test_a_connection_asks_again_now_and_then_who_is_best_off():
    async with SmtpServer() as one, SmtpServer() as two:
        mailer, relays = through(one, two)
        relays[0].held = 1  # somebody else is there
        for n in range(STAY + 2):
            assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
            if n == 0:
                relays[0].held, relays[1].held = 0, 5
        await mailer.close()
    assert [len(server.messages) for server in (one, two)] == [2, STAY]


# ---------------------------------------------------------------- each at its own pace


@given(
    st.floats(0.001, 30),
    st.lists(st.floats(0, 20), min_size=1, max_size=60),
)
def test_no_server_is_offered_more_than_it_may_be(gap, pauses):
    relay, now, went = Relay(Server("a.test", 25), gap=gap), 1000.0, []
    for pause in pauses:
        now += pause
        wait = relay.wait(now)
        relay.take(now)
        went.append(now + wait)
    for first, at in enumerate(went):
        for last in range(first, len(went)):
            allowed = (went[last] - at + max(0.0, 1 - gap)) / gap + 1
            assert last - first + 1 <= allowed + 1e-6


def test_one_without_a_limit_never_waits():
    relay = a_relay()
    for _ in range(1000):
        relay.take(0)
    assert relay.wait(0) == 0


def test_one_that_has_had_its_fill_is_passed_over():
    slow, other = a_relay("a"), a_relay("b")
    slow.gap = 60
    board = Relays([slow, other])
    slow.take(0)
    other.held = 9
    assert board.pick(0) is other
    assert board.pick(56) is slow
    assert Relays([slow]).pick(0) is slow


async def test_a_connection_does_not_wait_for_a_server_that_has_had_its_fill():
    async with SmtpServer() as slow, SmtpServer() as other:
        mailer, relays = through(slow, other, weights=[9, 1])
        relays[0].gap = 3600.0
        for n in range(5):
            assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
        await mailer.close()
    assert (len(slow.messages), len(other.messages)) == (1, 4)


async def test_nothing_is_offered_along_that_must_wait():
    async with SmtpServer() as slow:
        mailer, relays = through(slow)
        relays[0].gap = 0.2
        envelopes = [an_envelope(f"reader{n}@reader.example") for n in range(7)]
        began = asyncio.get_running_loop().time()
        for one, following in zip(envelopes, [*envelopes[1:], None], strict=True):
            assert await mailer.offer(one) is None
            assert isinstance(await mailer.complete(following), Accepted)
        took = asyncio.get_running_loop().time() - began
        await mailer.close()
    assert took >= 0.2 * (7 - 5)  # five may go in the first second
    assert len(slow.messages) == 7
    assert [bool(ahead) for ahead in slow.ahead].count(True) < 6


def queue(gap):
    """Where places are booked, one gap after the other, by whoever has this."""
    tail = 0.0

    async def book(places):
        nonlocal tail
        await asyncio.sleep(0)
        now = asyncio.get_running_loop().time()
        first = max(tail, now)
        tail = first + places * gap
        return first - now

    return book


async def test_senders_that_share_a_queue_keep_the_pace_together():
    gap = 0.1
    async with SmtpServer() as slow:
        book, loop = queue(gap), asyncio.get_running_loop()
        began = loop.time()

        async def send(number):
            mailer, relays = through(slow)
            relays[0].gap, relays[0].book = gap, book
            envelopes = [an_envelope(f"r{n}of{number}@reader.example") for n in range(3)]
            for one, following in zip(envelopes, [*envelopes[1:], None], strict=True):
                assert await mailer.offer(one) is None
                assert isinstance(await mailer.complete(following), Accepted)
            await mailer.close()

        await asyncio.gather(send(1), send(2))
        took = loop.time() - began
    assert len(slow.messages) == 6
    assert took >= gap * (6 - 1) - 0.01  # each has a place of its own


async def test_a_server_whose_places_others_have_is_passed_over():
    async with SmtpServer() as slow, SmtpServer() as other:
        mailer, relays = through(slow, other, weights=[9, 1])
        relays[0].gap, relays[0].book = 3600.0, queue(3600.0)
        await relays[0].book(1)
        assert isinstance(await sent(mailer, "reader@reader.example"), Accepted)
        await mailer.close()
    assert (len(slow.messages), len(other.messages)) == (0, 1)
