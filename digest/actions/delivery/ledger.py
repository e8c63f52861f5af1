"""The sender's pen: one writer for all connections, so that durability costs a commit a round.

While one commit is on its way to the disk, everything that the connections want to write next
gathers, and goes into the next one. Where the server keeps messages waiting for their turn, a
commit waits a little for what other connections will soon ask for: it costs as much for one
message as for ten.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from digest import failpoint
from digest.actions.delivery.retry_on_lock import retry_on_lock
from digest.core.delivery.latency import UNKNOWN, LatencyEstimate
from digest.core.delivery.smtp_outcome import Verdict
from digest.store.database.database import Database
from digest.store.delivery import outcome_writes
from digest.store.delivery.deliveries import Claim

CLAIM_LEASE = timedelta(minutes=20)
"""Longer than the longest wait for an answer (10 minutes after the dot, RFC 5321, 4.5.3.2.6)."""
COMMIT_WAITS_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, *(10.0,) * 30)
"""Seconds between attempts to commit: five minutes, in which a lock may end or a disk get room."""

Heard = Callable[[Claim, Verdict, bool], None]


class Ledger:
    """Writes beginnings and outcomes down for every connection of one sender.

    `heard` is told of each outcome once it is committed, and whether the row was still ours. If a
    commit fails for good, everything that is asked from then on raises what it failed with: a
    sender must not go on that can't write down what it does. `flight` is what is known of the
    server so far.
    """

    def __init__(
        self,
        db: Database,
        owner: str,
        clock: Callable[[], datetime],
        heard: Heard,
        *,
        lease: timedelta = CLAIM_LEASE,
        waits: Sequence[float] = COMMIT_WAITS_SECONDS,
        flight: LatencyEstimate = UNKNOWN,
    ) -> None:
        self._db, self._owner, self._clock, self._heard = db, owner, clock, heard
        self._lease, self._waits = lease, waits
        self._outcomes: dict[int, tuple[Claim, Verdict]] = {}
        self._begins: dict[int, asyncio.Future[bool]] = {}
        self._marks: list[asyncio.Future[bool]] = []
        self._flying: dict[int, float] = {}
        """Messages that were begun and have no outcome yet, and when that was."""
        self._flight = flight
        self._enough = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._fault: Exception | None = None

    def begin(self, delivery: int) -> asyncio.Future[bool]:
        """Whether the message may be completed from now on; await it before a byte of the body."""
        asked = self._asked()
        self._begins[delivery] = asked
        self._weigh()
        return asked

    def record(self, claim: Claim, verdict: Verdict) -> None:
        """Write an outcome down with the next commit, before any message that begins later."""
        self._outcomes[claim.delivery] = claim, verdict
        if begun := self._flying.pop(claim.delivery, None):
            self._flight = self._flight.after(asyncio.get_running_loop().time() - begun)
        self._start()
        self._weigh()

    async def written(self) -> None:
        """All that was asked for so far is committed."""
        mark = self._asked()
        self._marks.append(mark)
        self._weigh()
        await mark

    def _asked(self) -> asyncio.Future[bool]:
        self._start()
        return asyncio.get_running_loop().create_future()

    def _start(self) -> None:
        if self._fault:
            raise self._fault
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Commit round after round until nothing is left to write."""
        while self._outcomes or self._begins or self._marks:
            await self._gather()
            outcomes, self._outcomes = self._outcomes, {}
            begins = {one: asked for one, asked in self._begins.items() if not asked.cancelled()}
            marks, self._begins, self._marks = self._marks, {}, []
            try:
                done = await self._commit(outcomes, begins)
            except Exception as fault:
                self._fail(fault, [*begins.values(), *marks])
                break
            failpoint.reach("after-record")
            try:
                for delivery, (claim, verdict) in outcomes.items():
                    self._heard(claim, verdict, delivery in done.recorded)
            except Exception as fault:  # a mistake of ours; whoever asked must not wait for ever
                self._fail(fault, [*begins.values(), *marks])
                break
            self._flying |= dict.fromkeys(done.begun, asyncio.get_running_loop().time())
            for delivery, asked in begins.items():
                _answer(asked, delivery in done.begun)
            for mark in marks:
                _answer(mark, True)
        self._writing = None

    def _weigh(self) -> None:
        """Half of the connections wait for the commit: the others keep the server busy."""
        if self._marks or len(self._begins) >= len(self._flying):
            self._enough.set()

    async def _gather(self) -> None:
        """Wait for what else is due to be written any moment, where that costs no time."""
        self._enough.clear()
        self._weigh()
        leeway = self._flight.leeway
        if leeway and not self._enough.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(leeway):
                    await self._enough.wait()

    async def _commit(
        self,
        outcomes: dict[int, tuple[Claim, Verdict]],
        begins: dict[int, asyncio.Future[bool]],
    ) -> outcome_writes.Round:
        """One transaction, tried again for minutes: what a server accepted must be written down."""
        verdicts = {delivery: verdict for delivery, (_, verdict) in outcomes.items()}
        asked, owner, lease = list(begins), self._owner, self._lease

        async def commit() -> outcome_writes.Round:
            now = self._clock()
            return await self._db.writing(
                outcome_writes.commit_round, verdicts, asked, owner, now, lease
            )

        return await retry_on_lock(self._waits, commit)

    def _fail(self, fault: Exception, asked: list[asyncio.Future[bool]]) -> None:
        self._fault = fault
        for one in (*asked, *self._begins.values(), *self._marks):
            if not one.done():
                one.set_exception(fault)


def _answer(asked: asyncio.Future[bool], answer: bool) -> None:
    if not asked.done():  # whoever asked may have been cancelled meanwhile
        asked.set_result(answer)
