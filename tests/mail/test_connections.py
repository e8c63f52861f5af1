"""Reaching a mail server, staying connected to it, and what a lost connection means."""

import asyncio
from dataclasses import replace

import pytest

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.mail.transfer import Timeouts
from tests.mail.conftest import PATIENT, sent, to, until
from tests.smtp_server import SmtpServer


async def test_many_messages_share_one_connection(server, mailer):
    for n in range(5):
        assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
    assert server.connections == 1
    assert server.verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 5]


async def test_a_connection_is_not_worn_out(server):
    mailer = to(server, recycle_after=2)
    for n in range(5):
        await sent(mailer, f"reader{n}@reader.example")
    await mailer.close()
    assert server.connections == 3
    assert server.verbs.count("QUIT") == 3


async def test_a_connection_that_was_silent_for_long_is_made_anew(server):
    mailer = to(server, timeouts=Timeouts(idle=-1))
    await sent(mailer)
    await sent(mailer)
    assert server.connections == 2
    await mailer.close()


async def test_a_connection_closed_between_messages_is_no_fault(server, mailer):
    await sent(mailer)
    server.drop_everybody()
    await until(lambda: not server.open)
    assert isinstance(await sent(mailer), Accepted)
    assert len(server.messages) == 2


async def test_a_connection_closed_on_the_next_mail_is_no_fault():
    async with SmtpServer(per_connection=2) as server:
        mailer = to(server)
        for n in range(6):
            assert isinstance(await sent(mailer, f"reader{n}@reader.example"), Accepted)
        await mailer.close()
    assert len(server.messages) == 6
    assert server.connections == 3


async def test_a_new_connection_that_breaks_at_mail_is_not_tried_for_ever(server):
    mailer = to(server)
    outcome = await sent(mailer, mail_from="mail-drop@fault.test")
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.MAIL
    assert server.connections == 1
    await mailer.close()


async def test_a_goodbye_that_is_not_answered_changes_nothing(server):
    mailer = to(server)
    await sent(mailer)
    server.drop_everybody()
    await mailer.close()
    await mailer.close()


async def test_a_cancelled_connection_attempt_leaves_nothing_behind():
    async with SmtpServer(greeting="hang") as server:
        mailer = to(server)
        transfer = asyncio.create_task(sent(mailer))
        await until(lambda: server.open)
        transfer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await transfer


async def test_a_server_that_does_not_exist_is_told_in_words(unused_tcp_port):
    mailer = SmtpMailer(Server("127.0.0.1", unused_tcp_port, "none"), timeouts=PATIENT)
    assert await sent(mailer) == Broken(
        Phase.CONNECT, f"no mail server answers at 127.0.0.1:{unused_tcp_port}"
    )


async def test_a_name_that_does_not_exist_is_told_in_words():
    mailer = SmtpMailer(Server("mail.invalid", 25, local_hostname="x.test"), timeouts=PATIENT)
    outcome = await sent(mailer)
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.CONNECT
    assert outcome.why.startswith("the mail server mail.invalid can't be found")
    assert not outcome.stop


async def test_a_server_without_a_greeting_is_left():
    async with SmtpServer(greeting="hang") as server:
        outcome = await sent(to(server, timeouts=replace(PATIENT, connect=0.5)))
    assert outcome == Broken(
        Phase.CONNECT, f"127.0.0.1:{server.port} gave no answer within 0.5 seconds"
    )
