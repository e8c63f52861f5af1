"""Tell somebody something by a letter: once, whichever process does it or is killed over it."""

from collections.abc import Callable
from datetime import timedelta

from digest.actions.transactional.letters import LetterContext, mail
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.message.compose import OutgoingMessage
from digest.store.database.database import Tx
from digest.store.transactional import admin_notices

TRY_AGAIN = timedelta(minutes=10)
"""When a letter is tried again that surely didn't go out."""


async def tell_once(
    context: LetterContext,
    about: str,
    whom: str,
    claim: Callable[[Tx], int],
    write: Callable[[], OutgoingMessage],
) -> Verdict | None:
    """Send what `write` gives; None if another process tells it, or it is not to be told.

    `claim` writes down that somebody (`whom`) is being told of something (`about`), as
    admin_notices.claim_notice does. What a process that died was telling may have been told, so it
    is not told again. What can't be written down as a letter is never tried again.
    """
    attempt = await context.db.writing(claim)
    if not attempt:
        return None
    try:
        envelope = write()
    except Exception as fault:
        await _write_down(context, about, whom, Verdict(DeliveryState.FAILED, str(fault)))
        raise
    verdict = await mail(context, envelope, attempt)
    await _write_down(context, about, whom, verdict)
    return verdict


async def _write_down(context: LetterContext, about: str, whom: str, verdict: Verdict) -> None:
    again = verdict.state in {DeliveryState.PENDING, DeliveryState.DEFERRED}
    now = context.clock()
    due = max(verdict.due or now, now + TRY_AGAIN) if again else None
    state = DeliveryState.DEFERRED if again else verdict.state
    await context.db.writing(admin_notices.record_notice, about, whom, state, verdict.why, due, now)
