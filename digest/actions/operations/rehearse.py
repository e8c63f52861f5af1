"""Rehearse a send: the real edition for the real readers, against a server that fails on purpose.

All of it happens on a copy of the store. The sender is a process of its own, which is killed once
when most is sent, and started again, as after a power failure.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.actions.editions.publish import publish
from digest.actions.message.message_factory import MessageFactory, subscription_of_token
from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.newsletters.newsletter import Approval, Newsletter
from digest.core.newsletters.timetable import next_slots
from digest.core.operations.fault_plan import Mishap, PlannedFault, assign_faults
from digest.core.operations.reconcile import Audit, LedgerRow, audit
from digest.errors import DigestError
from digest.mail.faulty import FaultyServer, read_record
from digest.store.database.database import Database
from digest.store.delivery import progress
from digest.store.editions import editions
from digest.store.editions.editions import StoredEdition
from digest.store.operations import rehearsal_copy

ROUNDS = 40
"""So often the sender is started at most: a message is tried 27 times."""
STUCK = 3
"""After so many rounds in which nothing changed the sender is given up."""
LEAVES_FROM = 5
"""With fewer readers nobody is made to leave."""
READERS_PER_CONNECTION = 12
"""The sender that is killed has no more connections than so: each may make a reader uncertain, and
a short list that is uncertain for the most part would teach nobody anything."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a sender is to do: send this edition to this port over at most so many connections, with
    its clock `ahead` seconds, and be killed once it has completed `dies_after` messages (0: not at
    all).
    """

    port: int
    edition: int
    connections: int
    ahead: float = 0.0
    dies_after: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sender ended: its exit code, negative if a signal killed it, and its last words."""

    code: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class RehearsalSpace:
    """Where a rehearsal happens. `db` is a copy of the store, `folder` is empty.

    `send` runs a sender, a process of its own, to its end.
    """

    db: Database
    folder: Path
    factory: MessageFactory
    clock: Callable[[], datetime]
    connections: int
    send: Callable[[Order], Awaitable[Ended]]


@dataclass(frozen=True, slots=True)
class RehearsedEdition:
    """The edition that is rehearsed. `why` says why it is one that was sent before, if it is."""

    edition: StoredEdition
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What was done to a send, and what became of it.

    `mishaps` count the readers who met one. `left` is who left in the middle. `pause` is how many
    seconds passed between the kill and the next message; None if there was none. `trouble` is
    what the sender said if it could not finish.
    """

    piece: RehearsedEdition
    mishaps: Mapping[str, int]
    kills: int
    left: str
    pause: float | None
    trouble: str
    audit: Audit


def freeze_next_edition(
    stage: RehearsalSpace, newsletter: Newsletter, at: datetime | None
) -> RehearsedEdition:
    """Freeze what would go out next; where that is nothing, what went out last.

    Raises DigestError if there is neither, or nobody to send it to.
    """
    db, now = stage.db, stage.clock()
    moment = at or _next(db, newsletter, now)
    newsletter = replace(newsletter, approval=Approval())  # the copy is nobody's to approve
    go = partial(publish, db, stage.factory, newsletter, now=now, as_is=True, early=True)
    kept = go(moment).edition
    why = ""
    if kept.state in {EditionState.HELD, EditionState.SENT, EditionState.CANCELLED}:
        why = kept.why or f"that one is {kept.state}"
        last = db.write(rehearsal_copy.redraft_newest, newsletter.slug)
        if last is None:
            raise DigestError(f"{newsletter.slug}: there is nothing to rehearse: {why}")
        kept = go(last.at).edition
    if kept.state is EditionState.PAUSED:
        paused, sending = (EditionState.PAUSED,), EditionState.SENDING
        db.write(editions.move, kept.id, paused, sending, "", now)
    db.write(rehearsal_copy.stop_other_work, kept.id, now)
    if not db.read(rehearsal_copy.still_to_send, kept.id):
        raise DigestError(f"{newsletter.slug}: there is nobody to send it to")
    return RehearsedEdition(kept, why)


def _next(db: Database, newsletter: Newsletter, now: datetime) -> datetime:
    """The moment of the edition that is under way, or else the next planned one."""
    if kept := db.read(editions.unfinished_edition, newsletter.slug):
        return kept.at
    return next_slots(newsletter.schedule, ZoneInfo(newsletter.timezone), now, 1)[0]


async def rehearse(
    stage: RehearsalSpace, piece: RehearsedEdition, heard: Callable[[int], None] = lambda _: None
) -> Rehearsed:
    """Send it with mishaps, kill the sender on the way, go on, and hold the ledger to account.

    `heard` is told of each message that the server takes, as 1.
    """
    run = _Run(stage, piece.edition.id, heard)
    path = stage.folder / "taken.jsonl"
    async with FaultyServer(path, stage.clock, faults=run.fault, heard=run.hear) as server:
        await run.go(server)
        await server.quiet()
        taken = read_record(path)
        mishaps = Counter(run.cast[who].what for who in {who for who, _ in server.met})
    secret = stage.factory.secret
    return Rehearsed(
        piece=piece,
        mishaps=mishaps,
        kills=run.kills,
        left=run.left,
        pause=run.pause,
        trouble=run.trouble,
        audit=audit(
            run.rows(),
            taken.copies,
            whose=partial(subscription_of_token, secret=secret),
            most=run.cautious * run.kills + taken.silences,
        ),
    )


class _Run:
    """One rehearsal: who meets what, and how far it is."""

    def __init__(self, stage: RehearsalSpace, edition: int, heard: Callable[[int], None]) -> None:
        self.stage, self.edition, self.heard = stage, edition, heard
        self.among = stage.db.read(rehearsal_copy.still_to_send, edition)
        self.cast: dict[str, Mishap] = assign_faults([row.email for row in self.rows()])
        self.cautious = min(stage.connections, max(1, len(self.among) // READERS_PER_CONNECTION))
        self.kills, self.left, self.trouble = 0, "", ""
        self.pause: float | None = None
        self._killed = 0.0

    def rows(self) -> list[LedgerRow]:
        """What the ledger says now of those who were to get it."""
        return self.stage.db.read(rehearsal_copy.ledger_rows, self.edition, self.among)

    def fault(self, address: str) -> PlannedFault | None:
        """What goes wrong for an address."""
        mishap = self.cast.get(address)
        return mishap.fault if mishap else None

    def hear(self, _reader: str, _message: bytes) -> None:
        """The server took a message."""
        if self._killed and self.pause is None:
            self.pause = asyncio.get_running_loop().time() - self._killed
        self.heard(1)

    async def go(self, server: FaultyServer) -> None:
        """Send until nothing is left, or the sender can't."""
        await self._killed_on_the_way(server)
        ahead, stuck = timedelta(0), 0
        for _ in range(ROUNDS):
            before = self._counts()
            seconds, all_of_them = ahead.total_seconds(), self.stage.connections
            order = Order(server.port, self.edition, all_of_them, seconds)
            ended = await self.stage.send(order)
            after = self._counts()
            if not OPEN_STATES & after.keys():
                return
            stuck = stuck + 1 if after == before else 0
            if stuck == STUCK:
                self.trouble = ended.said or f"the sender ended with {ended.code}"
                return
            ahead = await self._until_due(ahead)

    def _counts(self) -> Counter[DeliveryState]:
        return Counter(row.state for row in self.rows())

    async def _killed_on_the_way(self, server: FaultyServer) -> None:
        count = max(1, (len(self.among) - len(self.cast)) * 3 // 4)
        order = Order(server.port, self.edition, self.cautious, dies_after=count)
        ended = await self.stage.send(order)
        if ended.code < 0:
            killed = asyncio.get_running_loop().time()
            self.kills += 1
            await server.quiet()  # what was on the wire still arrives
            self._killed = killed
            self._somebody_leaves()

    def _somebody_leaves(self) -> None:
        """The last reader who has nothing yet clicks on a link of last week."""
        rows = self.rows()
        waiting = [
            row
            for row in rows
            if row.state in {DeliveryState.PENDING, DeliveryState.CLAIMED}
            and row.email not in self.cast
            and not row.left
        ]
        if len(rows) >= LEAVES_FROM and waiting:
            self.left = waiting[-1].email
            now = self.stage.clock()
            self.stage.db.write(rehearsal_copy.leave_reader, waiting[-1].subscription, now)

    async def _until_due(self, ahead: timedelta) -> timedelta:
        """How far the clock must be put forward for what waits to be due."""
        now = self.stage.clock() + ahead
        _, following = await self.stage.db.reading(progress.waiting, now, self.edition)
        return ahead + max(following - now, timedelta(0)) if following else ahead
