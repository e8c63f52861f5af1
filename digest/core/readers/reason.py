"""Why a message did not go, or a reader gets none: facts for decisions, beside words for people."""

from enum import StrEnum


class Reason(StrEnum):
    """Stable short values; they are kept in the ledger. What people read stands in `why`."""

    NONE = ""
    # What a mail server made of it.
    DEAD_ADDRESS = "dead_address"
    MAILBOX_FULL = "mailbox_full"
    """Full, or switched off."""
    POLICY = "policy"
    """The refusal is of us, not of a reader's address."""
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    """For another reason of the server's."""
    SERVER = "server"
    """Trouble of the server, for everybody."""
    OVER_QUOTA = "over_quota"
    """Too much from us, of everything that we send: nothing goes for a while."""
    CONNECTION = "connection"
    """It was cut before the message could be complete."""
    NO_ANSWER = "no_answer"
    """The connection was cut after it: nobody knows."""
    UNSENDABLE = "unsendable"
    """This server can't take such a message at all."""
    # What a person said.
    SETTLED_BY_HAND = "settled_by_hand"
    CANCELLED = "cancelled"
    # Never, or not now, mail this reader.
    LEFT = "left"
    SUPPRESSED = "suppressed"
    ON_A_BREAK = "on_a_break"
    NOT_THEIR_TURN = "not_their_turn"
    NOTHING_FOR_THEM = "nothing_for_them"


NOT_MAILED = (
    Reason.LEFT, Reason.SUPPRESSED, Reason.ON_A_BREAK, Reason.NOT_THEIR_TURN,
    Reason.NOTHING_FOR_THEM, Reason.CANCELLED,
)  # fmt: skip
"""Why a delivery is skipped."""


class SuppressionReason(StrEnum):
    """Why an address must not be mailed again, the weightiest last; kept in the store."""

    LEFT = "left"
    """By their own wish. Only they can take it back."""
    REMOVED = "removed"
    """By hand, by whoever sends."""
    DEAD = "dead"
    """A server, or a list, says that nobody is there."""
    COMPLAINED = "complained"
    FORGOTTEN = "forgotten"


OWN_WISHES = (SuppressionReason.LEFT, SuppressionReason.REMOVED)
"""What the owner of an address takes back by joining anew: that is their own wish."""
WEIGHTS = tuple(SuppressionReason)
"""A weightier reason takes the place of a lighter one, and no other."""
