"""Send what is due. Everybody once: each step is in the ledger before it happens."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from digest.actions.press import Press
from digest.core.delivery import DeliveryState
from digest.core.envelope import Envelope, Mould
from digest.core.outcome import Outcome, Unusable, Verdict, judge
from digest.store import deliveries, editions, owner, progress, recovery, subscribers
from digest.store.database import Database
from digest.store.deliveries import Claim

LEASE = timedelta(minutes=20)
"""Longer than the longest wait for an answer (10 minutes after the dot, RFC 5321, 4.5.3.2.6)."""
SILENCE = timedelta(days=1)
"""An edition that nobody worked on for so long is paused instead of sent on: it comes from a
restored backup or a long outage, and neither should mail by itself."""
SECOND_COPY_AFTER = timedelta(minutes=30)
HOST_TROUBLE_LIMIT = 3
"""After so many failures of the server in a row, with nothing accepted between, we stop."""

BATCH = 100
"""Deliveries claimed at a time; a crash gives them back at once, or after the lease."""

log = structlog.get_logger()
Clock = Callable[[], datetime]


class Mailer(Protocol):
    """One connection to a mail server, or something that stands for it."""

    async def send(self, envelope: Envelope, before_dot: Callable[[], Awaitable[None]]) -> Outcome:
        """Transfer one message. Awaits `before_dot` before any byte that can complete it."""

    async def close(self) -> None:
        """Say goodbye."""


@dataclass(slots=True)
class Tally:
    """What one run did."""

    counts: dict[DeliveryState, int] = field(default_factory=dict)
    trouble: str = ""
    """Why the run ended early, if it did."""
    finished: list[int] = field(default_factory=list)
    paused: list[int] = field(default_factory=list)
    """Editions that nobody had worked on for long."""
    freed: int = 0
    unsure: int = 0

    def add(self, state: DeliveryState) -> None:
        """Count one outcome."""
        self.counts[state] = self.counts.get(state, 0) + 1


class LeaseLostError(Exception):
    """Somebody else has this delivery now, or its reader left: don't send it."""


@dataclass(frozen=True, slots=True)
class Post:
    """What carries messages: the ledger, the press, and connections to where mail goes.

    `resend` lets uncertain deliveries have one second copy after half an hour.
    """

    db: Database
    press: Press
    mailers: Callable[[], Mailer]
    clock: Clock
    connections: int = 1
    resend: bool = False


async def deliver(
    post: Post,
    *,
    edition: int | None = None,
    stop: asyncio.Event | None = None,
    done: Callable[[DeliveryState], None] = lambda _: None,
) -> Tally:
    """Send every delivery that is due, then end.

    Of one `edition`, if given: then a person asked for it, and what waits for a server in trouble
    is tried now. Setting `stop` ends it early: what is in flight is finished, what was only
    claimed is given back. `done` hears of each outcome.
    """
    run = _Run(post, edition, stop or asyncio.Event(), done)
    await run.recover()
    workers = [asyncio.create_task(run.work(post.mailers())) for _ in range(post.connections)]
    try:
        ended = await asyncio.gather(*workers, return_exceptions=True)
    finally:
        await run.leave()
    for fault in ended:
        if isinstance(fault, BaseException):
            raise fault
    if not run.tally.trouble and run.host_troubles:
        run.tally.trouble = run.host_troubles[-1]
    run.tally.finished = await post.db.writing(progress.finish, post.clock())
    return run.tally


class _Run:
    """One run of the sender: its claims, and what became of them."""

    def __init__(
        self,
        post: Post,
        edition: int | None,
        stop: asyncio.Event,
        done: Callable[[DeliveryState], None],
    ) -> None:
        self.post, self.db, self.press, self.clock = post, post.db, post.press, post.clock
        self.edition, self.stop, self.done = edition, stop, done
        self.owner = owner.myself()
        self.tally = Tally()
        self.claims: list[Claim] = []
        self.moulds: dict[int, Mould] = {}
        self.claiming = asyncio.Lock()
        self.impatient = None if edition is None else self.clock()
        self.host_troubles: list[str] = []
        self.broken = False

    async def recover(self) -> None:
        """Settle what a sender that died left behind, before anything new is begun."""
        now = self.clock()
        held = await self.db.reading(recovery.owners)
        self.tally.freed, self.tally.unsure = await self.db.writing(
            recovery.take_over, owner.dead(held), now
        )
        why = "nobody worked on it for a day; `digest resume` goes on"
        if self.edition is None:
            for silent in await self.db.writing(recovery.pause_silent, now - SILENCE, why, now):
                log.warning("deliver.paused", edition=silent, why=why)
                self.tally.paused.append(silent)
        if self.post.resend:
            await self.db.writing(recovery.resend_uncertain, now - SECOND_COPY_AFTER, now)

    async def work(self, mailer: Mailer) -> None:
        """Send one claim after another over one connection."""
        try:
            while (claim := await self._next()) is not None:
                await self._send(mailer, claim)
        except Exception:
            # The other connections finish what they have in hand, and begin nothing new.
            self.broken = True
            raise
        finally:
            # What was said is recorded; a farewell that fails changes nothing.
            with suppress(Exception):
                await mailer.close()

    async def leave(self) -> None:
        """Give back what was not begun, and name what was cut off as uncertain."""
        left = [claim.delivery for claim in self.claims]
        self.claims.clear()
        now = self.clock()
        await self.db.writing(deliveries.release, left, self.owner, now)
        await self.db.writing(recovery.take_over, [self.owner], now)
        await self.db.writing(recovery.abandon, now)

    async def _next(self) -> Claim | None:
        async with self.claiming:
            while not self.claims:
                if self._ends():
                    return None
                claims = await self.db.writing(
                    deliveries.claim,
                    self.owner,
                    BATCH,
                    self.clock(),
                    LEASE,
                    self.edition,
                    self.impatient,
                )
                if claims is None:
                    return None
                self.claims = claims
            if self._ends():
                return None
            return self.claims.pop(0)

    def _ends(self) -> bool:
        return self.stop.is_set() or self.broken or bool(self.tally.trouble)

    async def _send(self, mailer: Mailer, claim: Claim) -> None:
        async def before_dot() -> None:
            begun = await self.db.writing(
                deliveries.begin_data, claim.delivery, self.owner, self.clock(), LEASE
            )
            if not begun:
                raise LeaseLostError

        try:
            outcome = await self._transfer(mailer, claim, before_dot)
        except LeaseLostError:
            log.info("deliver.lost", delivery=claim.delivery)
            await self._give_back(claim.edition)
            return
        await self._record(claim, judge(outcome, claim.attempts, self.clock()))

    async def _give_back(self, edition: int) -> None:
        """Let go of an edition's other claims if it was paused or cancelled meanwhile."""
        kept = await self.db.reading(editions.by_id, edition)
        if kept is None or kept.state not in editions.LIVE:
            left = [one.delivery for one in self.claims if one.edition == edition]
            self.claims = [one for one in self.claims if one.edition != edition]
            await self.db.writing(deliveries.release, left, self.owner, self.clock())

    async def _transfer(
        self, mailer: Mailer, claim: Claim, before_dot: Callable[[], Awaitable[None]]
    ) -> Outcome:
        mould = await self._mould(claim.edition)
        recipient = self.press.recipient(
            edition=claim.edition,
            delivery=claim.delivery,
            subscription=claim.subscription,
            email=claim.email,
            name=claim.name,
        )
        try:
            envelope = await self.press.press(mould, recipient, claim.dated or self.clock())
        except ValueError as error:  # this reader's own values; the others' are fine
            return Unusable(f"{claim.email} {error}")
        return await mailer.send(envelope, before_dot)

    async def _record(self, claim: Claim, verdict: Verdict) -> None:
        now = self.clock()
        if not await self.db.writing(deliveries.record, claim.delivery, self.owner, verdict, now):
            log.warning("deliver.fenced", delivery=claim.delivery, outcome=verdict.state)
            return
        if verdict.suppress:
            await self.db.writing(subscribers.suppress_delivery, claim.delivery, verdict.why, now)
        self._count(verdict)
        if verdict.state is not DeliveryState.PENDING:
            self.done(verdict.state)

    def _count(self, verdict: Verdict) -> None:
        self.tally.add(verdict.state)
        if verdict.stop:
            self.tally.trouble = verdict.why
        elif verdict.host:
            self.host_troubles.append(verdict.why)
            if len(self.host_troubles) >= HOST_TROUBLE_LIMIT:
                self.tally.trouble = verdict.why
        elif verdict.state is DeliveryState.SENT:
            self.host_troubles.clear()

    async def _mould(self, edition: int) -> Mould:
        if edition not in self.moulds:
            self.moulds[edition] = Mould(await self.db.reading(editions.wire, edition))
        return self.moulds[edition]
