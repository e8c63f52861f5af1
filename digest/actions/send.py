"""Publish and deliver in one go; asked again, only what is still unsent goes out."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from digest.actions.deliver import Clock, Mailer, deliver
from digest.actions.press import Press
from digest.actions.publish import publish
from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.core.newsletter import Newsletter
from digest.core.progress import Progress
from digest.errors import DigestError, MailError
from digest.store import editions, progress
from digest.store.database import Database


async def send(  # noqa: PLR0913
    db: Database,
    press: Press,
    newsletter: Newsletter,
    at: datetime,
    mailers: Callable[[], Mailer],
    clock: Clock,
    *,
    connections: int,
    stop: asyncio.Event | None = None,
    started: Callable[[Progress], None] = lambda _: None,
    done: Callable[[DeliveryState], None] = lambda _: None,
) -> Progress:
    """Send the edition of this moment. `started` hears of it before the first message.

    Raises MailError if the server can't be used (what was not sent is still due), DigestError if
    the edition is paused or cancelled.
    """
    published = await asyncio.to_thread(publish, db, press, newsletter, at, clock())
    kept = published.edition
    before = await db.reading(progress.progress, kept, clock())
    started(before)
    if kept.state is EditionState.HELD:
        return before
    if kept.state in {EditionState.PAUSED, EditionState.CANCELLED}:
        way_out = (
            f"; `digest resume {kept.id}` goes on" if kept.state is EditionState.PAUSED else ""
        )
        raise DigestError(f"edition {kept.id} is {kept.state} ({kept.why}){way_out}")
    tally = await deliver(
        db, press, mailers, clock, connections=connections, edition=kept.id, stop=stop, done=done
    )
    now = await db.reading(editions.by_id, kept.id)
    assert now is not None
    after = await db.reading(progress.progress, now, clock())
    if tally.trouble:
        raise MailError(
            f"{tally.trouble}\n{after.open} of {after.audience} messages are still to be sent;"
            " `digest deliver` goes on with them"
        )
    return after
