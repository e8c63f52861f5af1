"""What a sender makes of the outcomes that it hears: go on, slow down, pause an edition, or end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from digest.core.delivery.circuit_breaker import ConcurrencyLimit, FirstReaders
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.store.database.database import Database
from digest.store.delivery import rate_limit
from digest.store.delivery.deliveries import Claim

HOST_TROUBLE_LIMIT = 3
"""After so many failures of the server in a row, with nothing accepted between, we stop."""


class CircuitBreaker:
    """Counts outcomes, and lets only so many connections work as the server bears.

    `trouble` says why the run must end, once it must.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime], most: int) -> None:
        self._db, self._clock = db, clock
        self._flow = self._kept = ConcurrencyLimit(most, most)
        self._trials: dict[int, FirstReaders] = {}
        self._hands: dict[int, int] = {}
        self._rest: datetime | None = None
        self._changed = asyncio.Event()
        self._over = False
        self.host_troubles: list[str] = []
        self.trouble = ""

    async def recall(self) -> None:
        """Begin with as many connections as were borne the last time."""
        level = await self._db.reading(rate_limit.connections, self._flow.most)
        self._flow = self._kept = ConcurrencyLimit(self._flow.most, level)

    async def remember(self) -> None:
        """Write down how many connections are borne, and whether the server wants to rest."""
        now = self._clock()
        if self._flow.now != self._kept.now:
            await self._db.writing(rate_limit.keep_connections, self._flow.now, now)
        if self._rest:
            await self._db.writing(rate_limit.rest, self._rest, now)

    # ------------------------------------------------------------ connections

    def may(self, connection: int) -> bool:
        """Whether this connection may begin a message; the first always may."""
        return connection < self._flow.now

    async def turn(self, connection: int) -> bool:
        """Wait until this connection may work; False if the run ends before."""
        while not self.may(connection) and not self._over:
            await self._changed.wait()
            self._changed.clear()
        return not self._over

    def over(self) -> None:
        """One connection has no more to do, so the others needn't wait for a turn."""
        self._over = True
        self._changed.set()

    def begins(self, claim: Claim, connection: int) -> None:
        """A connection has this message in hand."""
        self._hands[claim.delivery] = connection

    # ------------------------------------------------------------ outcomes

    def eased(self, verdict: Verdict, now: datetime) -> Verdict:
        """The verdict; where one connection was too many, the others may take the message now."""
        if (
            ConcurrencyLimit.crowded(verdict)
            and not ConcurrencyLimit.over_quota(verdict)
            and self._flow.now > 1
        ):
            return replace(verdict, due=now)
        return verdict

    def hear(self, claim: Claim, verdict: Verdict) -> str:
        """Why its edition must be paused, after this outcome; "" if it needn't."""
        connection = self._hands.pop(claim.delivery, 0)
        crowded = ConcurrencyLimit.crowded(verdict) and self._flow.now > 1
        self._flow = self._flow.after(verdict, connection)
        self._changed.set()
        if verdict.stop:
            self.trouble = verdict.why
        elif verdict.host:
            self._trouble(verdict, counts=not crowded)
        elif verdict.state is DeliveryState.SENT:
            self.host_troubles.clear()
        trial = self._trials.get(claim.edition, FirstReaders())
        self._trials[claim.edition], why = trial.after(verdict, claim.attempts)
        return why

    def _trouble(self, verdict: Verdict, *, counts: bool) -> None:
        if ConcurrencyLimit.over_quota(verdict):
            self.trouble, self._rest = verdict.why, verdict.due
        if counts:
            self.host_troubles.append(verdict.why)
        if len(self.host_troubles) >= HOST_TROUBLE_LIMIT:
            self.trouble = verdict.why
