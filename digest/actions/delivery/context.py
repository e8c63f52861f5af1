"""What delivering needs: the ledger, what makes messages, and connections."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.actions.delivery.ledger import COMMIT_WAITS_SECONDS
from digest.actions.delivery.mailer import Mailer
from digest.actions.message.message_factory import MessageFactory
from digest.core.delivery.rate_limit import NONE, Limits
from digest.store.database.database import Database

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """What carries messages: the ledger, the press, and connections to where mail goes.

    `resend` lets uncertain deliveries have one second copy after half an hour. `limits` keep the
    pace, `nap` passes the time that they cost. `waits` are those of the ledger.
    """

    db: Database
    factory: MessageFactory
    mailers: Callable[[], Mailer]
    clock: Clock
    connections: int = 1
    resend: bool = False
    limits: Limits = NONE
    nap: Callable[[float], Awaitable[None]] = asyncio.sleep
    waits: Sequence[float] = COMMIT_WAITS_SECONDS
