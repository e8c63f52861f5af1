"""What a rehearsal or a look ahead asks of its copy of a store. None of this is for one in use."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.operations.reconcile import LedgerRow
from digest.core.readers.reader import SubscriptionStanding
from digest.core.text import email_address
from digest.store.database.database import Tx
from digest.store.delivery import recovery
from digest.store.editions.editions import LIVE, StoredEdition, by_id
from digest.store.readers import subscribers
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow


def stop_other_work(tx: Tx, but: int, now: datetime) -> None:
    """Have nobody at work on the copy, and no other edition in it that could be sent."""
    recovery.take_over(tx, recovery.owners(tx), now)
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.state).in_(LIVE), col(EditionRow.id) != but)
        .values(state=EditionState.PAUSED, why="this is a rehearsal")
    )


def redraft_newest(tx: Tx, slug: str) -> StoredEdition | None:
    """Make the newest edition that was sent a draft again, for today's readers."""
    newest = tx.execute(
        select(func.max(col(EditionRow.id)))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(NewsletterRow.slug) == slug, col(EditionRow.state) == EditionState.SENT)
    ).scalar_one()
    if newest is None:
        return None
    tx.execute(delete(DeliveryRow).where(col(DeliveryRow.edition_id) == newest))
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == newest)
        .values(state=EditionState.DRAFT, frozen=None, finished=None, candidates=0)
    )
    return by_id(tx, newest)


def keep_only_reader(tx: Tx, slug: str, subscriber: int) -> None:
    """Leave a newsletter this reader only."""
    newsletter = select(col(NewsletterRow.id)).where(col(NewsletterRow.slug) == slug)
    tx.execute(
        update(SubscriptionRow)
        .where(
            col(SubscriptionRow.newsletter_id) == newsletter.scalar_subquery(),
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
            col(SubscriptionRow.subscriber_id) != subscriber,
        )
        .values(status=SubscriptionStanding.UNSUBSCRIBED)
    )


def arrive(tx: Tx, edition: int) -> None:
    """Let an edition reach all who are to have it."""
    tx.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.edition_id) == edition, col(DeliveryRow.state).in_(OPEN_STATES))
        .values(state=DeliveryState.SENT)
    )
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition, col(EditionRow.state).in_(LIVE))
        .values(state=EditionState.SENT)
    )


def still_to_send(tx: Tx, edition: int) -> frozenset[int]:
    """The deliveries that have something still to do."""
    return frozenset(
        tx.execute(
            select(col(DeliveryRow.id)).where(
                col(DeliveryRow.edition_id) == edition, col(DeliveryRow.state).in_(OPEN_STATES)
            )
        ).scalars()
    )


def ledger_rows(tx: Tx, edition: int, among: Collection[int] | None = None) -> list[LedgerRow]:
    """What the ledger says of an edition's readers, of all or `among` these deliveries."""
    found = tx.execute(
        select(
            col(DeliveryRow.id),
            col(DeliveryRow.subscription_id),
            col(DeliveryRow.state),
            col(DeliveryRow.resends),
            col(SubscriberRow.email),
            col(SubscriptionRow.status),
            col(SubscriptionRow.until),
        )
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .join(SubscriptionRow, col(SubscriptionRow.id) == col(DeliveryRow.subscription_id))
        .where(col(DeliveryRow.edition_id) == edition)
        .order_by(col(DeliveryRow.id))
    ).all()
    return [
        LedgerRow(
            subscription=row.subscription_id,
            email=_wire(row.email),
            state=DeliveryState(row.state),
            resends=row.resends,
            left=row.until if row.status != SubscriptionStanding.ACTIVE else None,
        )
        for row in found
        if among is None or row.id in among
    ]


def _wire(email: str) -> str:
    """As SMTP has it; an address that nothing can be sent to stays as it is."""
    try:
        return email_address.wire(email)
    except ValueError:
        return email


def leave_reader(tx: Tx, subscription: int, now: datetime) -> None:
    """Let a reader leave, as their click would."""
    subscribers.end_subscription(tx, subscription, "left during a rehearsal", now)
