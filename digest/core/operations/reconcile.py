"""Hold the ledger against what a mail server wrote down: does it add up?

The server's word counts: what it took, it wrote down before it said so. What the ledger may not
know is what it calls uncertain, and nothing else.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.delivery.state import OPEN_STATES, DeliveryState

# Each begins with a character that is rare, so that a message is read in no time; what stands
# before it is looked at only then.
_SIGNATURE = re.compile(rb"\.[A-Za-z0-9_-]{43}(?![\w-])")
_NUMBER = re.compile(rb"(?<![\w.-])(?:0|[1-9][0-9]{0,18})\Z")
_DOMAIN = re.compile(rb"@[\w.-]*\w")
_LOCAL = re.compile(rb"[\w.+-]+\Z")
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID: *(\S+)")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What the ledger says of a reader. `email` is as SMTP has it (A-labels).

    `resends` counts the second copies that were allowed on purpose; `left` is when they left.
    """

    subscription: int
    email: str
    state: DeliveryState
    resends: int = 0
    left: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A message that a server took. `begun` is when its first byte came.

    `tokens` and `addresses` are all that stand anywhere in it.
    """

    reader: str
    begun: datetime
    message_id: str = ""
    tokens: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


class LedgerCheck(StrEnum):
    """What must hold, each in the words of its failure."""

    LOST = "the ledger says sent, and the server never took it"
    UNFINISHED = "nothing became of it"
    TWICE = "more copies than the ledger owns up to"
    DENIED = "the server took it, and the ledger says it was not sent"
    LEFT = "mailed after they left"
    FOREIGN = "somebody else's link or address, or not their own link"
    STRANGER = "was not to be mailed"
    UNLIKE = "a second copy that can't be recognised as one, or two readers with one Message-ID"


@dataclass(frozen=True, slots=True)
class Audit:
    """How it adds up. `wrong` names who fails a check; it holds where nobody is named.

    `extra` are copies beyond the first of a reader; there may be `most` of them, and so many
    uncertain readers, and no more. `arrived` are the uncertain whose message the server did take.
    """

    counts: Mapping[DeliveryState, int]
    copies: int
    reached: int
    extra: int
    most: int
    uncertain: tuple[str, ...]
    arrived: tuple[str, ...]
    wrong: Mapping[LedgerCheck, tuple[str, ...]]

    @property
    def readers(self) -> int:
        """Everybody who was to get it."""
        return sum(self.counts.values())

    @property
    def within(self) -> bool:
        """Whether no more is uncertain, or twice, than kills and lost answers explain."""
        return self.extra <= self.most and len(self.uncertain) <= self.most

    @property
    def adds_up(self) -> bool:
        """Whether everything holds."""
        return self.within and not any(self.wrong.values())


def read_copy(reader: str, begun: datetime, message: bytes) -> Copy:
    """What the audit wants to know of a message, as it came over the wire."""
    found = _MESSAGE_ID.search(message)
    return Copy(
        reader=reader,
        begun=begun,
        message_id=found[1].decode("ascii", "replace") if found else "",
        tokens=frozenset(_whole(_NUMBER, _SIGNATURE, message)),
        addresses=frozenset(one.lower() for one in _whole(_LOCAL, _DOMAIN, message)),
    )


def _whole(begin: re.Pattern[bytes], end: re.Pattern[bytes], message: bytes) -> Iterator[str]:
    """What matches `end`, with what matches `begin` right before it."""
    for found in end.finditer(message):
        before = begin.search(message[max(0, found.start() - 65) : found.start()])
        if before:
            yield (before[0] + found[0]).decode("ascii", "replace")


def audit(
    rows: Sequence[LedgerRow],
    copies: Sequence[Copy],
    *,
    whose: Callable[[str], int | None],
    most: int,
) -> Audit:
    """Hold every row against the copies of its reader.

    `whose` gives the subscription that a token was signed for. `most` is how many readers may be
    uncertain: connections times kills, and the answers that the server kept to itself.
    """
    by_reader: dict[str, list[Copy]] = {}
    for copy in copies:
        by_reader.setdefault(copy.reader.lower(), []).append(copy)
    audience = {row.email.lower(): row for row in rows}
    wrong: dict[LedgerCheck, list[str]] = {check: [] for check in LedgerCheck}
    for email, row in audience.items():
        for check in _failed(row, by_reader.get(email, ()), whose, audience.keys()):
            wrong[check].append(row.email)
    wrong[LedgerCheck.STRANGER] += by_reader.keys() - audience.keys()
    wrong[LedgerCheck.UNLIKE] += _shared_ids(by_reader)
    uncertain = sorted(row.email for row in rows if row.state is DeliveryState.UNCERTAIN)
    return Audit(
        counts=Counter(row.state for row in rows),
        copies=len(copies),
        reached=len(by_reader.keys() & audience.keys()),
        extra=len(copies) - len(by_reader),
        most=most,
        uncertain=tuple(uncertain),
        arrived=tuple(email for email in uncertain if email.lower() in by_reader),
        wrong={check: tuple(sorted(set(who))) for check, who in wrong.items()},
    )


def _failed(
    row: LedgerRow,
    copies: Sequence[Copy],
    whose: Callable[[str], int | None],
    audience: Collection[str],
) -> Iterable[LedgerCheck]:
    """What does not hold of one reader."""
    least, most = _may_have(row)
    if row.state in OPEN_STATES:
        yield LedgerCheck.UNFINISHED
    if len(copies) < least:
        yield LedgerCheck.LOST
    elif len(copies) > most:
        yield LedgerCheck.TWICE if most else LedgerCheck.DENIED
    if any(row.left and copy.begun > row.left for copy in copies):
        yield LedgerCheck.LEFT
    if any(_is_foreign(copy, row, whose, audience) for copy in copies):
        yield LedgerCheck.FOREIGN
    if len({copy.message_id for copy in copies}) > 1:
        yield LedgerCheck.UNLIKE


def _may_have(row: LedgerRow) -> tuple[int, int]:
    """How many copies the ledger owns up to: each second one follows an uncertain first."""
    if row.state is DeliveryState.SENT:
        return 1, 1 + row.resends
    return 0, row.resends + (row.state is DeliveryState.UNCERTAIN)


def _is_foreign(
    copy: Copy, row: LedgerRow, whose: Callable[[str], int | None], audience: Collection[str]
) -> bool:
    signed_for = {whose(token) for token in copy.tokens}
    if signed_for != {row.subscription}:
        return True
    own = row.email.lower()
    return any(one != own and one in audience for one in copy.addresses)


def _shared_ids(by_reader: Mapping[str, Sequence[Copy]]) -> list[str]:
    """Readers whose Message-ID another reader has as well."""
    owners: dict[str, str] = {}
    return [
        reader
        for reader, copies in by_reader.items()
        for copy in copies
        if owners.setdefault(copy.message_id, reader) != reader
    ]
