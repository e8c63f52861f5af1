"""Answers belong to the command that they answer, whatever a server does."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused
from digest.mail.pipeline import LONGEST_REPLY, Conversation, Reply
from tests.builders import an_envelope
from tests.examples import examples
from tests.mail.conftest import sent, to, until
from tests.smtp_server import SmtpServer

# ---------------------------------------------------------------- replies


class Cable(asyncio.Transport):
    """A transport that keeps what is written, and says what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.gone = b"", False

    def write(self, data) -> None:
        self.written += data

    def set_protocol(self, protocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return self.gone

    def abort(self) -> None:
        self.gone = True


def talking(said: int):
    """A conversation in which so many commands wait for their answers."""
    cable = Cable()
    talk = Conversation(cable)
    talk.say((b"NOOP\r\n",) * said, said)
    return talk, cable


LINES = st.lists(st.text("abc 250-é", max_size=8).map(str.strip), min_size=1, max_size=4)
REPLIES = st.lists(st.tuples(st.integers(200, 599), LINES), min_size=1, max_size=5)


def spoken(replies) -> bytes:
    return b"".join(
        f"{code}{' ' if n == len(lines) - 1 else '-'}{line}\r\n".encode()
        for code, lines in replies
        for n, line in enumerate(lines)
    )


@given(REPLIES, st.data())
async def test_replies_are_the_same_wherever_they_are_cut(replies, data):
    stream = spoken(replies)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    talk, _ = talking(len(replies))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        talk.data_received(stream[start:end])
    heard = [await talk.reply(1) for _ in replies]
    assert heard == [Reply(code, "\n".join(lines)) for code, lines in replies]


async def test_replies_are_the_same_when_cut_at_every_octet():
    stream = b"250-one\r\n250-two\r\n250 three\r\n550 5.1.1 no\r\n354\r\n"
    whole = [Reply(250, "one\ntwo\nthree"), Reply(550, "5.1.1 no"), Reply(354, "")]
    for cut in range(len(stream)):
        talk, _ = talking(3)
        talk.data_received(stream[:cut])
        talk.data_received(stream[cut:])
        assert [await talk.reply(1) for _ in range(3)] == whole


@pytest.mark.parametrize(
    "nonsense",
    [b"hello\r\n", b"25\r\n", b"2500 ok\r\n", b"\xff\xfe\r\n", b"250-a\r\n251 b\r\n", b"\r\n"],
)
async def test_what_is_no_reply_is_known_as_none(nonsense):
    talk, _ = talking(1)
    talk.data_received(nonsense)
    assert (await talk.reply(1)).code == -1


async def test_a_server_that_speaks_out_of_turn_is_out_of_step():
    talk, cable = talking(1)
    talk.data_received(b"250 yes\r\n421 too late for that\r\n")
    assert await talk.reply(1) == Reply(250, "yes")
    with pytest.raises(OSError, match="nobody asked for: 421"):
        await talk.reply(1)
    assert cable.gone


@pytest.mark.parametrize("flood", [b"x" * 70_000, b"250-x\r\n" * 7_000])
async def test_a_reply_without_an_end_is_not_kept(flood):
    talk, cable = talking(1)
    for start in range(0, len(flood), 1000):
        talk.data_received(flood[start : start + 1000])
    with pytest.raises(OSError, match="without an end"):
        await talk.reply(1)
    assert cable.gone
    assert len(flood) > LONGEST_REPLY


async def test_what_was_heard_before_the_end_counts():
    talk, _ = talking(2)
    talk.data_received(b"250 yes\r\n")
    talk.connection_lost(None)
    assert await talk.reply(1) == Reply(250, "yes")
    with pytest.raises(ConnectionError):
        await talk.reply(1)


async def test_a_short_wait_is_not_made_longer_by_a_long_one_before():
    talk, _ = talking(2)
    asyncio.get_running_loop().call_soon(talk.data_received, b"250 yes\r\n")
    assert await talk.reply(600) == Reply(250, "yes")
    with pytest.raises(TimeoutError):
        await talk.reply(0.01)


# ---------------------------------------------------------------- groups


async def in_a_row(mailer, *readers, **changes):
    """Send to these readers as a sender does, each offered along with the one before."""
    envelopes = [an_envelope(reader, **changes) for reader in readers]
    outcomes = []
    for envelope, following in zip(envelopes, [*envelopes[1:], None], strict=True):
        outcomes.append(await mailer.offer(envelope) or await mailer.complete(following))
    return outcomes


async def test_the_next_message_is_offered_with_the_end_of_the_one_before(server, mailer):
    readers = [f"reader{n}@reader.example" for n in range(3)]
    outcomes = await in_a_row(mailer, *readers)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert [one.rcpt_tos[0] for one in server.messages] == readers
    size = len(server.messages[0].message)
    sender = b"MAIL FROM:<bounces@harbour.example> SIZE=%d\r\n" % size
    offer = sender + b"RCPT TO:<reader%d@reader.example>\r\nDATA\r\n"
    assert server.ahead == [offer % 1, offer % 2, b""]


@pytest.mark.parametrize("how", [{"pipelining": False}, {}])
async def test_nothing_is_grouped_where_it_is_not_wanted(how):
    async with SmtpServer(extensions=["PIPELINING"] if how else []) as server:
        mailer = to(server, **how)
        outcomes = await in_a_row(mailer, *(f"reader{n}@reader.example" for n in range(3)))
        await mailer.close()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert server.ahead == [b"", b"", b""]
    assert server.connections == 1


async def test_a_server_that_wants_a_body_for_a_refused_reader_gets_an_empty_one():
    async with SmtpServer(lax=True) as server:
        mailer = to(server)
        readers = ["ada@reader.example", "rcpt-550@fault.test", "zoe@reader.example"]
        ada, refused, zoe = await in_a_row(mailer, *readers)
        await mailer.close()
    assert isinstance(ada, Accepted)
    assert isinstance(zoe, Accepted)
    assert refused == Refused(Phase.RCPT, 550, "5.1.1 as rcpt-550@fault.test asked")
    assert server.for_nobody == [b".\r\n"]
    assert [one.rcpt_tos[0] for one in server.messages] == [readers[0], readers[2]]
    assert server.connections == 1


async def test_a_withdrawn_message_leaves_the_one_before_as_it_is(server, mailer):
    one, two = an_envelope("one@reader.example"), an_envelope("two@reader.example")
    await mailer.offer(one)
    assert isinstance(await mailer.complete(two), Accepted)
    assert await mailer.offer(two) is None
    mailer.withdraw()
    assert isinstance(await sent(mailer, "three@reader.example"), Accepted)
    got = [received.rcpt_tos[0] for received in server.completed]
    assert got == ["one@reader.example", "three@reader.example"]


async def test_an_answer_is_known_although_the_next_reader_makes_the_server_wait(server, mailer):
    one, two = an_envelope("one@reader.example"), an_envelope("rcpt-late@fault.test")
    await mailer.offer(one)
    assert isinstance(await mailer.complete(two), Accepted)
    server.resume.set()
    assert await mailer.offer(two) is None


async def test_nothing_is_offered_along_on_a_connection_that_is_about_to_end(server):
    mailer = to(server, recycle_after=2)
    readers = [f"reader{n}@reader.example" for n in range(5)]
    outcomes = await in_a_row(mailer, *readers)
    await mailer.close()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert server.connections == server.verbs.count("QUIT") == 3
    assert len(server.messages) == 5


async def test_the_goodbye_goes_along_with_the_last_and_a_known_server_is_asked_at_once(server):
    mailer = to(server, recycle_after=2)
    outcomes = await in_a_row(mailer, *(f"reader{n}@reader.example" for n in range(6)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    ends = [ahead.rpartition(b"DATA\r\n")[2] for ahead in server.ahead]
    assert ends == [b"", b"QUIT\r\n"] * 3
    assert server.connections == 3
    assert server.with_mail[0] == b""
    assert all(rest.endswith(b"DATA\r\n") for rest in server.with_mail[1:])


async def test_one_that_the_server_can_not_take_is_not_offered_along():
    async with SmtpServer(extensions=["PIPELINING"]) as server:
        mailer = to(server)
        ada, umlaut, zoe = await in_a_row(
            mailer, "ada@reader.example", "用户@reader.example", "zoe@reader.example"
        )
        await mailer.close()
    assert isinstance(ada, Accepted)
    assert "SMTPUTF8" in umlaut.why
    assert isinstance(zoe, Accepted)
    assert server.connections == 1


async def test_a_cancelled_group_never_answers_for_another_reader(server, mailer):
    one, two = an_envelope("dot-late@fault.test"), an_envelope("two@reader.example")
    await mailer.offer(one)
    transfer = asyncio.create_task(mailer.complete(two))
    await until(lambda: server.completed)
    transfer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await transfer
    server.resume.set()
    assert isinstance(await sent(mailer, "rcpt-550@fault.test"), Refused)
    assert isinstance(await sent(mailer, "last@reader.example"), Accepted)


# ---------------------------------------------------------------- faults in every order

FAULTS: dict[str, tuple[type, set[Phase | None], set[int | None]]] = {
    "ada": (Accepted, {None}, {None}),
    "rcpt-550": (Refused, {Phase.RCPT}, {550}),
    "rcpt-450": (Refused, {Phase.RCPT}, {450}),
    "rcpt-421": (Refused, {Phase.RCPT}, {421}),
    "data-451": (Refused, {Phase.DATA}, {451}),
    "data-421": (Refused, {Phase.DATA}, {421}),
    "dot-554": (Refused, {Phase.DOT}, {554}),
    "dot-421": (Refused, {Phase.DOT}, {421}),
    "early-550": (Refused, {Phase.DOT}, {550}),
    "rcpt-drop": (Broken, {Phase.RCPT}, {None}),
    "rcpt-garbage": (Broken, {Phase.RCPT}, {None}),
    "data-drop": (Broken, {Phase.RCPT, Phase.DATA}, {None}),
    "data-250": (Broken, {Phase.DATA}, {None}),
    "dot-drop": (Broken, {Phase.DOT}, {None}),
    "dot-251": (Broken, {Phase.DOT}, {None}),
    "dot-garbage": (Broken, {Phase.DOT}, {None}),
}
WAYS = st.fixed_dictionaries(
    {"lax": st.booleans(), "cut": st.sampled_from([0, 1, 7]), "per_connection": st.integers(0, 3)}
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(FAULTS)), min_size=2, max_size=9), WAYS, st.booleans())
async def test_everybody_gets_their_own_answer_whatever_stands_beside_them(faults, how, grouped):
    readers = [f"{fault}+{n}@fault.test" for n, fault in enumerate(faults)]
    async with asyncio.timeout(60), SmtpServer(**how) as server:
        mailer = to(server, pipelining=grouped)
        outcomes = await in_a_row(mailer, *readers)
        await mailer.close()
    for fault, outcome in zip(faults, outcomes, strict=True):
        kind, phases, codes = FAULTS[fault]
        assert isinstance(outcome, kind), (fault, outcome)
        assert getattr(outcome, "phase", None) in phases, (fault, outcome)
        assert getattr(outcome, "code", None) in codes, (fault, outcome)
    accepted = [one for one, fault in zip(readers, faults, strict=True) if fault == "ada"]
    assert [one.rcpt_tos[0] for one in server.messages] == accepted
    completed = [one.rcpt_tos[0] for one in server.completed]
    assert len(completed) == len(set(completed))
    assert set(server.for_nobody) <= {b".\r\n"}
