"""What an admin is told without asking: that something needs a person, or that all is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.delivery.progress import Progress
from digest.core.editions.edition import EditionReason

TELL_NOTICE_FOR = timedelta(days=2)
"""What is older is told no more: a restored backup must not tell last month's news."""
STUCK_AFTER = timedelta(minutes=30)
"""An edition that is to be sent, and of which nothing was accepted for so long, is stuck."""
SETTLES_AFTER = timedelta(minutes=10)
"""Messages that are uncertain for so long are told of, even while the edition goes on."""

FAULTY = "its message has a hard fault: "
"""How the reason of a held edition begins where there was enough for one."""


class NoticeKind(StrEnum):
    """What happened."""

    HELD = "held"
    """There was too little for an edition, or its message has a hard fault."""
    SKIPPED = "skipped"
    """Its moment came too late."""
    ASKED = "asked"
    """Its moment came late, and a person is to decide."""
    DRAFT = "draft"
    """It waits for approval."""
    PAUSED = "paused"
    """It was paused, and not by hand."""
    REFUSED = "refused"
    """A provider refuses all mail of ours."""
    STUCK = "stuck"
    """The mail server takes nothing of it."""
    UNCERTAIN = "uncertain"
    """Nobody knows of some of its messages whether they arrived."""
    FINISHED = "finished"
    """Nothing of it is left to do."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `key` is what makes it this one and no other: it is told once.

    `edition` is 0 where there is none, and `progress` is that of the edition. `took` is how long
    sending it took.
    """

    key: str
    kind: NoticeKind
    newsletter: str
    at: datetime
    why: str = ""
    reason: EditionReason = EditionReason.NONE
    edition: int = 0
    progress: Progress | None = None
    took: timedelta = timedelta(0)
