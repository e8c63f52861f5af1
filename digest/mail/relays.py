"""Several mail servers: each gets its share, and the others take over where one is in trouble."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from digest.core.delivery.smtp_outcome import Broken, Outcome, Phase, Refused
from digest.core.message.compose import OutgoingMessage
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer

REST, LONG_REST = 60.0, 3600.0
"""Seconds that a server in trouble is left in peace, and one that takes a person to mend."""
LONG = 5.0
"""A server that must wait for its turn for so many seconds is passed over if there is another."""
STAY = 100
"""Messages after which a connection asks again which server is best off."""
AHEAD = 0.5
"""Seconds for which places are booked in one go."""

Booking = Callable[[int], Awaitable[float]]
log = structlog.get_logger()


@dataclass(slots=True)
class Relay:
    """One of the servers, as all connections see it. `weight` 0 is for when the others fail.

    Where others send there as well, `book` books so many places, one `gap` after the other, and
    gives the seconds until the first.
    """

    server: Server
    weight: int = 1
    held: int = 0
    """How many connections go there now."""
    rests_until: float = 0.0
    """On the clock of the event loop, as `next_at`."""
    gap: float = 0.0
    """Seconds from one message to the next, at least; 0: as fast as it takes them. What may go in a
    second may go at once."""
    next_at: float = 0.0
    book: Booking | None = None
    booked: int = 0
    _booking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ready(self) -> bool:
        """See to it that there is a place, so that `wait` says when; whether one was booked."""
        if not (self.gap and self.book):
            return False
        async with self._booking:
            now = asyncio.get_running_loop().time()
            if self.booked > 0 and self.next_at > now - 1:
                return False
            places = max(1, int(AHEAD / self.gap))
            self.next_at, self.booked = now + await self.book(places), places
            return True

    def at_once(self, now: float) -> bool:
        """Whether it may be offered a message without any wait."""
        return not self.wait(now) and (self.booked > 0 or not (self.gap and self.book))

    def wait(self, now: float) -> float:
        """Seconds until it may be offered a message."""
        return max(0.0, self.next_at - now)

    def take(self, now: float) -> None:
        """One more is offered to it."""
        if self.gap and self.book:
            self.booked, self.next_at = self.booked - 1, self.next_at + self.gap
        elif self.gap:
            self.next_at = max(self.next_at, now - max(0.0, 1.0 - self.gap)) + self.gap


class Relays:
    """Says where a connection goes: by weight, away from trouble."""

    def __init__(self, relays: Sequence[Relay]) -> None:
        self._relays = list(relays)

    @property
    def servers(self) -> list[Server]:
        """All of them."""
        return [relay.server for relay in self._relays]

    def pick(self, now: float, tried: Sequence[Relay] = ()) -> Relay | None:
        """The server that lacks most of its share; None if all were `tried`.

        One that rests comes only after all that don't, as does one that had its fill; and one
        without a share after all others.
        """
        left = [relay for relay in self._relays if relay not in tried]
        well = [one for one in left if one.rests_until <= now]
        well = [one for one in well if one.wait(now) < LONG] or well
        shares = [relay for relay in well if relay.weight]
        if shares:
            return min(shares, key=lambda relay: (relay.held + 1) / relay.weight)
        if well:
            return min(well, key=lambda relay: relay.held)
        return None if tried or not left else min(left, key=lambda relay: relay.rests_until)


class RelayMailer:
    """One connection, for one worker, to whichever server it should go to."""

    def __init__(self, relays: Relays, connection: Callable[[Server], SmtpMailer]) -> None:
        self._relays, self._connection = relays, connection
        self._relay: Relay | None = None
        self._mailer: SmtpMailer | None = None
        self._offered = 0
        self._along: OutgoingMessage | None = None
        self._was_along: OutgoingMessage | None = None

    async def offer(self, envelope: OutgoingMessage) -> Outcome | None:
        """Ask a server to take a message, and the next one if that is in trouble.

        Nothing of the message was sent then, so no reader can get it twice. If no server is left,
        what the last one said stands.
        """
        tried: list[Relay] = []
        while True:
            mailer = await self._at_a_server(envelope, tried)
            await self._turn(envelope)
            outcome = await mailer.offer(envelope)
            self._offered += 1
            relay = self._relay
            if relay is None or not _in_trouble(outcome):
                return outcome
            now = asyncio.get_running_loop().time()
            relay.rests_until = now + (LONG_REST if _must_be_mended(outcome) else REST)
            log.warning("relay.rests", server=relay.server.place, why=str(outcome))
            tried.append(relay)
            if self._relays.pick(now, tried) is None:
                return outcome
            await self.close()

    def advance(self) -> None:
        """Send what can't complete the message yet."""
        if self._mailer is not None:
            self._mailer.advance()

    async def complete(self, following: OutgoingMessage | None = None) -> Outcome:
        """Send what the server wants; the following message goes along if it will go there too."""
        assert self._mailer is not None
        self._along = following if self._offered < STAY and self._in_turn() else None
        if self._along is not None and self._relay is not None:
            self._relay.take(asyncio.get_running_loop().time())
        return await self._mailer.complete(self._along)

    def withdraw(self) -> None:
        """Don't send what the server wants."""
        if self._mailer is not None:
            self._mailer.withdraw()

    async def close(self) -> None:
        """Say goodbye."""
        mailer, self._mailer = self._mailer, None
        if self._relay is not None:
            self._relay.held -= 1
            self._relay = None
        if mailer is not None:
            await mailer.close()

    def _in_turn(self) -> bool:
        """Whether the server may be offered another message at once."""
        now = asyncio.get_running_loop().time()
        return self._relay is None or self._relay.at_once(now)

    async def _turn(self, envelope: OutgoingMessage) -> None:
        """Wait until the server may be offered this one; what was offered along had its turn."""
        relay = self._relay
        if relay is not None and envelope is not self._was_along:
            await relay.ready()
            wait = relay.wait(now := asyncio.get_running_loop().time())
            relay.take(now)
            if wait:
                await asyncio.sleep(wait)

    async def _at_a_server(self, envelope: OutgoingMessage, tried: Sequence[Relay]) -> SmtpMailer:
        if self._relay is not None and envelope is not self._along:
            await self._relay.ready()
        now = asyncio.get_running_loop().time()
        full = self._relay is not None and self._relay.wait(now) >= LONG
        if (self._offered >= STAY or full) and envelope is not self._along:
            if self._is_best_off_here():
                self._offered = 0
            else:
                await self.close()
        if self._mailer is None:
            relay = await self._pick(tried)
            relay.held += 1
            self._relay, self._mailer, self._offered = relay, self._connection(relay.server), 0
        self._was_along, self._along = self._along, None
        return self._mailer

    async def _pick(self, tried: Sequence[Relay]) -> Relay:
        """The server to go to; how long each must wait is known only once there is a place."""
        while True:
            relay = self._relays.pick(asyncio.get_running_loop().time(), tried)
            assert relay is not None
            if not await relay.ready():
                return relay

    def _is_best_off_here(self) -> bool:
        """Whether it would be given the same server again."""
        if self._relay is None:
            return False
        self._relay.held -= 1
        best = self._relays.pick(asyncio.get_running_loop().time())
        self._relay.held += 1
        return best is self._relay


def _must_be_mended(outcome: Outcome | None) -> bool:
    """Whether asking again soon would only annoy, e.g. with a login that is wrong."""
    if isinstance(outcome, Broken):
        return outcome.stop
    return isinstance(outcome, Refused) and outcome.code in {530, 534, 535, 538}


def _in_trouble(outcome: Outcome | None) -> bool:
    """Whether it is the server that is in trouble, so that another may take the message."""
    match outcome:
        case Broken(Phase.CONNECT | Phase.MAIL):
            return True
        case Refused(Phase.CONNECT) | Refused(Phase.MAIL, 552):
            return True  # another may take larger messages
        case Refused(Phase.MAIL | Phase.RCPT | Phase.DATA, code):
            return code == 421
    return False
