"""Every way in which a mail server can fail us, over a real socket."""

import asyncio
from dataclasses import replace

import pytest

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from tests.builders import an_envelope
from tests.mail.conftest import PATIENT, sent, to, until
from tests.smtp_server import SmtpServer

BIG = b"Subject: big\r\n\r\n" + (b"x" * 74 + b"\r\n") * 80_000


# ---------------------------------------------------------------- what goes well


async def test_the_server_gets_the_very_bytes(server, mailer):
    envelope = an_envelope("ada@reader.example")
    assert await mailer.offer(envelope) is None
    assert await mailer.complete() == Accepted("2.0.0 queued as 1")
    [received] = server.messages
    assert received.message == envelope.message
    assert received.mail_from == "bounces@harbour.example"
    assert received.rcpt_tos == ("ada@reader.example",)


async def test_a_line_that_begins_with_a_dot_arrives(server, mailer):
    message = b"Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n"
    await sent(mailer, message=message)
    assert server.messages[0].message == message


@pytest.mark.parametrize(
    "smuggled",
    [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\r.\r\n", b"\n\n.\r\n\r\n"],
)
async def test_no_message_ends_before_its_end(server, mailer, smuggled):
    message = b"Subject: a\r\n\r\nb" + smuggled + b"MAIL FROM:<x@evil.example>\r\n"
    assert isinstance(await sent(mailer, message=message), Accepted)
    await sent(mailer, "next@reader.example")
    assert [received.rcpt_tos for received in server.messages] == [
        ("ada@reader.example",),
        ("next@reader.example",),
    ]
    arrived = server.messages[0].message
    assert arrived.count(b"\r") == arrived.count(b"\n") == arrived.count(b"\r\n")


async def test_only_what_is_wanted_can_be_completed(server, mailer):
    assert isinstance(await mailer.offer(an_envelope("rcpt-550@fault.test")), Refused)
    assert isinstance(await mailer.offer(an_envelope("data-451@fault.test")), Refused)
    assert await mailer.offer(an_envelope("dot-554@fault.test")) is None
    assert not server.completed


async def test_a_server_that_knows_only_helo_is_good_enough():
    async with SmtpServer(ehlo=False) as server:
        mailer = to(server)
        assert isinstance(await sent(mailer), Accepted)
        assert server.verbs[:2] == ["EHLO", "HELO"]
        await mailer.close()


# ---------------------------------------------------------------- clear answers


@pytest.mark.parametrize(
    ("address", "phase", "code"),
    [
        ("rcpt-550@fault.test", Phase.RCPT, 550),
        ("rcpt-450@fault.test", Phase.RCPT, 450),
        ("rcpt-421@fault.test", Phase.RCPT, 421),
        ("rcpt-452-4.3.1@fault.test", Phase.RCPT, 452),
        ("rcpt-499@fault.test", Phase.RCPT, 499),
        ("greylist@fault.test", Phase.RCPT, 450),
        ("data-451@fault.test", Phase.DATA, 451),
        ("data-554@fault.test", Phase.DATA, 554),
        ("data-421@fault.test", Phase.DATA, 421),
        ("dot-451@fault.test", Phase.DOT, 451),
        ("dot-554@fault.test", Phase.DOT, 554),
        ("dot-421@fault.test", Phase.DOT, 421),
        ("early-550@fault.test", Phase.DOT, 550),
    ],
)
async def test_a_refusal_is_told_with_its_phase_and_harms_nobody_else(
    server, mailer, address, phase, code
):
    outcome = await sent(mailer, address)
    assert isinstance(outcome, Refused)
    assert (outcome.phase, outcome.code) == (phase, code)
    assert not server.messages
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)


@pytest.mark.parametrize(("fault", "code"), [("mail-421", 421), ("mail-550", 550)])
async def test_a_sender_that_is_refused_is_told_as_such(server, mailer, fault, code):
    outcome = await sent(mailer, mail_from=f"{fault}@fault.test")
    assert isinstance(outcome, Refused)
    assert (outcome.phase, outcome.code) == (Phase.MAIL, code)
    assert isinstance(await sent(mailer), Accepted)


async def test_an_answer_too_many_is_not_taken_for_that_to_another_reader(server, mailer):
    await sent(mailer, "early-550@fault.test")
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)
    outcome = await sent(mailer, "rcpt-550@fault.test")
    assert isinstance(outcome, Refused)
    assert outcome.phase == Phase.RCPT


async def test_a_greylisted_message_is_taken_the_second_time(server, mailer):
    assert isinstance(await sent(mailer, "greylist@fault.test"), Refused)
    assert isinstance(await sent(mailer, "greylist@fault.test"), Accepted)


async def test_a_refusal_keeps_the_connection(server, mailer):
    for fault in ("rcpt-550", "rcpt-450", "data-451"):
        await sent(mailer, f"{fault}@fault.test")
    await sent(mailer)
    assert server.connections == 1


@pytest.mark.parametrize("greeting", ["554 go away", "421 4.3.2 too busy"])
async def test_a_server_that_sends_us_away_is_in_trouble_itself(greeting):
    async with SmtpServer(greeting=greeting) as server:
        outcome = await sent(to(server))
    assert outcome == Refused(Phase.CONNECT, int(greeting[:3]), greeting[4:])


# ---------------------------------------------------------------- no clear answer


@pytest.mark.parametrize(
    ("address", "phase"),
    [
        ("rcpt-drop@fault.test", Phase.RCPT),
        ("rcpt-garbage@fault.test", Phase.RCPT),
        ("rcpt-299@fault.test", Phase.RCPT),
        ("data-drop@fault.test", Phase.DATA),
        ("data-250@fault.test", Phase.DATA),
        ("data-garbage@fault.test", Phase.DATA),
        ("dot-drop@fault.test", Phase.DOT),
        ("dot-251@fault.test", Phase.DOT),
        ("dot-354@fault.test", Phase.DOT),
        ("dot-garbage@fault.test", Phase.DOT),
    ],
)
async def test_what_is_no_answer_is_told_with_its_phase_and_harms_nobody_else(
    server, mailer, address, phase
):
    outcome = await sent(mailer, address)
    assert isinstance(outcome, Broken)
    assert outcome.phase == phase
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)
    assert server.connections == 2


async def test_a_connection_cut_after_354_is_uncertain_only_if_the_body_had_begun(server, mailer):
    outcome = await sent(mailer, "drop-after-354@fault.test")
    assert isinstance(outcome, Broken)
    assert outcome.phase in {Phase.DATA, Phase.DOT}  # what is noticed first is a race
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)


async def test_what_is_cut_before_the_dot_was_surely_not_sent(server, mailer):
    assert await mailer.offer(an_envelope("drop-after-354@fault.test")) is None
    mailer.advance()
    await until(lambda: not server.open)
    await until(lambda: mailer._line._talk.lost)
    outcome = await mailer.complete()
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.DATA
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)


async def test_a_refusal_before_the_dot_is_heard_and_the_dot_is_not_said(server, mailer):
    assert await mailer.offer(an_envelope("early-550@fault.test")) is None
    mailer.advance()
    await until(lambda: mailer._line._talk.heard)
    outcome = await mailer.complete(an_envelope("next@reader.example"))
    assert isinstance(outcome, Refused)
    assert (outcome.phase, outcome.code) == (Phase.DOT, 550)
    assert isinstance(await sent(mailer, "next@reader.example"), Accepted)
    assert [received.rcpt_tos for received in server.completed] == [("next@reader.example",)]


@pytest.mark.parametrize(
    ("address", "phase", "wait"),
    [
        ("rcpt-hang@fault.test", Phase.RCPT, {"command": 0.5}),
        ("data-hang@fault.test", Phase.DATA, {"data": 0.5}),
        ("dot-hang@fault.test", Phase.DOT, {"dot": 0.5}),
    ],
)
async def test_a_server_that_never_answers_is_left(server, address, phase, wait):
    mailer = to(server, timeouts=replace(PATIENT, **wait))
    outcome = await sent(mailer, address)
    assert outcome == Broken(phase, f"127.0.0.1:{server.port} gave no answer within 0.5 seconds")
    await mailer.close()


async def test_a_body_that_was_given_up_is_not_completed_later(server):
    mailer = to(server, timeouts=replace(PATIENT, dot=0.3))
    outcome = await sent(mailer, "stall@fault.test", message=BIG)
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.DOT
    server.resume.set()
    await until(lambda: not server.open)
    assert not server.completed


async def test_a_server_that_will_say_no_more_is_not_waited_for():
    """It closes its side of the connection when it wants the body, and reads nothing of it."""
    over = asyncio.Event()

    async def serve(reader, writer):
        writer.write(b"220 hello\r\n")
        for answer in (b"250 me", b"250 ok", b"250 ok", b"354 go ahead"):
            await reader.readline()
            writer.write(answer + b"\r\n")
        writer.write_eof()
        await over.wait()
        writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        there = Server("127.0.0.1", port, "none", local_hostname="sender.test")
        mailer = SmtpMailer(there, timeouts=PATIENT)
        async with asyncio.timeout(10):
            outcome = await sent(mailer, message=BIG)
        over.set()
    # The dot may have gone, or not: that depends on when the end is heard.
    assert isinstance(outcome, Broken)
    assert outcome.why == f"127.0.0.1:{port} closed the connection"


async def test_a_body_that_is_taken_slowly_still_arrives(server, mailer):
    sending = asyncio.create_task(sent(mailer, "stall@fault.test", message=BIG))
    await until(lambda: "DATA" in server.verbs)
    server.resume.set()
    assert isinstance(await sending, Accepted)
    assert server.messages[0].message == BIG


# ---------------------------------------------------------------- our own side


async def test_a_message_that_is_withdrawn_is_not_sent(server, mailer):
    assert await mailer.offer(an_envelope()) is None
    mailer.withdraw()
    async with asyncio.timeout(5):  # the server still waits for a body
        assert isinstance(await sent(mailer, "next@reader.example"), Accepted)
    assert [received.rcpt_tos for received in server.completed] == [("next@reader.example",)]


@pytest.mark.parametrize("fault", ["rcpt-hang", "data-hang", "dot-hang", "rcpt-late"])
async def test_a_cancelled_transfer_never_answers_for_another_reader(server, mailer, fault):
    verb = "RCPT" if fault.startswith("rcpt") else "DATA"
    transfer = asyncio.create_task(sent(mailer, f"{fault}@fault.test"))
    await until(lambda: verb in server.verbs)
    transfer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await transfer
    server.resume.set()
    async with asyncio.timeout(5):
        assert isinstance(await sent(mailer, "next@reader.example"), Accepted)
        assert isinstance(await sent(mailer, "rcpt-550@fault.test"), Refused)
        assert isinstance(await sent(mailer, "last@reader.example"), Accepted)
    assert server.connections == 2
