"""Mailboxes that are full or switched off, and when to stop writing to them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason

EDITIONS, FOR = 5, timedelta(days=14)
"""So many editions in a row must have met it, over so long at least."""
_FULL = re.compile(r"(?<![\d.])(?:[45]\.2\.2|5\.2\.1)(?![\d.]*\d)")
"""Mailbox full, or disabled (RFC 3463, 3.3). 4.2.1 only says that it gets too much just now."""


@dataclass(frozen=True, slots=True)
class Met:
    """What became of one edition for a reader, and when."""

    state: DeliveryState
    reason: Reason
    at: datetime


def says_full(reply: str) -> bool:
    """Whether a server's reply says so."""
    return bool(_FULL.search(reply))


def is_given_up(history: Iterable[Met]) -> bool:
    """Whether a reader is to be mailed no more; `history` begins with what happened last.

    What says nothing about the mailbox, such as an edition that was refused as spam, doesn't count.
    """
    last: datetime | None = None
    count = 0
    for met in history:
        if met.state is DeliveryState.SENT:
            return False
        if met.state is not DeliveryState.FAILED or met.reason is not Reason.MAILBOX_FULL:
            continue
        last = last or met.at
        count += 1
        if count >= EDITIONS and last - met.at >= FOR:
            return True
    return False
