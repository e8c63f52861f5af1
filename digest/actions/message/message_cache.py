"""What messages are cast in, held ready for a sender."""

import asyncio
from datetime import datetime

from digest.actions.message.message_factory import MessageFactory
from digest.core.message.compose import EncodedVariant, OutgoingMessage
from digest.core.message.encoded_edition import EncodedEdition, join_fragments
from digest.store.database.database import Database
from digest.store.delivery.deliveries import Claim
from digest.store.message import encoded_editions

MAX_CACHED_MESSAGES = 200
"""How many different messages are held ready; each takes as much memory as a message."""


class MessageCache:
    """One for each variant of an edition; readers with equal choices share one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._encoded: dict[int, EncodedEdition] = {}
        self._ready: dict[int, EncodedVariant] = {}  # the least recently used first
        self._making = asyncio.Lock()

    async def of(self, claim: Claim) -> EncodedVariant:
        """What this reader's message is cast in."""
        variant = self._ready.pop(claim.variant, None)
        if variant is None:
            async with self._making:  # all connections want it at once, and it is a lot of work
                variant = self._ready.pop(claim.variant, None) or await self._make(claim)
        self._ready[claim.variant] = variant
        if len(self._ready) > MAX_CACHED_MESSAGES:
            del self._ready[next(iter(self._ready))]
        return variant

    async def _make(self, claim: Claim) -> EncodedVariant:
        if claim.edition not in self._encoded:
            self._encoded = {
                claim.edition: await self._db.reading(
                    encoded_editions.encoded_edition, claim.edition
                )
            }
        variant = await self._db.reading(encoded_editions.variant_by_id, claim.variant)
        return EncodedVariant(
            join_fragments(self._encoded[claim.edition], variant.choice, variant.words)
        )


async def compose_for(
    factory: MessageFactory, variant: EncodedVariant, claim: Claim, date: datetime
) -> OutgoingMessage:
    """One reader's message. Raises ValueError for values of theirs that can't be sent."""
    recipient = factory.recipient(
        edition=claim.edition,
        delivery=claim.delivery,
        subscription=claim.subscription,
        email=claim.email,
        name=claim.name,
    )
    return await factory.message_off_loop(variant, recipient, date)
