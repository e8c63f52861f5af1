"""One send whose sender is killed again and again, and the audit of it."""

import asyncio
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digest.actions.message.message_factory import subscription_of_token
from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.operations.reconcile import Audit, audit
from digest.store.database.database import Database, Tx
from digest.store.operations import rehearsal_copy
from scripts.killing.publication import Publication
from scripts.killing.servers import Sink, now, ours, postfix
from tests.dkim_verifier import by_dkimpy

LEAVING = 2
"""Readers who leave while the sender is down."""
MOST_STARTS = 6
"""After its kills a send must come to an end in so many starts."""


def _environment() -> dict[str, str]:
    """Ours, but with the compiled modules that an installed digest has."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


LIBRARIES = "asyncio, click, cryptography.x509, jinja2, pydantic, sqlmodel, structlog, aiosmtplib"


def bare_start() -> float:
    """Seconds that it takes to start Python and import what a sender needs of others."""
    took = []
    for _ in range(7):
        began = time.perf_counter()
        words = [sys.executable, "-c", f"import {LIBRARIES}"]
        subprocess.run(words, check=True, env=_environment())
        took.append(time.perf_counter() - began)
    return statistics.median(took)


@dataclass
class Done:
    """How a send went. `pauses` are the seconds from each kill to the next message."""

    audit: Audit
    kills: int
    wanted: int
    seconds: float
    pauses: list[float] = field(default_factory=list)
    unsigned: int = 0
    fault: str = ""

    @property
    def well(self) -> bool:
        """Whether it adds up, with every kill that was wanted and every signature valid."""
        return (
            self.audit.adds_up
            and self.kills == self.wanted
            and not self.unsigned
            and not self.fault
        )


class Send:
    """A send in a folder, by senders that are started and killed from here."""

    def __init__(self, publication: Publication, config: Path, sink: Sink) -> None:
        self.publication, self.config, self.sink = publication, config, sink
        self.db: Database = publication.open(config)
        self.process: asyncio.subprocess.Process | None = None
        self.kills = 0
        self.fault = ""

    async def start(self, failpoint: str = "") -> asyncio.subprocess.Process:
        """Start a sender, to be killed at this point."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "digest", "--config", str(self.config), "deliver"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=_environment() | ({"DIGEST_FAILPOINT": failpoint} if failpoint else {}),
        )
        return self.process

    async def ended(self) -> int:
        """Wait for the end of the sender, and for what it left on the wire."""
        assert self.process
        _, said = await self.process.communicate()
        code = self.process.returncode or 0
        if code == -signal.SIGKILL:
            self.kills += 1
        elif code:
            self.fault = said.decode(errors="replace").strip()
        await self.sink.quiet()
        return code

    def states(self) -> set[DeliveryState]:
        """The states that there are in the ledger."""
        return {
            row.state for row in self.db.read(rehearsal_copy.ledger_rows, self.publication.edition)
        }

    def somebody_leaves(self) -> None:
        """A few who have nothing yet, from the end of the list."""
        for subscription in self.db.read(_waiting):
            self.db.write(rehearsal_copy.leave_reader, subscription, now())

    async def finish(self) -> None:
        """Start senders until nothing is left to do."""
        for _ in range(MOST_STARTS):
            if not self.states() & OPEN_STATES:
                return
            await self.start()
            await self.ended()

    def audited(self, connections: int) -> Audit:
        """The ledger against what the server took."""
        secret = self.publication.secret
        found = audit(
            self.db.read(rehearsal_copy.ledger_rows, self.publication.edition),
            self.sink.copies(),
            whose=partial(subscription_of_token, secret=secret),
            most=connections * self.kills,
        )
        self.db.close()
        return found


def _waiting(tx: Tx) -> list[int]:
    """Subscriptions of a few who are not done. All of the rows would take as long as a start."""
    query = (
        "SELECT subscription_id FROM delivery WHERE state IN ('pending', 'claimed')"
        " AND (SELECT status FROM subscription WHERE id = subscription_id) = 'active'"
        f" ORDER BY id DESC LIMIT {LEAVING}"
    )
    return [one for (one,) in tx.connection().exec_driver_sql(query)]


async def killed_at(
    publication: Publication,
    folder: Path,
    failpoints: Sequence[str],
    connections: int,
    pipelining: bool,
) -> Done:
    """Send; the first senders die at these points, each once."""
    began, taken = asyncio.get_running_loop().time(), list[bytes]()
    async with ours(folder, pipelining, lambda _, message: taken.append(message)) as sink:
        config = publication.place(folder, connections, pipelining, sink.port)
        send = Send(publication, config, sink)
        for failpoint in failpoints:
            await send.start(failpoint)
            await send.ended()
            send.somebody_leaves()
        await send.finish()
        found = send.audited(connections)
    seconds = asyncio.get_running_loop().time() - began
    unsigned = await asyncio.to_thread(_unsigned, taken, publication)
    wanted = len(failpoints)
    return Done(found, send.kills, wanted, seconds, unsigned=unsigned, fault=send.fault)


def _unsigned(messages: Sequence[bytes], publication: Publication) -> int:
    """How many have no valid signature."""
    return sum(by_dkimpy(one, publication.dns) != [True] for one in messages)


# ---------------------------------------------------------------- the soak


async def soak(
    publication: Publication,
    folder: Path,
    kills: int,
    connections: int,
    into: str,
    seed: int,
) -> Done:
    """Send; kill the sender so often, at moments that nobody planned."""
    loop = asyncio.get_running_loop()
    heard: list[float] = []
    checked: list[bytes] = []

    def hear(_: str, message: bytes) -> None:
        heard.append(loop.time())
        if len(heard) % 50 == 0:  # a sample: each takes 2 ms
            checked.append(message)

    # The moments differ from run to run of course; the seed only says how far apart they are.
    chance = random.Random(seed)
    marks = sorted(chance.sample(range(1, publication.readers * 19 // 20), kills))
    server: AbstractAsyncContextManager[Sink] = (
        postfix() if into == "postfix" else ours(folder, True, hear)
    )
    async with server as sink:
        config = publication.place(folder, connections, True, sink.port)
        send, began, deaths = Send(publication, config, sink), loop.time(), list[Death]()
        for mark in marks:
            process = await send.start()
            await _killed_after(process, config, mark, chance.random() / 20)
            died = loop.time()
            await send.ended()
            deaths.append(Death(died, len(heard)))
            send.somebody_leaves()
        await send.finish()
        seconds = loop.time() - began
        found = send.audited(connections)
    pauses = [heard[one.taken] - one.at for one in deaths if one.taken < len(heard)]
    unsigned = await asyncio.to_thread(_unsigned, checked, publication)
    return Done(found, send.kills, kills, seconds, pauses, unsigned, send.fault)


@dataclass(frozen=True)
class Death:
    """When a sender was killed, and how many messages had been taken of it and those before."""

    at: float
    taken: int


async def _killed_after(
    process: asyncio.subprocess.Process, config: Path, mark: int, jitter: float
) -> None:
    """Kill a sender some moments after the ledger has so many who are done."""
    place = f"file:{config.parent / 'digest.db'}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as store:
        while process.returncode is None and _done(store) < mark:  # noqa: ASYNC110 (a process)
            await asyncio.sleep(0.01)
    await asyncio.sleep(jitter)
    if process.returncode is None:
        process.kill()


def _done(store: sqlite3.Connection) -> int:
    query = "SELECT count(*) FROM delivery WHERE state IN ('sent', 'uncertain', 'skipped')"
    count: int = store.execute(query).fetchone()[0]
    return count
