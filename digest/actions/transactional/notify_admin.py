"""Tell the admin what happened: each thing once, and never in the way of the mail itself."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from digest.actions.transactional.letters import LetterContext
from digest.actions.transactional.send_once import tell_once
from digest.core.delivery.state import DeliveryState
from digest.core.message.compose import OutgoingMessage
from digest.core.newsletters.newsletter import Newsletter
from digest.core.transactional.admin_notice import Notice
from digest.render.message import admin_notices
from digest.render.words.language import Phrases
from digest.store.database.database import Tx
from digest.store.transactional import admin_notices as recorded

log = structlog.get_logger()


async def notify(
    context: LetterContext,
    emails: Sequence[str],
    newsletters: Mapping[str, Newsletter],
    *,
    resend: bool = False,
    troubled: bool = True,
    stop: asyncio.Event | None = None,
) -> list[Notice]:
    """Send what is still to be told to these addresses. Returns what was told.

    What a process that died was telling may have been told, so it is not told again. `newsletters`
    are those of the config by slug; others are no longer anybody's business. `resend` says that
    uncertain messages get a second copy by themselves, `troubled` that the mail server was in
    trouble just now. Raises nothing: what fails is logged.
    """
    if not emails:
        return []
    told: list[Notice] = []
    try:
        for notice, email in await context.db.reading(
            _untold, emails, context.clock(), resend, troubled
        ):
            newsletter = newsletters.get(notice.newsletter)
            if stop and stop.is_set():
                break
            if newsletter and await _tell(context, notice, newsletter, email):
                told.append(notice)
    except Exception:
        log.exception("notify")
    return told


def _untold(
    tx: Tx, emails: Sequence[str], now: datetime, resend: bool, troubled: bool
) -> list[tuple[Notice, str]]:
    found = recorded.notices(tx, now, resend=resend, troubled=troubled)
    return [
        (recorded.with_progress(tx, notice, now), email)
        for notice, email in recorded.untold(tx, found, emails, now)
    ]


async def _tell(context: LetterContext, notice: Notice, newsletter: Newsletter, email: str) -> bool:
    """Whether the mail server took it."""

    def write() -> OutgoingMessage:
        content, now = admin_notices.content(notice, newsletter), context.clock()
        return context.factory.letter(content, email, about=notice.key, date=now, say=Phrases())

    def claim(tx: Tx) -> int:
        return recorded.claim_notice(tx, notice.key, email, context.clock())

    verdict = await tell_once(context, notice.key, email, claim, write)
    return verdict is not None and verdict.state is DeliveryState.SENT
