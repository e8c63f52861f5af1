"""Readers who come by themselves, or come back: only they can take back that they left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlmodel import col

from digest.core.readers.erasure import ERASED_PREFIX
from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import OWN_WISHES
from digest.store.database.database import Tx
from digest.store.newsletters import slots
from digest.store.readers import subscriber_settings
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow


def join(
    tx: Tx, email: str, key: str, newsletters: Sequence[str], now: datetime
) -> dict[str, int] | None:
    """Subscribe the owner of an address, who said so; gives their subscriptions by newsletter.

    That they left these newsletters, or all, is taken back, and a break ends: they are told that
    the next edition comes. None, and nothing changes, where the address may not be mailed for any
    other reason: dead, complained, or removed by hand.
    """
    if _barred(tx, key):
        return None
    _lift(tx, key, newsletters)
    subscriber = _subscriber(tx, email, key, now)
    subscriber_settings.end_pause(tx, key, now)
    return {slug: _begin(tx, subscriber, slug, now) for slug in newsletters}


def undo_unsubscribe(tx: Tx, subscription_ids: Sequence[int]) -> bool:
    """Take back that a reader left these a moment ago, as if they had not. False if they may not.

    They keep the day since when they read, so that the next edition has what they missed.
    """
    rows = tx.execute(
        select(SubscriptionRow).where(col(SubscriptionRow.id).in_(subscription_ids))
    ).scalars()
    done = False
    for row in rows:
        key = tx.get_one(SubscriberRow, row.subscriber_id).key
        if _barred(tx, key):
            continue
        _lift(tx, key, [slots.newsletter_slug(tx, row.newsletter_id)])
        row.status, row.until = SubscriptionStanding.ACTIVE, None
        done = True
    tx.flush()
    return done


def _barred(tx: Tx, key: str) -> bool:
    if key.startswith(ERASED_PREFIX):
        return True
    found = tx.execute(
        select(col(SuppressionRow.id)).where(
            col(SuppressionRow.key) == key,
            col(SuppressionRow.scope) == "",
            col(SuppressionRow.reason).not_in(OWN_WISHES),
        )
    ).first()
    return found is not None


def _lift(tx: Tx, key: str, newsletters: Sequence[str]) -> None:
    everything = and_(col(SuppressionRow.scope) == "", col(SuppressionRow.reason).in_(OWN_WISHES))
    tx.execute(
        delete(SuppressionRow).where(
            col(SuppressionRow.key) == key,
            or_(col(SuppressionRow.scope).in_(newsletters), everything),
        )
    )


def _subscriber(tx: Tx, email: str, key: str, now: datetime) -> int:
    found = tx.execute(
        select(col(SubscriberRow.id)).where(col(SubscriberRow.key) == key)
    ).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = SubscriberRow(key=key, email=email, added=now)
    tx.add(row)
    tx.flush()
    assert row.id is not None
    return row.id


def _begin(tx: Tx, subscriber: int, slug: str, now: datetime) -> int:
    newsletter, _ = slots.know(tx, slug, now)
    row = tx.execute(
        select(SubscriptionRow).where(
            col(SubscriptionRow.subscriber_id) == subscriber,
            col(SubscriptionRow.newsletter_id) == newsletter,
        )
    ).scalar_one_or_none()
    if row is None:
        row = SubscriptionRow(
            subscriber_id=subscriber,
            newsletter_id=newsletter,
            status=SubscriptionStanding.ACTIVE,
            since=now,
        )
        tx.add(row)
    elif row.status != SubscriptionStanding.ACTIVE:
        row.status, row.since, row.until = SubscriptionStanding.ACTIVE, now, None
    tx.flush()
    assert row.id is not None
    return row.id
