"""What a sender holds: claims taken ahead of need, so that no connection waits for the store."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from digest.core.text.email_address import address_key
from digest.store.delivery.deliveries import Claim

CLAIMS_PER_QUERY = 250
"""Deliveries claimed at a time; a crash gives them back at once, or after the lease."""


class Claims:
    """Hands out claims and knows which are out.

    `take` claims some: None means that nothing is due any more, an empty list that all of a batch
    were skipped. It is called again as soon as no more than `low` are left to hand out.
    """

    def __init__(self, take: Callable[[], Awaitable[list[Claim] | None]], low: int) -> None:
        self._take, self._low = take, low
        self._waiting: deque[Claim] = deque()
        self._out: dict[int, Claim] = {}
        self._taking: asyncio.Task[None] | None = None
        self._dry = False
        self._fault: Exception | None = None

    def at_once(self) -> Claim | None:
        """A claim, if one is at hand."""
        if len(self._waiting) <= self._low and not self._dry and self._taking is None:
            self._taking = asyncio.create_task(self._more())
        if not self._waiting:
            return None
        claim = self._waiting.popleft()
        self._out[claim.delivery] = claim
        return claim

    async def next(self) -> Claim | None:
        """A claim, or None once nothing is due. Raises what claiming raised."""
        while (claim := self.at_once()) is None and self._taking is not None:
            await asyncio.shield(self._taking)
        if claim is None and self._fault:
            raise self._fault
        return claim

    def settled(self, claim: Claim) -> None:
        """What became of it is known, or it was given back."""
        self._out.pop(claim.delivery, None)

    def drop(self, edition: int) -> list[int]:
        """Hand out no more of an edition; gives the deliveries that were held of it."""
        return self._drop(lambda claim: claim.edition == edition)

    def drop_domain(self, domain: str) -> list[int]:
        """Hand out no more that go to this domain (an A-label); gives what was held of it."""
        return self._drop(lambda claim: address_key(claim.email).rpartition("@")[2] == domain)

    def _drop(self, which: Callable[[Claim], bool]) -> list[int]:
        dropped = [claim.delivery for claim in self._waiting if which(claim)]
        self._waiting = deque(claim for claim in self._waiting if not which(claim))
        return dropped

    async def stop(self) -> list[int]:
        """Take no more; gives the deliveries that are held, at hand or out."""
        if self._taking is not None:
            await self._taking
        self._dry = True
        left = [*self._out, *(claim.delivery for claim in self._waiting)]
        self._out.clear()
        self._waiting.clear()
        return left

    async def _more(self) -> None:
        try:
            while (claims := await self._take()) == []:
                pass
        except Exception as fault:
            self._fault, claims = fault, None
        self._taking = None
        if claims is None:
            self._dry = True
        else:
            self._waiting.extend(claims)
