"""One message to one reader: the rungs of the ledger."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery is; drawn in ARCHITECTURE.md."""

    PENDING = "pending"
    CLAIMED = "claimed"
    """A sender has it, under a lease. Surely not sent."""
    IN_DATA = "in_data"
    """Written down before the bytes that can complete the message."""
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """No answer after the dot. Never resent silently."""
    SKIPPED = "skipped"


OPEN_STATES = frozenset(
    {
        DeliveryState.PENDING,
        DeliveryState.CLAIMED,
        DeliveryState.IN_DATA,
        DeliveryState.DEFERRED,
    }
)
"""States in which there is still something to do."""
