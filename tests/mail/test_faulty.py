"""The server of the rehearsals, with our own client and byte for byte."""

import asyncio
import json

import pytest

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused
from digest.core.operations.fault_plan import PlannedFault
from digest.mail.connect import Server
from digest.mail.faulty import FaultyServer, read_record
from digest.mail.smtp import SmtpMailer
from digest.mail.transfer import Timeouts
from tests.builders import MONDAY, an_envelope

PATIENT = Timeouts(connect=10, command=10, data=10, dot=10, quit=10)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "taken.jsonl"


def a_server(path, faults=None, **options):
    return FaultyServer(path, lambda: MONDAY, faults=(faults or {}).get, **options)


def a_mailer(server, **options):
    return SmtpMailer(Server("127.0.0.1", server.port, "none"), timeouts=PATIENT, **options)


async def sent(mailer, envelope):
    return await mailer.offer(envelope) or await mailer.complete()


def to(reader, number=1):
    return an_envelope(rcpt_to=reader, delivery=number)


def readers(path):
    return [copy.reader for copy in read_record(path).copies]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_it_takes_what_comes_and_has_it_written_down_before_it_says_so(path, pipelining):
    async with a_server(path, pipelining=pipelining) as server:
        mailer = a_mailer(server)
        for number in range(3):
            outcome = await sent(mailer, to(f"r{number}@reader.example"))
            assert isinstance(outcome, Accepted)
            assert len(path.read_bytes().splitlines()) == number + 1
        await mailer.close()
    assert readers(path) == ["r0@reader.example", "r1@reader.example", "r2@reader.example"]


async def test_messages_in_one_group_are_told_apart(path):
    async with a_server(path) as server:
        mailer = a_mailer(server)
        envelopes = [to(f"r{number}@reader.example") for number in range(20)]
        for one, following in zip(envelopes, [*envelopes[1:], None], strict=True):
            assert await mailer.offer(one) is None
            assert isinstance(await mailer.complete(following), Accepted)
        await mailer.close()
    assert readers(path) == [one.rcpt_to for one in envelopes]


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
@pytest.mark.parametrize("code", [450, 550])
async def test_it_refuses_at_the_phase_that_is_asked_for(path, phase, code):
    fault = PlannedFault(phase, f"{code} 5.0.0 as asked")
    async with a_server(path, {"bad@reader.example": fault}) as server:
        mailer = a_mailer(server)
        outcome = await sent(mailer, to("bad@reader.example"))
        assert (outcome.phase, outcome.code) == (phase, code)
        assert isinstance(await sent(mailer, to("good@reader.example")), Accepted)
        await mailer.close()
    assert readers(path) == ["good@reader.example"]


async def test_a_sender_may_be_refused_as_well(path):
    envelope = to("ada@reader.example")
    fault = PlannedFault(Phase.MAIL, "450 4.7.1 not you", once=True)
    async with a_server(path, {envelope.mail_from: fault}) as server:
        mailer = a_mailer(server)
        assert isinstance(await sent(mailer, envelope), Refused)
        assert isinstance(await sent(mailer, envelope), Accepted)
        await mailer.close()


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
async def test_it_cuts_the_line_without_a_word_once(path, phase):
    async with a_server(path, {"bad@reader.example": PlannedFault(phase, once=True)}) as server:
        mailer = a_mailer(server)
        outcome = await sent(mailer, to("bad@reader.example"))
        assert isinstance(outcome, Broken)
        assert outcome.phase is phase
        assert isinstance(await sent(mailer, to("bad@reader.example")), Accepted)
        await mailer.close()
    assert readers(path) == ["bad@reader.example"]
    assert read_record(path).silences == (phase is Phase.DOT)


async def test_it_may_keep_the_answer_to_what_it_took(path):
    fault = PlannedFault(Phase.DOT, taken=True)
    async with a_server(path, {"lost@reader.example": fault}) as server:
        outcome = await sent(a_mailer(server), to("lost@reader.example"))
        assert isinstance(outcome, Broken)
        assert outcome.phase is Phase.DOT
    taken = read_record(path)
    assert [copy.reader for copy in taken.copies] == ["lost@reader.example"]
    assert taken.silences == 1


async def test_421_ends_the_connection_and_the_first_ones_may_be_turned_away(path):
    fault = PlannedFault(Phase.RCPT, "421 4.3.2 too much", once=True)
    async with a_server(path, {"ada@reader.example": fault}, busy=1) as server:
        mailer = a_mailer(server)
        turned_away = await sent(mailer, to("ada@reader.example"))
        assert (turned_away.phase, turned_away.code) == (Phase.CONNECT, 421)
        assert (await sent(mailer, to("ada@reader.example"))).code == 421
        assert isinstance(await sent(mailer, to("ada@reader.example")), Accepted)
        await mailer.close()


async def test_it_may_end_connections_between_messages_which_costs_nobody_anything(path):
    async with a_server(path, per_connection=2) as server:
        mailer = a_mailer(server)
        for number in range(5):
            assert isinstance(await sent(mailer, to(f"r{number}@reader.example")), Accepted)
        await mailer.close()
    assert len(readers(path)) == 5


async def test_it_may_take_its_time(path):
    waits = {
        f"r{n}@reader.example": PlannedFault(p, wait=0.01) for n, p in enumerate(Phase) if n > 1
    }
    async with a_server(path, waits) as server:
        mailer = a_mailer(server)
        for reader in waits:
            assert isinstance(await sent(mailer, to(reader)), Accepted)
        await mailer.close()
        assert server.met.total() == len(waits)


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"a.\r\n..b\r\n.\r\n", b"a.\r\n.b\r\n"),
        (b"..\r\n..\r\n.\r\n", b".\r\n.\r\n"),
    ],
)
async def test_the_dot_alone_on_a_line_ends_a_message(path, wire, message):
    heard = []
    async with a_server(path, heard=lambda _, message: heard.append(message)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        said = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
        writer.write(said + wire + b"QUIT\r\n")
        answer = await reader.read()
        writer.close()
    assert b"\r\n354 " in answer
    assert answer.endswith(b"250 2.0.0 taken as 1\r\n221 2.0.0 bye\r\n")
    assert heard == [message]


async def test_a_message_without_its_dot_was_never_taken(path):
    async with a_server(path) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nhalf of it\r\n")
        await reader.readuntil(b"354 go ahead\r\n")
        writer.transport.abort()
        await server.quiet()
    assert path.read_bytes() == b""


async def test_the_record_says_what_an_audit_asks(path):
    async with a_server(path) as server:
        mailer = a_mailer(server)
        message = b"To: ada@reader.example\r\nMessage-ID: <1@harbour.example>\r\n\r\nhello\r\n"
        await sent(mailer, an_envelope(message=message))
        await mailer.close()
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["bytes"] == len(message)
    (copy,) = read_record(path).copies
    assert (copy.reader, copy.begun, copy.message_id) == (
        *("ada@reader.example", MONDAY),
        "<1@harbour.example>",
    )
