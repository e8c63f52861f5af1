"""Readers, their subscriptions, and who must not be mailed again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, exists, func, select, update
from sqlmodel import col

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence
from digest.core.readers.erasure import ERASED_PREFIX
from digest.core.readers.reader import Reader, Subscription, SubscriptionStanding, Suppression
from digest.core.readers.reason import WEIGHTS, SuppressionReason
from digest.store.database.bulk_insert import to_db_value
from digest.store.database.database import Tx
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow
from digest.store.tables.schema import SCHEMA


class SuppressedFor(NamedTuple):
    """Why an address is not mailed: a value to decide by, and words for people."""

    reason: SuppressionReason
    words: str


LEFT_ALL = SuppressedFor(SuppressionReason.LEFT, "left every newsletter by their link")
REMOVED = SuppressedFor(SuppressionReason.REMOVED, "removed by hand")
_WEIGHT = {reason.value: weight for weight, reason in enumerate(WEIGHTS)}
_BY_WEIGHT = " ".join(f"WHEN '{reason}' THEN {weight}" for reason, weight in _WEIGHT.items())
_SUPPRESS = (
    "INSERT INTO suppression (key, scope, why, reason, at) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 (nothing of others)
    " ON CONFLICT (key, scope) DO UPDATE SET why = excluded.why, reason = excluded.reason,"
    f" at = excluded.at WHERE CASE reason {_BY_WEIGHT} END < CASE excluded.reason {_BY_WEIGHT} END"
)
"""In words of SQL, and not as an object: a list may say it of a million."""
KNOWN = ~col(SubscriberRow.key).startswith(ERASED_PREFIX)
"""Not of those who were forgotten."""
READERS_PER_QUERY = 500
"""Readers that are read with one set of statements."""
# Plain rows: objects, which nobody changes here, take twice as long.
_SUBSCRIBER, _SUBSCRIPTION, _SUPPRESSION = (
    SCHEMA.tables[name] for name in ("subscriber", "subscription", "suppression")
)


def suppress(tx: Tx, key: str, scope: str, why: SuppressedFor, now: datetime) -> None:
    """Never mail this address again: from this newsletter, or from any if `scope` is empty.

    What is written already stays, but for a weightier reason.
    """
    held = tx.execute(
        select(col(SuppressionRow.reason)).where(
            col(SuppressionRow.key) == key, col(SuppressionRow.scope) == scope
        )
    ).scalar_one_or_none()
    if held is None or _WEIGHT[held] < _WEIGHT[why.reason]:
        suppress_all(tx, [(key, scope, why, now)])


def suppress_all(tx: Tx, rows: Sequence[tuple[str, str, SuppressedFor, datetime]]) -> None:
    """The same for many: address, scope, why, and since when."""
    if not rows:
        return
    moments = {at: to_db_value(tx, SuppressionRow, "at", at) for at in {row[3] for row in rows}}
    values = [
        (key, scope, why.words, why.reason.value, moments[at]) for key, scope, why, at in rows
    ]
    tx.connection().exec_driver_sql(_SUPPRESS, values)


def suppress_delivery(tx: Tx, delivery: int, why: str, now: datetime) -> None:
    """Never mail the reader of this delivery again: their address is dead."""
    key = tx.execute(
        select(col(SubscriberRow.key))
        .join(DeliveryRow, col(DeliveryRow.subscriber_id) == col(SubscriberRow.id))
        .where(col(DeliveryRow.id) == delivery)
    ).scalar_one()
    suppress(tx, key, "", SuppressedFor(SuppressionReason.DEAD, why), now)


def subscription_by_id(
    tx: Tx, subscription_id: int
) -> tuple[str, str, SubscriptionStanding] | None:
    """The address, newsletter and standing behind a signed link; None if there is none."""
    row = tx.execute(
        select(col(SubscriberRow.email), col(NewsletterRow.slug), col(SubscriptionRow.status))
        .select_from(SubscriptionRow)
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(col(SubscriptionRow.id) == subscription_id, KNOWN)
    ).first()
    return (row.email, row.slug, SubscriptionStanding(row.status)) if row else None


def ended_at(tx: Tx, subscription_id: int) -> datetime | None:
    """When a subscription ended; None if it didn't, or isn't there."""
    return tx.execute(
        select(col(SubscriptionRow.until)).where(col(SubscriptionRow.id) == subscription_id)
    ).scalar_one_or_none()


def end_subscription(tx: Tx, subscription_id: int, why: str, now: datetime) -> bool:
    """End a subscription for good. False if there is no such subscription; twice is once."""
    row = tx.execute(
        select(col(SubscriberRow.key), col(NewsletterRow.slug))
        .select_from(SubscriptionRow)
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(col(SubscriptionRow.id) == subscription_id)
    ).first()
    if row is None:
        return False
    tx.execute(
        update(SubscriptionRow)
        .where(
            col(SubscriptionRow.id) == subscription_id,
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
        )
        .values(status=SubscriptionStanding.UNSUBSCRIBED, until=now)
    )
    suppress(tx, row.key, row.slug, SuppressedFor(SuppressionReason.LEFT, why), now)
    return True


def suppress_address(tx: Tx, key: str, why: SuppressedFor, now: datetime) -> bool:
    """End everything that goes to an address, and keep it from coming back by an import."""
    subscriber_id = tx.execute(
        select(col(SubscriberRow.id)).where(col(SubscriberRow.key) == key)
    ).scalar_one_or_none()
    if subscriber_id is None:
        return False
    tx.execute(
        update(SubscriptionRow)
        .where(
            col(SubscriptionRow.subscriber_id) == subscriber_id,
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
        )
        .values(status=SubscriptionStanding.UNSUBSCRIBED, until=now)
    )
    suppress(tx, key, "", why, now)
    return True


def find_subscriber(tx: Tx, key: str) -> Reader | None:
    """Everything that we hold about an address."""
    rows = tx.execute(select(_SUBSCRIBER).where(col(SubscriberRow.key) == key))
    return next(iter(_readers(tx, rows.all())), None)


def of_subscription(tx: Tx, subscription_id: int) -> Reader | None:
    """The reader whose subscription this is; None if they were forgotten."""
    rows = tx.execute(
        select(_SUBSCRIBER)
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        .where(col(SubscriptionRow.id) == subscription_id, KNOWN)
    )
    return next(iter(_readers(tx, rows.all())), None)


def all_subscribers(tx: Tx) -> Iterator[Reader]:
    """All readers, oldest first. Read it inside the transaction."""
    last = 0
    while rows := tx.execute(
        select(_SUBSCRIBER)
        .where(col(SubscriberRow.id) > last, KNOWN)
        .order_by(col(SubscriberRow.id))
        .limit(READERS_PER_QUERY)
    ).all():
        yield from _readers(tx, rows)
        last = rows[-1].id


def _readers(tx: Tx, rows: Sequence[Row[Any]]) -> list[Reader]:
    subscriptions: dict[int, list[Subscription]] = {}
    for one in tx.execute(
        select(_SUBSCRIPTION, col(NewsletterRow.slug))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(col(SubscriptionRow.subscriber_id).in_([row.id for row in rows]))
        .order_by(col(SubscriptionRow.id))
    ):
        subscriptions.setdefault(one.subscriber_id, []).append(_subscription(one))
    suppressions: dict[str, list[Suppression]] = {}
    for held in tx.execute(
        select(_SUPPRESSION)
        .where(col(SuppressionRow.key).in_([row.key for row in rows]))
        .order_by(col(SuppressionRow.id))
    ):
        suppressions.setdefault(held.key, []).append(
            Suppression(held.scope, held.why, held.at, SuppressionReason(held.reason))
        )
    return [
        Reader(
            email=row.email,
            name=row.name,
            tier=row.tier,
            tier_until=row.tier_until,
            topics=tuple(row.topics),
            authors=tuple(row.authors),
            added=row.added,
            subscriptions=tuple(subscriptions.get(row.id, ())),
            suppressions=tuple(suppressions.get(row.key, ())),
            id=row.id,
            chosen=row.chosen,
            format=Format(row.format),
            paused_until=row.paused_until,
            catch_up=row.catch_up,
            said=row.said,
            language=row.language,
        )
        for row in rows
    ]


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        newsletter=row.slug,
        standing=SubscriptionStanding(row.status),
        since=row.since,
        until=row.until,
        cadence=Cadence(row.cadence),
        owed_since=row.owed_since,
    )


def count_active(tx: Tx, newsletter: str) -> int:
    """How many would get an edition of this newsletter now."""
    suppressed = exists().where(
        col(SuppressionRow.key) == col(SubscriberRow.key), col(SuppressionRow.scope) == ""
    )
    return int(
        tx.execute(
            select(func.count())
            .select_from(SubscriptionRow)
            .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
            .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
            .where(
                col(NewsletterRow.slug) == newsletter,
                col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
                ~suppressed,
            )
        ).scalar_one()
    )
