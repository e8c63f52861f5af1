import asyncio
import ssl

import pytest
import trustme

from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.mail.transfer import Timeouts
from tests.builders import an_envelope
from tests.smtp_server import SmtpServer

PATIENT = Timeouts(connect=30, command=30, data=30, dot=30, quit=30)
"""Long enough for a busy machine; a server that never answers needs one of them shorter."""


async def sent(mailer, rcpt_to="ada@reader.example", **changes):
    """Offer a message and send it if it is wanted; gives what became of it."""
    return await mailer.offer(an_envelope(rcpt_to, **changes)) or await mailer.complete()


async def until(condition) -> None:
    """Let the other side work until something is so."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


@pytest.fixture
async def server():
    """A mail server that does what the addresses ask for."""
    async with SmtpServer() as running:
        yield running


@pytest.fixture
async def mailer(server):
    """A connection to that server."""
    made = to(server)
    yield made
    await made.close()


def to(server, **settings) -> SmtpMailer:
    """A connection to a server of the tests; settings of a `Server` or of a `SmtpMailer`."""
    where = {"host": "127.0.0.1", "port": server.port, "security": "none"}
    where |= {"local_hostname": "sender.test"}
    where |= {key: settings.pop(key) for key in set(settings) & set(Server.__dataclass_fields__)}
    return SmtpMailer(Server(**where), **({"timeouts": PATIENT} | settings))


@pytest.fixture(scope="session")
def authority():
    """A certificate authority that nobody else trusts."""
    return trustme.CA()


@pytest.fixture
def certified(authority):
    """The server's side of TLS, for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority):
    """The client's side of TLS, trusting only that authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
