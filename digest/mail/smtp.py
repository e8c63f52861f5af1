"""Mail to an SMTP server over one connection, always knowing how far each transfer got."""

import asyncio

from digest.core.delivery.smtp_outcome import Broken, Outcome, Phase, Unusable
from digest.core.message.compose import OutgoingMessage
from digest.core.text import email_address
from digest.mail.connect import Opened, Server, connect
from digest.mail.transfer import SmtpConnection, Timeouts

RECYCLE_AFTER = 100
"""Messages; providers end connections that carry many more, and some without a word."""


class SmtpMailer:
    """One connection, for one worker: opened when first needed, and again when it was lost."""

    def __init__(
        self,
        server: Server,
        *,
        timeouts: Timeouts | None = None,
        pipelining: bool = True,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self._server, self._timeouts = server, timeouts or Timeouts()
        self._pipelining, self._recycle_after = pipelining, recycle_after
        self._line: SmtpConnection | None = None
        self._known = False
        """Whether the server took messages over the connection before this one."""

    async def offer(self, envelope: OutgoingMessage) -> Outcome | None:
        """Ask the server to take a message; None if it wants the body. Nothing of it is sent yet.

        Nothing that a server does is raised. Servers close connections between messages without a
        word; nothing was said of this message then, so a connection that was used before gets a
        successor, once.
        """
        if unfit := _unfit(envelope):
            return Unusable(unfit)
        try:
            if line := await self._usable(envelope):
                outcome = await line.ask(envelope)
                if not isinstance(outcome, Broken) or outcome.stop or outcome.phase != Phase.MAIL:
                    return outcome
            opened = await connect(self._server, self._timeouts.connect)
            if not isinstance(opened, Opened):
                return opened
            place = self._server.place
            self._line = SmtpConnection(
                opened, place, self._timeouts, self._pipelining, self._known
            )
            self._known = False
            return await self._line.ask(envelope)
        except BaseException:  # a cancelled task: what comes next would answer for another reader
            self.withdraw()
            raise

    def advance(self) -> None:
        """Send the body of what the server wants, but not the dot that makes it a message."""
        if self._line:
            self._line.advance()

    async def complete(self, following: OutgoingMessage | None = None) -> Outcome:
        """Send the body and the dot of what the server wants, and hear what became of it.

        With it goes, where that is possible, the offer of the `following` message; what the server
        says to that, `offer` hears.
        """
        line = self._line
        assert line is not None
        last = line.sent + 1 >= self._recycle_after
        if following and (last or _unfit(following)):
            following = None
        try:
            return await line.complete(following, last)
        except BaseException:
            self.withdraw()
            raise

    def withdraw(self) -> None:
        """Don't send what the server wants. It waits for a body now, so the connection must go:
        what lacks its dot was never sent (RFC 5321, 4.1.1.4).
        """
        if self._line:
            self._line.abort()
        self._line = None

    async def close(self) -> None:
        """Say goodbye, if the server listens."""
        if self._line:
            await self._line.quit()
        self._line = None

    async def _usable(self, envelope: OutgoingMessage) -> SmtpConnection | None:
        line = self._line
        if not line or line.offered(envelope):
            return line
        idle = asyncio.get_running_loop().time() - line.used
        if line.sent >= self._recycle_after or (line.free and idle > self._timeouts.idle):
            self._known = line.sent > 0
            await self.close()
        elif not line.free:
            self.withdraw()
        return self._line


def _unfit(envelope: OutgoingMessage) -> str:
    """Why these addresses can't be put on a command line; "" if they can."""
    for email in (envelope.mail_from, envelope.rcpt_to):
        try:
            fit = not email or email_address.wire(email) == email
        except ValueError as error:
            return f"{email} {error}"
        if not fit:
            return f"{email} has a domain beyond ASCII"
    return "" if envelope.rcpt_to else "there is no recipient"
