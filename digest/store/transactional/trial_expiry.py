"""Readers whose tier ends soon, and who of them was told.

That is written down where it is for notices, before the letter is handed over: by the day on which
the tier ends and the reader's comparison key, so that each end is told once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, delete, exists, literal, or_, select
from sqlmodel import col

from digest.core.newsletters.promotion import Tiers, is_subscriber
from digest.core.readers.reader import SubscriptionStanding
from digest.store.database.database import Tx
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.notices import NoticeRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow
from digest.store.transactional import admin_notices

ABOUT = "trial "
"""How the key of such a notice begins; the day follows."""
KEPT_FOR = timedelta(days=90)
"""So long after its end it is known who was told."""


class Ending(NamedTuple):
    """A tier that ends with the day `until`, and the subscription that its reader is written by."""

    key: str
    email: str
    until: date
    subscription: int
    newsletter: str

    @property
    def notice(self) -> str:
        """What the notice of it is called; the reader's key completes it."""
        return f"{ABOUT}{self.until}"


class Asked(NamedTuple):
    """Whose end is to be told: tiers of subscribers, which end on these days, of readers who get
    one of these newsletters; they are written by the first of them.
    """

    days: tuple[date, date]
    tiers: Tiers
    newsletters: tuple[str, ...]


def ending_trials(tx: Tx, asked: Asked, now: datetime, limit: int, key: str = "") -> list[Ending]:
    """Who is still to be told, of all or of this one; those that end first come first.

    Nobody who left, pauses or may not be mailed is among them.
    """
    tier, until = col(SubscriberRow.tier), col(SubscriberRow.tier_until)
    where: list[ColumnElement[bool]] = [until.between(*asked.days)]
    if key:
        where.append(col(SubscriberRow.key) == key)
    tiers = tx.execute(select(tier).where(*where).distinct()).scalars()
    theirs = [one for one in tiers if is_subscriber(one, asked.tiers)]
    if not theirs:
        return []
    where.append(tier.in_(theirs))
    found: dict[str, Ending] = {}
    for slug in asked.newsletters:
        rows = tx.execute(_readers(slug, where, now).limit(limit))
        for row in rows:
            found.setdefault(row.key, Ending(row.key, row.email, row.tier_until, row.id, slug))
    return sorted(found.values(), key=lambda one: (one.until, one.subscription))[:limit]


def _readers(
    slug: str, where: Sequence[ColumnElement[bool]], now: datetime
) -> Select[*tuple[Any, ...]]:
    person, until = col(SubscriberRow.key), col(SubscriberRow.tier_until)
    barred = exists().where(
        col(SuppressionRow.key) == person, col(SuppressionRow.scope).in_(("", slug))
    )
    told = exists().where(
        col(NoticeRow.key) == literal(ABOUT).concat(cast(until, String)),
        col(NoticeRow.email) == person,
        or_(col(NoticeRow.due).is_(None), col(NoticeRow.due) > now),
    )
    pauses = col(SubscriberRow.paused_until) > now
    return (
        select(person, col(SubscriberRow.email), until, col(SubscriptionRow.id))
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(*where, col(NewsletterRow.slug) == slug)
        .where(col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE)
        .where(~barred, ~told, or_(col(SubscriberRow.paused_until).is_(None), ~pauses))
        .order_by(until, col(SubscriptionRow.id))
    )


def claim_reminder(tx: Tx, asked: Asked, one: Ending, now: datetime) -> int:
    """Write down that a reader is being told; which attempt it is, 0 if they are not to be, now.

    They may have left or been told by another process since they were looked up.
    """
    if one not in ending_trials(tx, asked, now, 1, one.key):
        return 0
    return admin_notices.claim_notice(tx, one.notice, one.key, now)


def forget_reminders(tx: Tx, today: date) -> None:
    """Let go of who was told of what ended long ago."""
    long_ago = f"{ABOUT}{today - KEPT_FOR}"
    told = col(NoticeRow.key)
    tx.execute(delete(NoticeRow).where(told.startswith(ABOUT), told < long_ago))
