"""Nothing is said in clear that others should not hear."""

import ssl
from dataclasses import replace

import pytest

from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase, Refused
from digest.errors import MailError
from digest.mail.connect import Server
from tests.mail.conftest import PATIENT, sent, to
from tests.smtp_server import SmtpServer

USER, PASSWORD = "harbour", "s3cret"


async def attempt(server, **settings):
    mailer = to(server, **settings)
    try:
        return await sent(mailer)
    finally:
        await mailer.close()


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
async def test_mail_and_login_go_through_tls(certified, trusting, security, implicit):
    async with SmtpServer(tls=certified, implicit=implicit, login=(USER, PASSWORD)) as server:
        outcome = await attempt(
            server, security=security, tls=trusting, username=USER, password=PASSWORD
        )
        assert isinstance(outcome, Accepted)
        assert server.messages[0].tls
        in_clear = [line for how, line in server.commands if how == "clear"]
        assert in_clear == ([] if implicit else ["EHLO sender.test", "STARTTLS"])


async def test_a_server_without_starttls_gets_nothing():
    async with SmtpServer(login=(USER, PASSWORD)) as server:
        outcome = await attempt(server, security="starttls", username=USER, password=PASSWORD)
        assert server.verbs == ["EHLO"]
    assert isinstance(outcome, Broken)
    assert outcome.stop
    assert "offers no encryption (STARTTLS)" in outcome.why


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
async def test_a_certificate_that_nobody_vouches_for_is_refused(certified, security, implicit):
    async with SmtpServer(tls=certified, implicit=implicit) as server:
        outcome = await attempt(server, security=security)
        assert not server.messages
    assert isinstance(outcome, Broken)
    assert (outcome.phase, outcome.stop) == (Phase.CONNECT, True)
    assert "certificate of 127.0.0.1" in outcome.why
    assert "can't be trusted: unable to get local issuer certificate" in outcome.why


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
async def test_a_certificate_of_somebody_else_is_refused(authority, trusting, security, implicit):
    elsewhere = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.elsewhere.example").configure_cert(elsewhere)
    async with SmtpServer(tls=elsewhere, implicit=implicit) as server:
        outcome = await attempt(server, security=security, tls=trusting)
        assert not server.messages
    assert isinstance(outcome, Broken)
    assert outcome.stop
    assert "IP address mismatch" in outcome.why


async def test_tls_on_a_port_that_wants_starttls_is_explained(server):
    outcome = await attempt(server, security="tls")
    assert isinstance(outcome, Broken)
    assert outcome.stop
    assert 'set mail.smtp.security to "starttls"' in outcome.why


async def test_starttls_on_a_port_that_wants_tls_is_left(certified, trusting):
    async with SmtpServer(tls=certified, implicit=True) as server:
        outcome = await attempt(
            server, security="starttls", tls=trusting, timeouts=replace(PATIENT, connect=0.5)
        )
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.CONNECT


class Tampered(SmtpServer):
    """Somebody on the way slips answers in behind the one to STARTTLS."""

    async def _on_starttls(self, session, _):
        assert self.tls
        session.writer.write(b"220 go ahead\r\n250-fault.test\r\n250 AUTH PLAIN\r\n")
        await session.writer.start_tls(self.tls)
        session.tls = True


async def test_what_was_slipped_in_before_the_handshake_is_not_believed(certified, trusting):
    async with Tampered(tls=certified) as server:
        outcome = await attempt(
            server, tls=trusting, security="starttls", username=USER, password=PASSWORD
        )
        assert "AUTH" not in server.verbs
        assert server.messages == []
    assert isinstance(outcome, Broken)
    assert outcome.phase == Phase.CONNECT


async def test_a_wrong_password_is_told_as_the_server_tells_it(certified, trusting):
    async with SmtpServer(tls=certified, login=("harbour", "another")) as server:
        outcome = await attempt(
            server, tls=trusting, security="starttls", username=USER, password=PASSWORD
        )
        assert "MAIL" not in server.verbs
    assert outcome == Refused(Phase.CONNECT, 535, "5.7.8 bad credentials")


async def test_a_server_that_takes_no_login_is_explained(certified, trusting):
    async with SmtpServer(tls=certified) as server:
        outcome = await attempt(
            server, tls=trusting, security="starttls", username=USER, password=PASSWORD
        )
    assert isinstance(outcome, Broken)
    assert outcome.stop
    assert "offers no way to log in" in outcome.why


def test_a_login_in_clear_is_refused_before_anything_is_said():
    with pytest.raises(MailError, match="would be sent in clear"):
        Server("mail.harbour.example", 25, "none", USER, PASSWORD)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]"])
def test_a_login_on_the_same_machine_may_be_in_clear(host):
    Server(host, 25, "none", USER, PASSWORD)


async def test_a_login_on_the_same_machine_works_in_clear():
    async with SmtpServer(login=(USER, PASSWORD)) as server:
        assert isinstance(
            await attempt(server, security="none", username=USER, password=PASSWORD), Accepted
        )
