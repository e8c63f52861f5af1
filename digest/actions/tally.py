"""What one run of the sender did."""

from dataclasses import dataclass, field

from digest.core.delivery import DeliveryState
from digest.store.pacing import Wait


@dataclass(slots=True)
class Tally:
    """What one run did."""

    counts: dict[DeliveryState, int] = field(default_factory=dict)
    trouble: str = ""
    """Why the run ended early, if it did."""
    finished: list[int] = field(default_factory=list)
    paused: dict[int, str] = field(default_factory=dict)
    """Editions that were paused, and why."""
    wait: Wait | None = None
    """Until when the rest must wait, and why, if it isn't moments."""
    freed: int = 0
    unsure: int = 0

    def add(self, state: DeliveryState) -> None:
        """Count one outcome."""
        self.counts[state] = self.counts.get(state, 0) + 1
