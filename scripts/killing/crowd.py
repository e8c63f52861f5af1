"""Schedulers, senders and people at once on one store, some of whom are killed.

Who comes, when and how they end is chosen by a seed; when, by how much mail has gone out, so that
it is in the middle of the send on every machine.
"""

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.actions.message.message_factory import PREFERENCES
from digest.app import App
from digest.config.load import load_config
from digest.core.delivery.state import DeliveryState
from digest.core.message.signed_token import verify
from digest.core.operations.reconcile import Audit, audit
from digest.store.editions import editions
from digest.store.newsletters import slots
from digest.store.operations import rehearsal_copy
from scripts.killing.servers import Sink, ours
from tests.publications import found
from tests.stock import enrol, keep_article

CONNECTIONS = 3
"""Those of tests.publications."""
DONE = {DeliveryState.SENT, DeliveryState.UNCERTAIN}
PATIENCE = 120.0
"""Seconds in which everybody must have theirs."""


@dataclass(frozen=True)
class Step:
    """Once so many messages were taken: somebody starts, or one of those who did is ended."""

    mark: int
    words: tuple[str, ...] = ()
    ends: int = 0
    how: signal.Signals = signal.SIGKILL


@dataclass
class Met:
    """How it went. `kills` counts senders that died; `editions` those that went out."""

    audit: Audit
    kills: int
    editions: int
    said: list[str] = field(default_factory=list)
    copies: Counter[str] = field(default_factory=Counter)

    @property
    def well(self) -> bool:
        """Whether nobody was mailed twice or lost, in one edition, and nobody fell over."""
        fell = [one for one in self.said if "Traceback" in one]
        return self.audit.adds_up and self.editions == 1 and not fell


def plan(seed: int, readers: int) -> list[Step]:
    """Who comes and goes, in order. The first is one who makes the edition."""
    chance = random.Random(seed)
    at_slot = ("send", "weekly", "--at", "SLOT", "--yes")
    makers = [("run",), at_slot]
    others = [*makers, ("run",), ("work",), ("deliver",), ("send", "weekly", "--yes")]
    steps = [Step(0, chance.choice(makers))]
    steps += [Step(0, chance.choice(others)) for _ in range(chance.randint(1, 3))]
    some = range(1, readers * 4 // 5)
    steps += [Step(chance.choice(some), chance.choice(others)) for _ in range(chance.randint(1, 2))]
    ways = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]
    steps += [
        Step(chance.choice(some), ends=chance.randrange(len(steps)), how=chance.choice(ways))
        for _ in range(chance.randint(1, 3))
    ]
    return sorted(steps, key=lambda step: step.mark)


class Crowd:
    """Everybody at work on one publication in a folder."""

    def __init__(self, folder: Path, readers: int, sink: Sink) -> None:
        self.folder, self.sink = folder, sink
        self.slot = (datetime.now(UTC) - timedelta(minutes=2)).replace(second=0, microsecond=0)
        local = self.slot.astimezone(ZoneInfo("Europe/Berlin"))
        due = f'schedule = {{ every = "day", at = "{local:%H:%M}" }}\nlate = "send"'
        self.config = found(
            folder, transport="smtp", smtp_port=sink.port, port=8000, newsletter=due
        )
        self.app = App(load_config(self.config))
        self.app.db.write(slots.know, "weekly", self.slot - timedelta(hours=1))
        keep_article(self.app.db, published=self.slot - timedelta(days=1))
        names = [f"reader{n}@reader.example" for n in range(readers)]
        enrol(self.app.db, *names, now=self.slot - timedelta(days=1))
        self.readers = readers
        self.members: list[asyncio.subprocess.Process] = []
        self.kills = 0

    async def start(self, words: tuple[str, ...]) -> None:
        """Somebody comes, with a port of their own for the pages."""
        config = self.folder / f"member{len(self.members)}.toml"
        config.write_text(self.config.read_text().replace(":8000", f":{_free_port()}"))
        asked = [self.slot.isoformat() if word == "SLOT" else word for word in words]
        with (self.folder / f"{config.stem}.log").open("wb") as said:
            member = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "digest", "--config", str(config), *asked),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=said,
                env=os.environ,
            )
        self.members.append(member)

    def end(self, number: int, how: signal.Signals) -> None:
        """One of those who are there is ended."""
        there = [one for one in self.members if one.returncode is None]
        if there:
            there[number % len(there)].send_signal(how)
            self.kills += how is signal.SIGKILL

    def done(self) -> bool:
        """Whether everybody has theirs, or is uncertain."""
        rows = [
            row
            for kept in self.app.db.read(editions.newest_editions)
            for row in self.app.db.read(rehearsal_copy.ledger_rows, kept.id)
        ]
        return len(rows) == self.readers and {row.state for row in rows} <= DONE

    async def until_done(self) -> None:
        """Wait for that; if nobody is left who works, another sender comes."""
        async with asyncio.timeout(PATIENCE):
            while not self.done():
                if all(one.returncode is not None for one in self.members):
                    await self.start(("deliver",))
                await asyncio.sleep(0.05)

    async def all_end(self) -> list[str]:
        """Tell everybody to end; what they said."""
        for member in self.members:
            if member.returncode is None:
                member.terminate()
        await asyncio.gather(*(one.wait() for one in self.members))
        return [path.read_text("utf-8", "replace") for path in self.folder.glob("member*.log")]


async def meet(folder: Path, seed: int, readers: int) -> Met:
    """Let them all at it, to the end, and hold the ledger against the server's record."""
    async with ours(folder, pipelining=True, heard=lambda *_: None) as sink:
        crowd = Crowd(folder, readers, sink)
        try:
            for step in plan(seed, readers):
                async with asyncio.timeout(PATIENCE):
                    while len(sink.copies()) < step.mark and not crowd.done():
                        if all(one.returncode is not None for one in crowd.members):
                            await crowd.start(("deliver",))
                        await asyncio.sleep(0.02)
                if step.words:
                    await crowd.start(step.words)
                else:
                    crowd.end(step.ends, step.how)
            await crowd.until_done()
        finally:
            said = await crowd.all_end()
        await sink.quiet()
        return _audited(crowd, said)


def _audited(crowd: Crowd, said: list[str]) -> Met:
    secret, db = crowd.app.secret, crowd.app.db
    sent = [
        kept
        for kept in db.read(editions.newest_editions)
        if db.read(rehearsal_copy.ledger_rows, kept.id)
    ]
    copies = crowd.sink.copies()
    found = audit(
        [row for kept in sent for row in db.read(rehearsal_copy.ledger_rows, kept.id)],
        copies,
        whose=lambda token: (
            verify("unsubscribe", token, secret) or verify(PREFERENCES, token, secret)
        ),
        most=CONNECTIONS * crowd.kills,
    )
    db.close()
    return Met(found, crowd.kills, len(sent), said, Counter(one.reader for one in copies))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
