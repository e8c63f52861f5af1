"""When to hold back: what the first fifty readers tell, and how many connections are borne."""

from dataclasses import dataclass, replace

from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason

FIRST_READERS_COUNT = 50
"""So many readers tell whether an edition is taken; more than half of them must not fail."""
TOO_BIG = 3
"""After so many that are too big, with nothing accepted between, the edition can't be sent."""
GOOD = 50
"""After so many messages without trouble, one more connection is tried."""
_CROWDED = {421, 454}


@dataclass(frozen=True, slots=True)
class FirstReaders:
    """How the first readers of an edition fared, in one run of the sender."""

    sent: int = 0
    failed: int = 0
    too_big: int = 0
    last: str = ""
    """Why the last one failed."""

    def after(self, verdict: Verdict, attempts: int) -> tuple["FirstReaders", str]:
        """With one more outcome; and why the edition must be paused now, "" if it needn't.

        Only first attempts tell something about the edition.
        """
        if verdict.pause:
            trial = replace(self, too_big=self.too_big + 1)
            why = f"the mail server takes no message of this size: {verdict.why}"
            return trial, why if trial.too_big == TOO_BIG else ""
        trial = self
        if self.sent + self.failed > FIRST_READERS_COUNT and not self.too_big:
            return self, ""  # they have told; only messages that are too big count from now on
        if verdict.state is DeliveryState.SENT:
            trial = replace(self, sent=self.sent + (attempts == 1), too_big=0)
        elif verdict.state is DeliveryState.FAILED and attempts == 1:
            trial = replace(self, failed=self.failed + 1, last=verdict.why)
        tried = trial.sent + trial.failed
        if (
            tried != FIRST_READERS_COUNT
            or self.sent + self.failed == FIRST_READERS_COUNT
            or 2 * trial.failed <= FIRST_READERS_COUNT
        ):
            return trial, ""
        failed = f"{trial.failed} of the first {FIRST_READERS_COUNT} readers failed"
        return trial, f"{failed}, the last with: {trial.last}"


@dataclass(frozen=True, slots=True)
class ConcurrencyLimit:
    """How many connections may work at once: half as many when it is too much, then one by one
    more. Connections are numbered from 0; those from `now` on rest.
    """

    most: int
    now: int
    good: int = 0

    def after(self, verdict: Verdict, connection: int) -> "ConcurrencyLimit":
        """With one more outcome, on this connection."""
        if verdict.state is DeliveryState.SENT:
            if self.good + 1 < GOOD or self.now >= self.most:
                return self if self.good == GOOD else replace(self, good=self.good + 1)
            return replace(self, now=self.now + 1, good=0)
        if not self.crowded(verdict) or connection >= self.now:
            return self  # a connection that rests from now on has told what it knew
        now = 1 if self.over_quota(verdict) else max(self.now // 2, 1)
        return replace(self, now=now, good=0)

    @staticmethod
    def crowded(verdict: Verdict) -> bool:
        """Whether the server said that it is too much."""
        return verdict.host and verdict.code in _CROWDED

    @staticmethod
    def over_quota(verdict: Verdict) -> bool:
        """Whether it said so of everything that we send: then nothing goes before it is due."""
        return verdict.reason is Reason.OVER_QUOTA
