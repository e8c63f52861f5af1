"""What one run of the sender did, and who hears of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from digest.core.delivery.state import DeliveryState
from digest.store.delivery.rate_limit import Wait


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


class Listener:
    """Tells somebody of each outcome. Who fails at that, e.g. a progress bar whose terminal is
    gone, is told no more: it must not hold up the mail.
    """

    def __init__(self, done: Callable[[DeliveryState], None]) -> None:
        self._done: Callable[[DeliveryState], None] | None = done

    def __call__(self, state: DeliveryState) -> None:
        """One more outcome."""
        if self._done is None:
            return
        try:
            self._done(state)
        except Exception as fault:
            self._done = None
            structlog.get_logger().warning("deliver.unheard", why=repr(fault))
