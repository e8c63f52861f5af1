"""When a provider refuses us, and not a reader: leave its other readers alone for a while."""

from collections import Counter
from datetime import timedelta

from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason

IN_A_ROW = 5
"""So many readers at one domain must be refused for a policy, with nothing accepted between."""
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(hours=12)
FORGET_REFUSAL_AFTER = timedelta(days=14)
"""A refusal that is so old says nothing any more: it takes five again."""


def wait(strikes: int) -> timedelta:
    """How long a domain is left alone when it is refused for the so-manieth time, from 1."""
    doubled: int = 2 ** min(strikes - 1, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


class Refusals:
    """Counts what each domain says in one run of the sender.

    Of a domain that was left alone before (`known`), the first word counts: one reader tries
    whether it has changed its mind, not five.
    """

    def __init__(self) -> None:
        self.known: set[str] = set()
        self._in_a_row: Counter[str] = Counter()

    def listens(self, verdict: Verdict) -> bool:
        """Whether this says anything that matters here; mostly it doesn't."""
        if verdict.state is DeliveryState.SENT:
            return bool(self.known or self._in_a_row)
        return verdict.state is DeliveryState.FAILED and verdict.reason is Reason.POLICY

    def hear(self, domain: str, verdict: Verdict) -> bool:
        """Whether the domain is to be left alone now."""
        if verdict.state is DeliveryState.SENT:
            self._in_a_row.pop(domain, None)
            return False
        self._in_a_row[domain] += 1
        if self._in_a_row[domain] < IN_A_ROW and domain not in self.known:
            return False
        self._in_a_row.pop(domain)
        self.known.add(domain)
        return True

    def relents(self, domain: str, verdict: Verdict) -> bool:
        """Whether one that was left alone takes our mail again."""
        if verdict.state is not DeliveryState.SENT or domain not in self.known:
            return False
        self.known.discard(domain)
        return True
