"""How far an edition is, for people and for `status --json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.core.delivery import OPEN, DeliveryState
from digest.core.edition import EditionState


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that did not get the edition, and why."""

    email: str
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """An edition and its deliveries, counted by state (every state is in `counts`)."""

    edition: int
    newsletter: str
    at: datetime
    state: EditionState
    why: str
    subject: str
    counts: Mapping[DeliveryState, int]
    uncertain: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    touched: datetime | None = None
    next_due: datetime | None = None
    recent: int = 0
    """Messages accepted in the last minute."""

    @property
    def audience(self) -> int:
        """Everybody who has a row in the ledger."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Deliveries with something still to do."""
        return sum(self.counts[state] for state in OPEN)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a send came to; the keys of `send --json`."""

    edition: int | None
    audience: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    why: str = ""
    """Why there is no edition, where there is none."""
    articles: tuple[int, ...] = field(default=())
