from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from digest.actions.delivery.context import DeliveryContext
from digest.actions.message.message_factory import MessageFactory
from digest.actions.sources.ingest import IngestContext, ingest
from digest.feeds.http.fetch import Fetcher
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.render.message.edition import Renderer
from tests.builders import MONDAY, TOPICS, a_publication, a_sender
from tests.mail.conftest import PATIENT
from tests.web_server import serving

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def factory() -> MessageFactory:
    return MessageFactory(
        renderer=Renderer([TEMPLATES]),
        publication=a_publication(),
        sender=a_sender(),
        secret="a secret of the tests, long enough",
        web_url="https://harbour.example",
    )


class Clock:
    """Stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self):
        return self.now

    def pass_(self, **length: int) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def mailers(server, **patience: float):
    """Connections to a server of the tests; with patience, but for what says otherwise."""
    return lambda: SmtpMailer(
        Server("127.0.0.1", server.port, "none"), timeouts=replace(PATIENT, **patience)
    )


@pytest.fixture
def post(db, factory, clock):
    """What carries messages to a server of the tests."""

    def post_to(server, **changes):
        return DeliveryContext(db, factory, mailers(server), clock, **changes)

    return post_to


@pytest.fixture
async def site():
    """Somebody else's web server."""
    async with serving() as site:
        yield site


class Hurried:
    """Fetches with patience, but gives `/slow…` little: a busy machine makes nothing else late."""

    def __init__(self) -> None:
        self.patient = Fetcher("digest/test")
        self.hasty = Fetcher("digest/test", seconds=0.2)

    async def fetch(self, url, now, *known, **how):
        fetcher = self.hasty if "/slow" in url else self.patient
        return await fetcher.fetch(url, now, *known, **how)

    async def close(self) -> None:
        await self.patient.close()
        await self.hasty.close()


@pytest.fixture
async def take(db, gallery):
    """A function that ingests these feeds and gives the reports."""
    fetcher = Hurried()

    async def take(*wanted, now=MONDAY, rules=TOPICS, **more):
        return await ingest(IngestContext(db, fetcher, gallery, rules, UTC), wanted, now, **more)

    yield take
    await fetcher.close()
