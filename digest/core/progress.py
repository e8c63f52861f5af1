"""How far an edition is, for people and for `status --json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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

    now: datetime
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
    deferred: tuple[Failure, ...] = ()
    next_due: datetime | None = None
    """When the next delivery that waits may be tried."""
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

    @property
    def rate(self) -> float | None:
        """Messages accepted per second in the last minute; None if there were none."""
        return round(self.recent / 60, 2) if self.recent else None

    @property
    def eta(self) -> datetime | None:
        """When it would be done at this rate; None when nobody can know."""
        ready = self.open - self.counts[DeliveryState.DEFERRED]
        if self.state is not EditionState.SENDING or not self.recent or not ready:
            return None
        return self.now + timedelta(minutes=ready / self.recent)
