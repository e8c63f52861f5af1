"""An office: where mail of the scheduler goes, and what it has done."""

import asyncio
from dataclasses import dataclass, field

import pytest
import structlog
from sqlalchemy import text

from digest.app import App
from digest.config.load import load_config
from digest.core.delivery.smtp_outcome import Accepted
from tests.builders import MONDAY
from tests.publications import fill, found
from tests.stock import states

PEOPLE = tuple(f"reader{n}@reader.example" for n in range(8))
SOON = 10.0
"""Seconds that something which happens at once may take on a busy machine."""


class Office:
    """Where mail goes in these tests, with a clock on its wall.

    `open` holds messages back at the dot until it is set.
    """

    def __init__(self):
        self.now = MONDAY
        self.sent = []
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = 0
        self.fault = None
        self.answer = Accepted("250 2.0.0 taken")

    async def offer(self, envelope):
        if self.fault:
            raise self.fault
        self.wanted = envelope

    def advance(self):
        pass

    async def complete(self, following=None):
        envelope = self.wanted
        self.waiting += 1
        await self.open.wait()
        self.waiting -= 1
        if isinstance(self.answer, Accepted):
            self.sent.append(envelope.rcpt_to)
        return self.answer

    def withdraw(self):
        pass

    async def close(self):
        pass


@dataclass(frozen=True)
class OfficeApp(App):
    """An app that mails by an Office."""

    office: Office = field(default_factory=Office)

    def mailer(self):
        return self.office


class Hands:
    """A live app that a test changes by hand."""

    def __init__(self, app):
        self.app = app

    def __call__(self):
        return self.app

    def pass_time(self, length):
        self.app.office.now += length


def open_office_app(config):
    office = Office()
    return OfficeApp(load_config(config), clock=lambda: office.now, office=office)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    app = open_office_app(found(tmp_path_factory.mktemp("publication")))
    fill(app, *PEOPLE)
    app.db.close()
    return app.db.path.read_bytes()


@pytest.fixture
async def app(tmp_path, store):
    structlog.reset_defaults()
    app = open_office_app(found(tmp_path, store))
    yield app
    app.db.close()


async def in_flight(office, count):
    """Wait until so many messages are held back at the dot."""
    async with asyncio.timeout(SOON):
        while office.waiting < count:
            await asyncio.sleep(0.001)


async def all_sent(app):
    async with asyncio.timeout(SOON):
        while "sent" not in editions_in(app):
            await asyncio.sleep(0.01)


def editions_in(app):
    rows = app.db.read(lambda tx: tx.execute(text("SELECT state FROM edition ORDER BY id")).all())
    return [row.state for row in rows]


def counted(app):
    found = list(states(app.db).values())
    return {state: found.count(state) for state in sorted(set(found))}
