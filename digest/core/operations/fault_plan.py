"""What goes wrong in a rehearsal, and for whom."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from digest.core.delivery.smtp_outcome import Phase


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """What goes wrong with the messages of one address, at one phase.

    `say` is the reply instead of yes, 421 with the end of the connection; empty: the connection
    is cut without a word. With `wait`, seconds, nothing is refused: it only takes so long. `once`
    is for the first attempt only. With `taken`, in phase DOT, the message is kept all the same:
    the server has it, and its answer is lost.
    """

    phase: Phase
    say: str = ""
    wait: float = 0.0
    once: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault, in words, and how many of a thousand readers meet it."""

    what: str
    fault: PlannedFault
    share: int


MISHAPS = (
    Mishap(
        "asked to come back later",
        PlannedFault(Phase.RCPT, "450 4.7.1 come back later", once=True),
        20,
    ),
    Mishap("taken, but the answer was lost", PlannedFault(Phase.DOT, taken=True), 5),
    Mishap("refused: no such mailbox", PlannedFault(Phase.RCPT, "550 5.1.1 no such mailbox"), 15),
    Mishap("cut off before the message", PlannedFault(Phase.DATA, once=True), 5),
    Mishap("cut off after the message", PlannedFault(Phase.DOT), 5),
    Mishap("refused after the message", PlannedFault(Phase.DOT, "554 5.7.1 not wanted"), 10),
    Mishap(
        "told that it is too much", PlannedFault(Phase.RCPT, "421 4.3.2 too much", once=True), 2
    ),
    Mishap("kept waiting", PlannedFault(Phase.RCPT, wait=0.5), 10),
)
"""The most telling first: a small audience meets only these."""


def assign_faults(readers: Sequence[str]) -> dict[str, Mishap]:
    """Who meets which mishap: at most a third of them, and always the same ones."""
    order = sorted(readers, key=lambda one: hashlib.sha256(one.encode()).digest())
    left = order[: len(order) // 3]
    given: dict[str, Mishap] = {}
    for mishap in MISHAPS:
        count = max(1, len(order) * mishap.share // 1000)
        given |= dict.fromkeys(left[:count], mishap)
        left = left[count:]
    return given
