"""How long messages are under way, and how much of that they only wait for their turn."""

import math
from dataclasses import dataclass

SHARE = 0.5
"""Of the time in a queue; with more, the queue might run empty before the next messages come."""
SLOWLY = 8
"""So many messages it takes until what is usual has largely changed."""


@dataclass(frozen=True, slots=True)
class LatencyEstimate:
    """What the last messages took from their beginning to the answer, in seconds.

    A server that has more to do than it can keeps messages waiting: the difference between the
    shortest flight and the usual one (as in TCP Vegas, RFC 6297, 2.1). Who sends into such a queue
    loses nothing by being late by a part of it.
    """

    shortest: float = math.inf
    usual: float = 0.0
    most: float = 0.005
    """No message is made late by more than this, whatever the queue."""

    def after(self, seconds: float) -> "LatencyEstimate":
        """With one more message."""
        usual = self.usual + (seconds - self.usual) / SLOWLY if self.usual else seconds
        return LatencyEstimate(min(self.shortest, seconds), usual, self.most)

    @property
    def leeway(self) -> float:
        """How long the next messages may be late at no cost, in seconds."""
        return max(0.0, min(self.most, SHARE * (self.usual - self.shortest)))


UNKNOWN = LatencyEstimate()
