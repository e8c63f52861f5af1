"""What is said of a message before it: addresses (SMTPUTF8, RFC 6531), and size (RFC 1870)."""

import pytest

from digest.core.delivery.smtp_outcome import Accepted, Phase, Refused, Unusable
from tests.mail.conftest import sent, to
from tests.smtp_server import SmtpServer


@pytest.mark.parametrize(
    "email", ["a@b.example\r\nRCPT TO:<x@y.example>", "a b@c.example", "ada@häfen.example", ""]
)
async def test_an_address_that_smtp_could_misread_is_never_said(server, mailer, email):
    assert isinstance(await sent(mailer, email), Unusable)
    assert server.connections == 0


async def test_an_address_beyond_ascii_goes_where_the_server_can(server, mailer):
    message = "To: 用户@reader.example\r\n\r\nhello\r\n".encode()
    assert isinstance(await sent(mailer, "用户@reader.example", message=message), Accepted)
    [received] = server.messages
    assert received.rcpt_tos == ("用户@reader.example",)
    assert received.parameters == f"SIZE={len(message)} SMTPUTF8 BODY=8BITMIME"


async def test_an_address_beyond_ascii_fails_alone_where_the_server_can_not():
    async with SmtpServer(extensions=()) as server:
        mailer = to(server)
        outcome = await sent(mailer, "用户@reader.example")
        assert isinstance(outcome, Unusable)
        assert "SMTPUTF8" in outcome.why
        assert isinstance(await sent(mailer, "ada@reader.example"), Accepted)
        await mailer.close()


async def test_a_message_that_is_too_big_is_refused_before_the_server_has_to():
    async with SmtpServer(extensions=["SIZE 50"]) as server:
        mailer = to(server)
        outcome = await sent(mailer)
        assert isinstance(outcome, Refused)
        assert (outcome.phase, outcome.code) == (Phase.MAIL, 552)
        assert outcome.reply.startswith("5.3.4 the message has ")
        assert "takes 50" in outcome.reply
        assert server.verbs == ["EHLO"]
        await mailer.close()


class Sizeless(SmtpServer):
    """Offers SIZE, and refuses a sender who says one, in the words of its greeting."""

    async def _on_mail(self, session, rest):
        if "SIZE=" in rest:
            await self._say(session, self.greeting.partition(" ")[2])
        else:
            await super()._on_mail(session, rest)


@pytest.mark.parametrize("answer", ["555 5.5.4 what option?", "455 not now", "501 5.5.4 SIZE?"])
async def test_a_server_that_will_not_hear_the_size_is_asked_once_more_without(answer):
    async with Sizeless(greeting=f"220 {answer}") as server:
        mailer = to(server)
        for reader in ("ada@reader.example", "ben@reader.example"):
            assert isinstance(await sent(mailer, reader), Accepted)
        await mailer.close()
    said = [line for _, line in server.commands if line.startswith("MAIL")]
    assert [("SIZE=" in line) for line in said] == [True, False, False]
    assert server.connections == 1


async def test_the_size_is_said_only_where_it_is_asked_for():
    async with SmtpServer(extensions=()) as server:
        mailer = to(server)
        assert isinstance(await sent(mailer), Accepted)
        await mailer.close()
    assert server.messages[0].parameters == ""
