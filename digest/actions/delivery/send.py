"""Publish and deliver in one go; asked again, only what is still unsent goes out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.editions.publish import publish
from digest.core.delivery.progress import Progress
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.newsletters.newsletter import Newsletter
from digest.errors import DigestError
from digest.store.database.database import Database
from digest.store.delivery import progress
from digest.store.editions import editions
from digest.store.editions.editions import StoredEdition


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send came to.

    `sent`, `failed` and `skipped` count this run; `deferred` (all that wait for another try) and
    `uncertain` are those that there are now. `edition` is None if there was too little for one,
    and `why` says so. `trouble` is why the run ended early; then `left` says what is still to be
    done. `waits_until` is when the rest may go if it may not now, and `waits_for` says why.
    """

    edition: int | None
    audience: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    why: str = ""
    trouble: str = ""
    left: str = ""
    waits_until: datetime | None = None
    waits_for: str = ""


async def send(
    post: DeliveryContext,
    newsletter: Newsletter,
    at: datetime,
    *,
    stop: asyncio.Event | None = None,
    started: Callable[[Progress], None] = lambda _: None,
    done: Callable[[DeliveryState], None] = lambda _: None,
) -> Sent:
    """Send the edition of this moment. `started` hears of it before the first message.

    Raises DigestError if the edition is paused or cancelled.
    """
    db, clock = post.db, post.clock
    kept = (await asyncio.to_thread(publish, db, post.factory, newsletter, at, clock())).edition
    if kept.state is EditionState.HELD:
        return Sent(edition=None, why=kept.why)
    if kept.state is EditionState.DRAFT:
        return Sent(edition=None, why=_waits(kept, newsletter))
    if kept.state in {EditionState.PAUSED, EditionState.CANCELLED}:
        way_out = (
            "" if kept.state is EditionState.CANCELLED else f"; `digest resume {kept.id}` goes on"
        )
        raise DigestError(f"edition {kept.id} is {kept.state} ({kept.why}){way_out}")
    before = await _progress(db, kept, clock())
    started(before)
    tally = await deliver(post, edition=kept.id, stop=stop, done=done)
    after = await _progress(db, kept, clock())
    trouble = tally.trouble or ("it was stopped" if stop and stop.is_set() else "")
    return Sent(
        edition=kept.id,
        audience=after.audience,
        sent=tally.counts.get(DeliveryState.SENT, 0),
        deferred=after.counts[DeliveryState.DEFERRED] + after.counts[DeliveryState.PENDING],
        failed=tally.counts.get(DeliveryState.FAILED, 0),
        uncertain=after.counts[DeliveryState.UNCERTAIN],
        skipped=after.counts[DeliveryState.SKIPPED] - before.counts[DeliveryState.SKIPPED],
        trouble=trouble,
        waits_until=tally.wait.until if tally.wait else None,
        waits_for=tally.wait.why if tally.wait else "",
        left=f"{after.open} of {after.audience} are still to be sent; `digest deliver` goes on"
        if trouble
        else "",
    )


def _waits(kept: StoredEdition, newsletter: Newsletter) -> str:
    """Why a draft is not sent now."""
    if kept.approved:
        moment = kept.at.astimezone(ZoneInfo(newsletter.timezone))
        return (
            f"edition {kept.id} is approved and goes {moment:%A %d %B, %H:%M};"
            f" `digest send {kept.newsletter} --now` sends it before"
        )
    return (
        f"edition {kept.id} is a draft that nobody has approved;"
        f" `digest preview {kept.newsletter} --open` shows it,"
        f" `digest publish {kept.newsletter}` approves it"
    )


async def _progress(db: Database, kept: StoredEdition, now: datetime) -> Progress:
    """How far it is now; the edition is read anew, for its state."""
    fresh = await db.reading(editions.by_id, kept.id)
    return await db.reading(progress.edition_counts, fresh or kept, now)
