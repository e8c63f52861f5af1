"""Messages over one live connection: what was said on it, and what is still to be heard."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from digest import failpoint
from digest.core.delivery.smtp_outcome import Accepted, Broken, Outcome, Phase, Refused, Unusable
from digest.core.message.compose import OutgoingMessage
from digest.mail.connect import Opened
from digest.mail.faults import FAILURES, outcome_of_failure, outcome_of_reply
from digest.mail.pipeline import Conversation, Reply

_MEANT = {Phase.MAIL: (250,), Phase.RCPT: (250, 251), Phase.DATA: (354,)}
"""What says yes in each phase (RFC 5321, 4.3.2)."""
_DOT, _RESET, _DATA, _QUIT = b".\r\n", b"RSET\r\n", b"DATA\r\n", b"QUIT\r\n"
SmtpStep = tuple[Phase, bytes]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for an answer (RFC 5321, 4.5.3.2). `dot` includes sending the body."""

    connect: float = 60
    command: float = 300
    data: float = 120
    dot: float = 600
    quit: float = 5
    idle: float = 60
    """A connection that was silent for longer is not trusted again."""


class SmtpConnection:
    """One connection from its first message to its end. Whatever fails on it drops it.

    With `pipelining`, and where the server offers it, the offer of a message goes out in one group
    with the end of the message before (RFC 2920, 3.1). `known` is a server that took messages over
    another connection just now.
    """

    def __init__(
        self,
        opened: Opened,
        place: str,
        timeouts: Timeouts,
        pipelining: bool,
        known: bool = False,
    ) -> None:
        self.sent = 0
        self._stepwise = not known
        """Whether the next offer goes out command by command."""
        self._over = False
        """Whether QUIT was said."""
        self.used = asyncio.get_running_loop().time()
        self._talk = Conversation(opened.transport)
        self._opened, self._place, self._timeouts = opened, place, timeouts
        self._grouped = pipelining and "pipelining" in opened.extensions
        self._sizes = "size" in opened.extensions
        """Whether MAIL says how large a message is (RFC 1870, 3)."""
        self._begun = False
        """Whether the server may hold a transaction, to be reset before the next."""
        self._said: OutgoingMessage | None = None
        """Whose commands went out with the end of the message before."""
        self._steps: tuple[SmtpStep, ...] = ()
        """Those commands."""
        self._wanted: OutgoingMessage | None = None
        """Whose body the server waits for."""
        self._advanced = False
        """Whether that body went out already, without the dot."""

    @property
    def free(self) -> bool:
        """Whether a message can be offered from the start."""
        return not (self._talk.lost or self._said or self._wanted or self._over)

    def offered(self, envelope: OutgoingMessage) -> bool:
        """Whether this one was offered with the end of the message before."""
        return self._said is envelope

    def abort(self) -> None:
        """Drop the connection, and with it a message that lacks its dot."""
        self._said = self._wanted = None
        self._talk.abort()

    async def quit(self) -> None:
        """Say goodbye, if that can be understood now and wasn't said with the last message."""
        if self.free:
            with suppress(*FAILURES):
                self._talk.say((_QUIT,), 1)
                await self._talk.reply(self._timeouts.quit)
        self.abort()

    # ------------------------------------------------------------ the offer

    async def ask(self, envelope: OutgoingMessage) -> Outcome | None:
        """Hear whether the server takes this message; None if it wants the body."""
        if self._said is envelope:
            steps, said = self._steps, True
            self._said = None
        else:
            if misfit := self._misfit(envelope):
                return misfit
            # The first of all goes step by step: where a server cuts the connection, answers that
            # are still on their way may be lost, and nobody knows which command it was.
            steps, said = self._commands(envelope), self._grouped and not self._stepwise
            if self._begun:
                steps = ((Phase.MAIL, _RESET), *steps)
            if said:
                self._talk.say((command for _, command in steps), len(steps))
        self._begun = True
        self._stepwise = False
        refused = await self._answers(steps, said)
        if self._sizes and _is_about_parameters(refused) and self.free:
            self._sizes = False  # it offers SIZE and won't hear of it: once more without
            return await self.ask(envelope)
        if refused is None:
            self._wanted = envelope
        self.used = asyncio.get_running_loop().time()
        return refused

    async def _answers(self, steps: tuple[SmtpStep, ...], said: bool) -> Outcome | None:
        """Hear an answer to each command, which is said first if it wasn't `said` yet."""
        refused: Outcome | None = None
        reply = Reply(-1, "")
        for phase, command in steps:
            if not said:
                self._talk.say((command,), 1)
            heard = self._talk.at_once() or await self._hear(phase)
            if not isinstance(heard, Reply):
                return refused or heard
            reply = heard
            if refused is None and reply.code not in _MEANT[phase]:
                refused = outcome_of_reply(reply.code, reply.text, phase, self._place)
                if isinstance(refused, Broken) or reply.code == 421 or command == _RESET:
                    return self._dropped(command, refused)
                if not said:
                    return refused
        if refused is not None:
            await self._after_refusal(reply)
        return refused

    def _dropped(self, command: bytes, outcome: Outcome) -> Outcome:
        self.abort()
        if command == _RESET:
            return Broken(Phase.MAIL, f"{self._place} won't begin another message")
        return outcome

    async def _after_refusal(self, last: Reply) -> None:
        """DATA went out before the refusal was known. Get back into step (RFC 2920, 3.1).

        A server that wants a body all the same gets one without a line, for nobody.
        """
        if last.code == 354:
            self._talk.say((_DOT,), 1)
            reply = await self._hear(Phase.DOT)
            last = reply if isinstance(reply, Reply) else Reply(-1, "")
            if last.code == 250:
                return
        if not 400 <= last.code <= 599 or last.code == 421:
            self.abort()

    # ------------------------------------------------------------ the body

    def advance(self) -> None:
        """Send the body of what the server wants. Without the dot it is no message yet."""
        if self._wanted is None or self._advanced or self._talk.lost:
            return
        envelope = self._wanted
        body = envelope.message if envelope.wire_ready else _stuffed(envelope.message)
        if failpoint.active:
            body = self._slowly(body)
        self._advanced = True
        self._talk.say((body,), 1)

    async def complete(self, following: OutgoingMessage | None, last: bool = False) -> Outcome:
        """Send what the server wants, with the offer of the following message in the same group.

        After the `last` message the connection is done; the goodbye goes along as well.
        """
        assert self._wanted is not None
        self.advance()
        self._wanted, self._advanced = None, False
        if self._talk.heard or self._talk.lost:
            return await self._too_early()
        steps: tuple[SmtpStep, ...] = ()
        if following and self._grouped and not self._misfit(following):
            self._said, self._steps = following, (steps := self._commands(following))
        along = [command for _, command in steps]
        if last and self._grouped:
            self._over = True
            along.append(_QUIT)
        failpoint.reach("before-dot")
        self._talk.say((_DOT, *along), len(along))
        failpoint.reach("after-dot")
        reply = await self._hear(Phase.DOT)
        if isinstance(reply, Reply) and reply.code == 250:
            self.sent += 1
            self._begun = False
            self.used = asyncio.get_running_loop().time()
            return Accepted(reply.text)
        # Also after a clear refusal: it may have come early, with another answer to follow, and
        # then the answers would be taken for those to the following message.
        self.abort()
        if isinstance(reply, Reply):
            return outcome_of_reply(reply.code, reply.text, Phase.DOT, self._place)
        return reply

    async def _too_early(self) -> Outcome:
        """An answer, or the end, came before the dot: so the message was surely not sent."""
        lost = self._talk.lost
        reply = await self._hear(Phase.DATA) if self._talk.heard else None
        self.abort()
        if isinstance(reply, Reply):
            refused = 400 <= reply.code <= 599
            phase = Phase.DOT if refused else Phase.DATA
            return outcome_of_reply(reply.code, reply.text, phase, self._place)
        assert lost
        return outcome_of_failure(lost, Phase.DATA, self._place, 0)

    def _slowly(self, body: bytes) -> bytes:
        """Write half of the body, to be killed then; gives what is left."""
        half = len(body) // 2
        self._talk.say((body[:half],), 0)
        failpoint.reach("mid-body")
        return body[half:]

    # ------------------------------------------------------------ words

    def _misfit(self, envelope: OutgoingMessage) -> Outcome | None:
        """Why this server can't be offered this message at all."""
        beyond_ascii = not (envelope.mail_from + envelope.rcpt_to).isascii()
        if beyond_ascii and "smtputf8" not in self._opened.extensions:
            return Unusable(f"{envelope.rcpt_to} needs SMTPUTF8, which {self._place} lacks")
        size, most = len(envelope.message), self._opened.largest
        if 0 < most < size:
            # As the server itself would say it (RFC 1870, 6.1; RFC 3463, 3.4).
            why = f"5.3.4 the message has {size} bytes, {self._place} takes {most}"
            return Refused(Phase.MAIL, 552, why)
        return None

    def _commands(self, envelope: OutgoingMessage) -> tuple[SmtpStep, ...]:
        sender, reader = envelope.mail_from, envelope.rcpt_to
        options = f" SIZE={len(envelope.message)}" if self._sizes else ""
        if not (sender + reader).isascii():
            options += " SMTPUTF8 BODY=8BITMIME"
        return (
            (Phase.MAIL, f"MAIL FROM:<{sender}>{options}\r\n".encode()),
            (Phase.RCPT, f"RCPT TO:<{reader}>\r\n".encode()),
            (Phase.DATA, _DATA),
        )

    async def _hear(self, phase: Phase) -> Reply | Outcome:
        wait = self._timeouts.command
        if phase in {Phase.DATA, Phase.DOT}:
            wait = self._timeouts.data if phase is Phase.DATA else self._timeouts.dot
        try:
            return await self._talk.reply(wait)
        except FAILURES as error:
            self.abort()
            return outcome_of_failure(error, phase, self._place, wait)


def _is_about_parameters(outcome: Outcome | None) -> bool:
    """Whether MAIL was refused for what follows the address (RFC 5321, 4.1.1.11)."""
    return (
        isinstance(outcome, Refused)
        and outcome.phase is Phase.MAIL
        and outcome.code in {455, 501, 555}
        and (outcome.code != 501 or "5.5.4" in outcome.reply)
    )


def _stuffed(message: bytes) -> bytes:
    """The body as DATA wants it (RFC 5321, 4.5.2)."""
    if not message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        message = re.sub(rb"\r\n?|\n", b"\r\n", message)
    if message.startswith(b".") or b"\n." in message:
        message = re.sub(rb"(?m)^\.", b"..", message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"
