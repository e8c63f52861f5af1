"""How far an edition is, for people and for `status --json`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.editions.edition import EditionState


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that did not get the edition, and why."""

    email: str
    why: str

    @property
    def provider(self) -> str:
        """The part of the address behind the @."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Readers at one provider who failed for the same reason, in the order of their addresses."""

    why: str
    provider: str
    emails: tuple[str, ...]


def group_failures(failures: Iterable[Failure]) -> tuple[FailureGroup, ...]:
    """Put alike failures together, the largest groups first.

    Two are alike if only the address differs in what the server said.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for one in failures:
        why = one.why.replace(one.email, "…")
        groups.setdefault((why, one.provider), []).append(one.email)
    found = (FailureGroup(*key, tuple(emails)) for key, emails in groups.items())
    return tuple(sorted(found, key=lambda group: -len(group.emails)))


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What a mail server answered last: its words with code, and when."""

    at: datetime
    said: str


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
    held_until: datetime | None = None
    """Nothing goes before this moment; None if nothing holds it back for more than moments."""
    held_why: str = ""
    last_turn: datetime | None = None
    """When the last one comes that was told when to come back (see core.delivery.rate_limit)."""
    last_answer: LastAnswer | None = None
    """None before the first answer."""
    sender: bool = False
    """Whether a sender has something of it in hand, or had in the last minute."""

    @property
    def audience(self) -> int:
        """Everybody who has a row in the ledger."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Deliveries with something still to do."""
        return sum(self.counts[state] for state in OPEN_STATES)

    @property
    def rate(self) -> float | None:
        """Messages accepted per second in the last minute; None if there were none."""
        return round(self.recent / 60, 2) if self.recent else None

    @property
    def eta(self) -> datetime | None:
        """When it would be done at this rate; None when nobody can know."""
        if self.eta_why or not self.open:
            return None
        end = self.now + timedelta(minutes=self._ready / self.recent)
        return max(end, self.last_turn) if self.last_turn else end

    @property
    def eta_why(self) -> str:
        """Why nobody can know when it would be done; "" if it is known, or nothing is left."""
        if not self.open:
            return ""
        if self.state is not EditionState.SENDING:
            return f"it is {self.state}"
        if self.held_until:
            return self.held_why
        if not self._ready:
            return "what is left waits to be tried again"
        return "" if self.recent else "nothing was accepted in the last minute"

    @property
    def _ready(self) -> int:
        return self.open - self.counts[DeliveryState.DEFERRED]
