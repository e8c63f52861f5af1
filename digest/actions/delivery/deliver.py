"""Send what is due. Everybody once: each step is in the ledger before it happens."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from digest import failpoint
from digest.actions.delivery.circuit_breaker import CircuitBreaker
from digest.actions.delivery.claims import CLAIMS_PER_QUERY, Claims
from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.ledger import CLAIM_LEASE, Ledger
from digest.actions.delivery.mailer import Mailer
from digest.actions.delivery.provider_backoff import ProviderBackoff
from digest.actions.delivery.retry_on_lock import retry_on_lock
from digest.actions.delivery.tally import Listener, Tally
from digest.actions.message.message_cache import MessageCache, compose_for
from digest.core.delivery.smtp_outcome import Outcome, Unusable, Verdict, judge
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.message.compose import OutgoingMessage
from digest.store.delivery import (
    clock_skew,
    deliveries,
    give_up,
    lease_owner,
    progress,
    rate_limit,
    recovery,
)
from digest.store.delivery.deliveries import Claim
from digest.store.editions import editions

SILENCE = timedelta(days=1)
"""An edition that no sender was there for is paused: a restored backup must not mail by itself."""
SECOND_COPY_AFTER = timedelta(minutes=30)
MAX_PACE_WAIT = timedelta(minutes=1)
"""A run waits so long for what may go next; what must wait longer is for a later one."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One reader's message, ready to go, and the claim that it is sent under."""

    claim: Claim
    envelope: OutgoingMessage


async def deliver(
    post: DeliveryContext,
    *,
    edition: int | None = None,
    stop: asyncio.Event | None = None,
    done: Callable[[DeliveryState], None] = lambda _: None,
) -> Tally:
    """Send every delivery that is due, then end.

    Of one `edition`, if given: then a person asked for it, and what waits for a server in trouble
    is tried now. Setting `stop` ends it early: what is in flight is finished, what was only
    claimed is given back. `done` hears of each outcome.
    """
    run = _Run(post, edition, stop or asyncio.Event(), done)
    await run.recover()
    workers = [asyncio.create_task(run.work(post.mailers(), n)) for n in range(post.connections)]
    try:
        ended = await asyncio.gather(*workers, return_exceptions=True)
    finally:
        try:
            await run.leave()
        finally:
            lease_owner.over(run.owner)
    for fault in ended:
        if isinstance(fault, BaseException):
            raise fault
    run.tally.trouble = run.caution.trouble
    if not run.tally.trouble and run.caution.host_troubles:
        run.tally.trouble = run.caution.host_troubles[-1]
    run.tally.finished = await post.db.writing(progress.finish, post.clock())
    return run.tally


class _Run:
    """One run of the sender: its claims, and what became of them."""

    def __init__(
        self,
        post: DeliveryContext,
        edition: int | None,
        stop: asyncio.Event,
        done: Callable[[DeliveryState], None],
    ) -> None:
        self.post, self.db, self.factory, self.clock = post, post.db, post.factory, post.clock
        self.edition, self.stop, self.done = edition, stop, Listener(done)
        self.owner = lease_owner.myself()
        self.tally = Tally()
        self.claims = Claims(self._claim, low=2 * post.connections)
        self.ledger = Ledger(post.db, self.owner, post.clock, self._heard, waits=post.waits)
        self.messages = MessageCache(post.db)
        self.impatient = None if edition is None else self.clock()
        self.caution = CircuitBreaker(post.db, post.clock, post.connections)
        self.refusing = ProviderBackoff(post.db, self.owner, post.clock, self.claims)
        self.pausing: list[asyncio.Task[None]] = []
        self.broken = False

    async def recover(self) -> None:
        """Settle what a sender that died left behind, before anything new is begun."""
        now = self.clock()
        await self.db.writing(clock_skew.undo_clock_skew, now)
        held = await self.db.reading(recovery.owners)
        self.tally.freed, self.tally.unsure = await self.db.writing(
            recovery.take_over, lease_owner.dead(held), now
        )
        why = "nobody worked on it for a day"
        if self.edition is None:
            for silent in await self.db.writing(recovery.pause_silent, now - SILENCE, why, now):
                log.warning("deliver.paused", edition=silent, why=why)
                self.tally.paused[silent] = why
        await self.db.writing(give_up.give_up, now)
        if self.post.resend:
            await self.db.writing(recovery.resend_uncertain, now - SECOND_COPY_AFTER, now)
        await self.caution.recall()
        await self.refusing.recall(by_hand=self.edition is not None)

    async def work(self, mailer: Mailer, number: int) -> None:
        """Send one message after another over one connection; they are numbered from 0."""
        try:
            message = await self._turn(mailer, number)
            while message is not None and not self._ends():
                following = await self._send(mailer, message, number)
                message = following or await self._turn(mailer, number)
        except Exception:
            # The other connections finish what they have in hand, and begin nothing new.
            self.broken = True
            raise
        finally:
            self.caution.over()
            # What was said is recorded; a farewell that fails changes nothing.
            with suppress(Exception):
                await mailer.close()

    async def leave(self) -> None:
        """Give back what was not begun, and name what was cut off as uncertain."""
        left = await self.claims.stop()
        await self.ledger.written()
        await asyncio.gather(*self.pausing)
        await self.caution.remember()
        now = self.clock()
        await self.db.writing(deliveries.release, left, self.owner, now)
        await self.db.writing(recovery.take_over, [self.owner], now)
        await self.db.writing(recovery.abandon, now)

    # ------------------------------------------------------------ what is next

    async def _claim(self) -> list[Claim] | None:
        """Claim what may go now; waits for what may soon."""
        want = rate_limit.ClaimRequest(
            self.owner, CLAIMS_PER_QUERY, CLAIM_LEASE, self.edition, self.impatient
        )
        while not self._ends():
            taken, now = await retry_on_lock(self.post.waits, partial(self._take, want), self._ends)
            failpoint.reach("after-claim")
            if taken.claims is not None or taken.wait is None:
                return taken.claims
            if taken.wait.until - now > MAX_PACE_WAIT:
                self.tally.wait = taken.wait
                return None
            seconds = (taken.wait.until - now).total_seconds()
            await self.post.nap(min(max(seconds, 0.2), 1.0))  # a stop is heard within a second
        return None

    async def _take(self, want: rate_limit.ClaimRequest) -> tuple[rate_limit.ClaimResult, datetime]:
        now = self.clock()
        return await self.db.writing(
            rate_limit.claim_within_limits, self.post.limits, want, now
        ), now

    async def _turn(self, mailer: Mailer, number: int) -> Message | None:
        """The next message, once this connection may work; it is closed while it may not."""
        if not self.caution.may(number):
            await mailer.close()
            if not await self.caution.turn(number):
                return None
        return await self._next()

    async def _next(self) -> Message | None:
        """The next message, composed; None if this connection has no more to do."""
        while not self._ends() and (claim := await self.claims.next()):
            if message := await self._message(claim):
                return message
        return None

    async def _at_once(self, number: int) -> Message | None:
        """The next message, if none of the wire's time is lost by waiting for it."""
        if self._ends() or not self.caution.may(number):
            return None
        if not (claim := self.claims.at_once()):
            return None
        return await self._message(claim)

    def _ends(self) -> bool:
        return self.stop.is_set() or self.broken or bool(self.caution.trouble)

    async def _message(self, claim: Claim) -> Message | None:
        variant = await self.messages.of(claim)
        try:
            date = claim.dated or self.clock()
            return Message(claim, await compose_for(self.factory, variant, claim, date))
        except ValueError as error:  # this reader's own values; the others' are fine
            self._record(claim, Unusable(f"{claim.email} {error}"))
        except Exception as error:  # a mistake of ours must not stand in everybody's way
            log.exception("deliver.compose", delivery=claim.delivery)
            self._record(claim, Unusable(f"the message can't be composed: {error!r}"))
        return None

    # ------------------------------------------------------------ one message

    async def _send(self, mailer: Mailer, message: Message, number: int) -> Message | None:
        """Send one message; gives the one that was offered along with it, which comes next."""
        claim = message.claim
        self.caution.begins(claim, number)
        if refused := await mailer.offer(message.envelope):
            self._record(claim, refused)
            await self.ledger.written()
            return None
        failpoint.reach("before-begin")
        begun = self.ledger.begin(claim.delivery)
        mailer.advance()  # while the ledger is written: the wire, the server and we all work
        await asyncio.sleep(0)
        following = await self._at_once(number)
        if not await begun:
            mailer.withdraw()
            log.info("deliver.lost", delivery=claim.delivery)
            self.claims.settled(claim)
            return await self._kept(following, claim.edition)
        failpoint.reach("after-begin")
        outcome = await mailer.complete(following.envelope if following else None)
        failpoint.reach("before-record")
        self._record(claim, outcome)
        return following

    async def _kept(self, following: Message | None, edition: int) -> Message | None:
        """Let go of an edition's other claims if it was paused or cancelled meanwhile."""
        kept = await self.db.reading(editions.by_id, edition)
        if kept is not None and kept.state in editions.LIVE:
            return following
        left = self.claims.drop(edition)
        if following and following.claim.edition == edition:
            left.append(following.claim.delivery)
            self.claims.settled(following.claim)
            following = None
        await self.db.writing(deliveries.release, left, self.owner, self.clock())
        return following

    def _record(self, claim: Claim, outcome: Outcome) -> None:
        verdict = judge(outcome, claim.attempts, now := self.clock())
        self.ledger.record(claim, self.caution.eased(verdict, now))

    def _heard(self, claim: Claim, verdict: Verdict, kept: bool) -> None:
        """An outcome is in the ledger, unless somebody else had its row by then."""
        self.claims.settled(claim)
        if not kept:
            log.warning("deliver.fenced", delivery=claim.delivery, outcome=verdict.state)
            return
        self.tally.add(verdict.state)
        if why := self.caution.hear(claim, verdict):
            self.pausing.append(asyncio.create_task(self._pause(claim.edition, why)))
        if work := self.refusing.hear(claim, verdict):
            self.pausing.append(asyncio.create_task(work))
        if verdict.state is not DeliveryState.PENDING:
            self.done(verdict.state)

    async def _pause(self, edition: int, why: str) -> None:
        """Begin no more of an edition before a person has looked at it."""
        self.tally.paused[edition] = why
        log.warning("deliver.paused", edition=edition, why=why)
        left, now = self.claims.drop(edition), self.clock()
        paused = EditionState.PAUSED
        await self.db.writing(editions.move, edition, editions.LIVE, paused, why, now)
        await self.db.writing(deliveries.release, left, self.owner, now)
