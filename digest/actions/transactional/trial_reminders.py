"""Tell readers that their tier ends soon: each end once, by day, and nobody who left."""

import asyncio
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from digest.actions.transactional import letters
from digest.actions.transactional.letters import LetterContext
from digest.actions.transactional.send_once import tell_once
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.trial_expiry import Reminder, last_days
from digest.store.database.database import Tx
from digest.store.transactional import trial_expiry
from digest.store.transactional.trial_expiry import Asked, Ending

MAX_REMINDERS_PER_RUN = 200
"""So many are told in one run; the others with the next, a moment later."""

log = structlog.get_logger()


def due_reminders(
    context: LetterContext, reminder: Reminder | None, newsletters: Sequence[Newsletter]
) -> list[Ending]:
    """Who is to be told now, as many as one run tells; nobody without a reminder."""
    asked = _asked(context, reminder, newsletters)
    return (
        context.db.read(trial_expiry.ending_trials, asked, context.clock(), MAX_REMINDERS_PER_RUN)
        if asked
        else []
    )


async def send_trial_reminders(
    context: LetterContext,
    reminder: Reminder | None,
    newsletters: Sequence[Newsletter],
    *,
    stop: asyncio.Event | None = None,
) -> dict[DeliveryState, int]:
    """Tell them; how many letters came to what. `newsletters` are those of the config.

    Ends when the mail server is in trouble: what was not told is told by a later run.
    """
    counts: dict[DeliveryState, int] = {}
    asked = _asked(context, reminder, newsletters)
    if reminder is None or asked is None:
        return counts
    known = {one.slug: one for one in newsletters}
    await context.db.writing(trial_expiry.forget_reminders, asked.days[0])
    for one in await context.db.reading(
        trial_expiry.ending_trials, asked, context.clock(), MAX_REMINDERS_PER_RUN
    ):
        if stop and stop.is_set():
            break
        write = partial(letters.of_the_end, context, one, known[one.newsletter], reminder)
        claim = partial(_claim, asked=asked, one=one, context=context)
        try:
            verdict = await tell_once(context, one.notice, one.key, claim, write)
        except ValueError as fault:  # no message can go to this address
            verdict = Verdict(DeliveryState.FAILED, str(fault))
        if verdict is None:
            continue
        counts[verdict.state] = counts.get(verdict.state, 0) + 1
        if verdict.state is not DeliveryState.SENT:
            log.warning(
                "remind", subscription=one.subscription, what=verdict.state, why=verdict.why
            )
        if verdict.host:
            break
    return counts


def _asked(
    context: LetterContext, reminder: Reminder | None, newsletters: Sequence[Newsletter]
) -> Asked | None:
    if reminder is None:
        return None
    local = context.clock().astimezone(ZoneInfo(context.factory.publication.timezone))
    days = last_days(reminder, local)
    if days is None or not newsletters:
        return None
    return Asked(days, newsletters[0].tiers, tuple(one.slug for one in newsletters))


def _claim(tx: Tx, asked: Asked, one: Ending, context: LetterContext) -> int:
    return trial_expiry.claim_reminder(tx, asked, one, context.clock())
