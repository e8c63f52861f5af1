"""Open a connection to a mail server: TCP, TLS, EHLO and login, or the reason why not."""

import asyncio
import ipaddress
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import aiosmtplib

from digest.core.delivery.smtp_outcome import Broken, Outcome, Phase
from digest.errors import MailError
from digest.mail.faults import FAILURES, outcome_of_failure

T = TypeVar("T")
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes, and how we get in. Raises MailError for a login that others could read."""

    host: str
    port: int
    security: Security = "starttls"
    username: str = ""
    password: str = ""
    local_hostname: str | None = None
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.username and self.security == "none" and not _is_loopback(self.host):
            raise MailError(
                f"the login for {self.host} would be sent in clear:"
                ' set mail.smtp.security to "starttls" or "tls"'
            )

    @property
    def place(self) -> str:
        """How it is called in messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection on which nothing was said of any message yet."""

    transport: asyncio.BaseTransport
    extensions: dict[str, str]
    """What the server offers, in lower case, each with its parameters."""

    @property
    def largest(self) -> int:
        """The size of the largest message it takes (RFC 1870); 0 if it doesn't say."""
        said = self.extensions.get("size", "")
        return int(said) if said.isdecimal() else 0


async def connect(server: Server, seconds: float) -> Opened | Outcome:
    """Get in. Each step may take so long. What a server does is returned, never raised."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=server.local_hostname,
        timeout=None,  # ours instead: wait_for of Python 3.11 may swallow a cancellation
        use_tls=server.security == "tls",
        start_tls=False,  # it would go on in clear where STARTTLS isn't offered
        tls_context=server.tls,
    )
    try:
        if refused := await _get_in(client, server, seconds):
            _drop(client)
            return Broken(Phase.CONNECT, f"{server.place} {refused}", stop=True)
    except FAILURES as error:
        _drop(client)
        return outcome_of_failure(error, Phase.CONNECT, server.place, seconds)
    except BaseException:
        _drop(client)
        raise
    assert client.transport is not None
    return Opened(client.transport, dict(client.esmtp_extensions))


async def _get_in(client: aiosmtplib.SMTP, server: Server, seconds: float) -> str:
    """Why we won't go on with this server before a person has changed something; else ""."""
    await _within(seconds, client.connect())
    await _within(seconds, _greet(client))
    if server.security == "starttls":
        if not client.supports_extension("starttls"):
            return "offers no encryption (STARTTLS), so nothing was sent"
        await _within(seconds, client.starttls())
        await _within(seconds, _greet(client))
    if server.username:
        if not client.supported_auth_methods:
            return "offers no way to log in that we know"
        await _within(seconds, client.login(server.username, server.password))
    return ""


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


def _drop(client: aiosmtplib.SMTP) -> None:
    if client.transport is not None:
        client.transport.abort()  # type: ignore[attr-defined]
    client.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
