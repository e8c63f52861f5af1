"""Mail to an SMTP server, one message at a time, always knowing how far each transfer got."""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import aiosmtplib

from digest.core import address
from digest.core.envelope import Envelope
from digest.core.outcome import Accepted, Broken, Outcome, Phase, Refused, Unusable
from digest.errors import MailError
from digest.mail.faults import FAILURES, explain

T = TypeVar("T")
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for an answer (RFC 5321, 4.5.3.2). `dot` includes sending the body."""

    connect: float = 60
    command: float = 300
    dot: float = 600
    quit: float = 5
    idle: float = 60
    """A connection that was silent for longer is not trusted again."""


class SmtpMailer:
    """One connection, for one worker: opened when first needed, and again when it was lost.

    Raises MailError if told to log in over a connection that others can read.
    """

    def __init__(  # noqa: PLR0913 (they are the settings of a server)
        self,
        *,
        host: str,
        port: int,
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        local_hostname: str | None = None,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
        recycle_after: int = 100,
    ) -> None:
        if username and security == "none" and not _is_loopback(host):
            raise MailError(
                f"the login for {host} would be sent in clear:"
                ' set mail.smtp.security to "starttls" or "tls"'
            )
        self._host, self._port, self._security = host, port, security
        self._login = (username, password) if username else None
        self._timeouts = timeouts or Timeouts()
        self._local_hostname, self._tls = local_hostname, tls
        self._recycle_after = recycle_after
        self._client: aiosmtplib.SMTP | None = None
        self._transport: asyncio.BaseTransport | None = None
        self._sent = 0
        self._last_used = 0.0
        self._begun = False
        """Whether the server may hold a transaction, to be reset before the next."""

    async def send(self, envelope: Envelope, before_dot: Callable[[], Awaitable[None]]) -> Outcome:
        """Transfer one message and say what became of it; nothing that a server does is raised.

        Awaits `before_dot` once the server wants the body, before a byte of it. What that raises
        is raised, and the message is not sent.
        """
        try:
            outcome = await self._begin(envelope) or await self._offer(envelope)
            if outcome is None:
                await before_dot()
                outcome = await self._complete(envelope)
        except BaseException:  # a lost lease, a cancelled task: the server waits for a body
            self._abort()
            raise
        self._last_used = asyncio.get_running_loop().time()
        return outcome

    async def close(self) -> None:
        """Say goodbye, if the server listens."""
        if self._client is not None and self._client.is_connected:
            with suppress(*FAILURES):
                await _within(self._timeouts.quit, self._client.quit())
        self._abort()

    # ------------------------------------------------------------ connecting

    async def _begin(self, envelope: Envelope) -> Outcome | None:
        """Have a connection and say MAIL. Each of these gives None if all is well so far.

        Servers close connections between messages without a word. Nothing was said of this
        message then, so a connection that was used before gets a successor, once.
        """
        if unfit := _unfit(envelope):
            return Unusable(unfit)
        if await self._usable():
            outcome = await self._mail(envelope)
            if not isinstance(outcome, Broken) or outcome.stop:
                return outcome
        return await self._connect() or await self._mail(envelope)

    async def _usable(self) -> bool:
        if self._client is None or not self._client.is_connected:
            self._abort()
            return False
        idle = asyncio.get_running_loop().time() - self._last_used
        if self._sent >= self._recycle_after or idle > self._timeouts.idle:
            await self.close()
            return False
        return True

    async def _connect(self) -> Outcome | None:
        client = self._client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._local_hostname,
            timeout=None,  # ours instead: wait_for of Python 3.11 may swallow a cancellation
            use_tls=self._security == "tls",
            start_tls=False,  # it would go on in clear where STARTTLS isn't offered
            tls_context=self._tls,
        )
        wait = self._timeouts.connect
        try:
            await _within(wait, client.connect())
            await _within(wait, _greet(client))
            if self._security == "starttls":
                if not client.supports_extension("starttls"):
                    return self._refuse("offers no encryption (STARTTLS), so nothing was sent")
                await _within(wait, client.starttls())
                await _within(wait, _greet(client))
            if self._login:
                if not client.supported_auth_methods:
                    return self._refuse("offers no way to log in that we know")
                await _within(wait, client.login(*self._login))
        except FAILURES as error:
            return self._failed(error, Phase.CONNECT, wait)
        self._transport, self._local_hostname = client.transport, client.local_hostname
        self._sent, self._begun = 0, False
        return None

    def _refuse(self, why: str) -> Broken:
        """We won't go on with this server before a person has changed something."""
        self._abort()
        return Broken(Phase.CONNECT, f"{self._place} {why}", stop=True)

    # ------------------------------------------------------------ one transaction

    async def _mail(self, envelope: Envelope) -> Outcome | None:
        client = self._open()
        beyond_ascii = not (envelope.mail_from + envelope.rcpt_to).isascii()
        if beyond_ascii and not client.supports_extension("smtputf8"):
            return Unusable(f"{envelope.rcpt_to} needs SMTPUTF8, which {self._place} lacks")
        most = client.esmtp_extensions.get("size", "")
        if most.isdecimal() and 0 < int(most) < len(envelope.message):
            why = f"the message has {len(envelope.message)} bytes, {self._place} takes {most}"
            return Broken(Phase.MAIL, why, stop=True)
        wait = self._timeouts.command
        if self._begun and not await self._reset(client):
            return Broken(Phase.MAIL, f"{self._place} won't begin another message")
        self._begun = True
        try:
            options = ["SMTPUTF8", "BODY=8BITMIME"] if beyond_ascii else []
            encoding = "utf-8" if beyond_ascii else "ascii"
            await _within(wait, client.mail(envelope.mail_from, options=options, encoding=encoding))
        except FAILURES as error:
            return self._failed(error, Phase.MAIL, wait)
        return None

    async def _reset(self, client: aiosmtplib.SMTP) -> bool:
        """Forget the message before; whatever else than yes means a connection out of step."""
        try:
            await _within(self._timeouts.command, client.rset())
        except FAILURES:
            self._abort()
            return False
        return True

    async def _offer(self, envelope: Envelope) -> Outcome | None:
        """Say RCPT and DATA. None if the server wants the body."""
        client, wait, phase = self._open(), self._timeouts.command, Phase.RCPT
        encoding = "ascii" if envelope.rcpt_to.isascii() else "utf-8"
        try:
            await _within(wait, client.rcpt(envelope.rcpt_to, encoding=encoding))
            phase = Phase.DATA
            # Not client.data(): it says nothing about whether the body had begun when it failed.
            reply = await _within(wait, client.execute_command(b"DATA"))
            if reply.code != 354:
                raise aiosmtplib.SMTPDataError(reply.code, reply.message)
        except FAILURES as error:
            return self._failed(error, phase, wait)
        return None

    async def _complete(self, envelope: Envelope) -> Outcome:
        """Send the body and the dot, and hear what became of it."""
        protocol, phase = self._open().protocol, Phase.DATA
        try:
            if protocol is None:
                raise aiosmtplib.SMTPServerDisconnected("closed before the body")
            protocol.write(_stuffed(envelope.message) + b".\r\n")
            phase = Phase.DOT
            reply = await _within(self._timeouts.dot, protocol.read_response())
            if reply.code != 250:
                raise aiosmtplib.SMTPDataError(reply.code, reply.message)
        except FAILURES as error:
            outcome = self._failed(error, phase, self._timeouts.dot)
            # Also after a clear refusal: it may have come early, with more to follow.
            self._abort()
            return outcome
        self._sent += 1
        self._begun = False
        return Accepted(reply.message)

    # ------------------------------------------------------------ ends

    def _failed(self, error: Exception, phase: Phase, seconds: float) -> Outcome:
        outcome = explain(error, phase, self._place, seconds)
        if not isinstance(outcome, Refused) or phase is Phase.CONNECT or outcome.code == 421:
            self._abort()
        return outcome

    def _abort(self) -> None:
        """Drop the connection with all that is still unsent: close() would send it, dot and all."""
        client, transport = self._client, self._transport
        self._client = self._transport = None
        transport = transport or (client.transport if client else None)
        if transport is not None:
            cast("asyncio.WriteTransport", transport).abort()
        if client is not None:
            client.close()

    def _open(self) -> aiosmtplib.SMTP:
        assert self._client is not None
        return self._client

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"


async def _within(seconds: float, step: Coroutine[Any, Any, T]) -> T:
    async with asyncio.timeout(seconds):
        return await step


async def _greet(client: aiosmtplib.SMTP) -> None:
    """EHLO, or HELO for a server that knows only that (RFC 5321, 3.2)."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


def _unfit(envelope: Envelope) -> str:
    """Why these addresses can't be put on a command line; "" if they can.

    aiosmtplib would mend a bad address quietly, and mail somebody else.
    """
    for email in (envelope.mail_from, envelope.rcpt_to):
        try:
            fit = not email or address.wire(email) == email
        except ValueError as error:
            return f"{email} {error}"
        if not fit:
            return f"{email} has a domain beyond ASCII"
    return "" if envelope.rcpt_to else "there is no recipient"


def _stuffed(message: bytes) -> bytes:
    """The body as DATA wants it (RFC 5321, 4.5.2). Ours are so already, and pass at no cost."""
    if not message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        message = re.sub(rb"\r\n?|\n", b"\r\n", message)
    if message.startswith(b".") or b"\n." in message:
        message = re.sub(rb"(?m)^\.", b"..", message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
