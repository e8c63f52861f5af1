"""Where a provider refuses us: leave it alone for a while, and go on elsewhere."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog

from digest.actions.delivery.claims import Claims
from digest.core.delivery.provider_backoff import Refusals
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.text import email_address
from digest.store.database.database import Database
from digest.store.delivery import provider_backoff
from digest.store.delivery.deliveries import Claim

log = structlog.get_logger()


class ProviderBackoff:
    """Hears what each domain says in one run, and writes down which are left alone."""

    def __init__(
        self, db: Database, owner: str, clock: Callable[[], datetime], claims: Claims
    ) -> None:
        self._db, self._owner, self._clock, self._claims = db, owner, clock, claims
        self._refusals = Refusals()

    async def recall(self, *, by_hand: bool) -> None:
        """Know who refused us before. A person who sends wants them tried now, with one reader."""
        if by_hand:
            await self._db.writing(provider_backoff.try_again, self._clock())
        self._refusals.known = set(await self._db.reading(provider_backoff.refused, self._clock()))

    def hear(self, claim: Claim, verdict: Verdict) -> Coroutine[Any, Any, None] | None:
        """What is to be done after this outcome, if anything."""
        if not self._refusals.listens(verdict):
            return None
        domain = email_address.address_key(claim.email).rpartition("@")[2]
        if self._refusals.hear(domain, verdict):
            return self._leave_alone(domain, claim, verdict.why)
        if self._refusals.relents(domain, verdict):
            return self._db.writing(provider_backoff.relent, domain, self._clock())
        return None

    async def _leave_alone(self, domain: str, claim: Claim, why: str) -> None:
        log.warning("deliver.refused", domain=domain, why=why)
        held, now = self._claims.drop_domain(domain), self._clock()
        await self._db.writing(
            provider_backoff.block_domain, domain, claim, why, held, self._owner, now
        )
