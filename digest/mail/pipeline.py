"""The conversation with a mail server over a connection that is already open.

aiosmtplib sends one command and waits for its answer. Here several commands may go out in one
group (RFC 2920), and the answers are heard in the order in which the commands were said, so that
a message costs one round trip instead of four.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

LONGEST_REPLY = 32_768
"""Octets; a server that says more in one reply is not worth listening to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply. `code` is -1 if it was none (RFC 5321, 4.2)."""

    code: int
    text: str


class Conversation(asyncio.Protocol):
    """Takes over a transport, says commands, and gives back the replies in their order.

    One task at a time may wait for a reply. A server that says what nobody asked for is out of
    step: nothing it says from then on can be attributed, so the connection counts as lost.
    """

    def __init__(self, transport: asyncio.BaseTransport) -> None:
        self.lost: Exception | None = None
        """Why nothing more will be heard; what was heard before can still be read."""
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._expected = 0
        self._replies: deque[Reply] = deque()
        self._rest = b""
        self._lines: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        if transport.is_closing():
            self.lost = ConnectionResetError()
        else:
            transport.set_protocol(self)

    def say(self, words: Iterable[bytes], replies: int) -> None:
        """Write something that asks for so many replies. What can't be written is lost."""
        self._expected += replies
        if self.lost is None:
            self._transport.write(b"".join(words))

    @property
    def heard(self) -> bool:
        """Whether there is a reply that nobody has taken yet."""
        return bool(self._replies)

    def at_once(self) -> Reply | None:
        """The next reply, if it was heard already."""
        return self._replies.popleft() if self._replies else None

    async def reply(self, seconds: float) -> Reply:
        """The next reply. Raises TimeoutError after so many seconds, or what `lost` holds."""
        if not self._replies:
            if self.lost is None:
                await self._wait(seconds)
            if not self._replies:
                assert self.lost
                raise self.lost
        return self._replies.popleft()

    def abort(self) -> None:
        """Drop the connection with all that is still unsent: close() would send it, dot and all.

        Nothing that it said and nobody heard counts any more.
        """
        self._replies.clear()
        self._end(ConnectionAbortedError())
        self._transport.abort()

    # ------------------------------------------------------------ waiting

    async def _wait(self, seconds: float) -> None:
        """Until there is a reply or the connection is lost.

        One timer per connection is moved only when it must go off earlier: making one for every
        wait would cost more than all else here.
        """
        self._waiter = self._loop.create_future()
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._late)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _late(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() >= self._deadline:
            self._end(TimeoutError())
        else:
            self._timer = self._loop.call_at(self._deadline, self._late)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, why: Exception) -> None:
        self.lost = self.lost or why
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    # ------------------------------------------------------------ what the transport calls

    def data_received(self, data: bytes) -> None:
        """Some octets; where they were cut on the way means nothing."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line.removesuffix(b"\r"))
        begun = self._rest or self._lines
        if begun and len(self._rest) + sum(map(len, self._lines)) > LONGEST_REPLY:
            self._out_of_step("a reply without an end")
        if self._replies:
            self._wake()

    def eof_received(self) -> None:
        """It will say no more. Asyncio by itself would go on and send all that is unsent, dot and
        all, to somebody who can't answer.
        """
        self._end(ConnectionResetError())
        self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """The other side, or the network, or we ended it."""
        self._end(error or ConnectionResetError())

    def _line(self, line: bytes) -> None:
        """One line of a reply; the last one has no hyphen after its code (RFC 5321, 4.2.1)."""
        if self.lost:
            return
        if line[3:4] == b"-" and line[:3].isdigit():
            self._lines.append(line)
            return
        lines, self._lines = (*self._lines, line), []
        if not self._expected:
            self._out_of_step(f"what nobody asked for: {_text(lines)}")
            return
        self._expected -= 1
        self._replies.append(_reply(lines))

    def _out_of_step(self, what: str) -> None:
        self._end(OSError(f"the server said {what}"))
        self._transport.abort()


@lru_cache(maxsize=256)  # a server says the same to every message, but for the last word
def _reply(lines: tuple[bytes, ...]) -> Reply:
    """A whole reply, whose lines all bear the same code."""
    code = lines[-1][:3]
    sound = len(code) == 3 and code.isdigit() and lines[-1][3:4] in {b"", b" "}
    if sound and all(one[:3] == code for one in lines):
        return Reply(int(code), _text(one[4:] for one in lines))
    return Reply(-1, _text(lines))


def _text(lines: Iterable[bytes]) -> str:
    return b"\n".join(lines).decode("utf-8", "replace")
