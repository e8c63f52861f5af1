"""What a transport must be able to do: the steps of a message that the ledger writes down."""

from typing import Protocol

from digest.core.delivery.smtp_outcome import Outcome
from digest.core.message.compose import OutgoingMessage


class Mailer(Protocol):
    """One connection to a mail server, or something that stands for it.

    A message takes two steps, and what happens between them is the ledger's: `offer`, then either
    `complete` or `withdraw`. While the ledger is written, `advance` may go ahead.
    """

    async def offer(self, envelope: OutgoingMessage) -> Outcome | None:
        """Ask whether it is taken; None for yes. No byte of the message goes out."""

    def advance(self) -> None:
        """Send as much of what is wanted as can't complete the message."""

    async def complete(self, following: OutgoingMessage | None = None) -> Outcome:
        """Send what is wanted; gives what became of it.

        The message that will be offered next, if it is known, may be offered along with it.
        """

    def withdraw(self) -> None:
        """Don't send what is wanted, whatever that costs."""

    async def close(self) -> None:
        """Say goodbye."""
