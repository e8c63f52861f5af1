"""How long a reader is tried: until the next edition, or until a mailbox was full too often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.delivery.mailbox_full import Met, is_given_up
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx
from digest.store.editions.editions import LIVE
from digest.store.readers.subscribers import suppress_delivery
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import SlotRow

MAX_TIME_IN_QUEUE = timedelta(days=5)
"""After that nobody waits for an edition any more (RFC 5321, 4.5.4.1)."""
MAX_EDITIONS_LOOKED_AT = 60
"""Editions of a reader that are looked at, at most."""


def give_up(tx: Tx, now: datetime) -> int:
    """Try no more what is deferred of an edition that has a successor, or is five days old."""
    later, slot = aliased(EditionRow), aliased(SlotRow)
    has_successor = exists().where(
        col(later.newsletter_id) == col(EditionRow.newsletter_id),
        col(later.slot_id) == col(slot.id),
        col(slot.at) > col(SlotRow.at),
        col(later.state).in_((*LIVE, EditionState.SENT)),
    )
    old = col(EditionRow.frozen) < now - MAX_TIME_IN_QUEUE
    return _give_up(tx, has_successor, "the next edition is here", now) + _give_up(
        tx, and_(old, ~has_successor), f"it was tried for {MAX_TIME_IN_QUEUE.days} days", now
    )


def give_up_before(tx: Tx, edition: int, now: datetime) -> int:
    """The same with what comes before an edition that is about to be frozen.

    Then its readers can get in it what they never got.
    """
    coming = (
        select(col(EditionRow.newsletter_id), col(SlotRow.at))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(col(EditionRow.id) == edition)
    )
    newsletter, at = tx.execute(coming).one()
    before = and_(col(EditionRow.newsletter_id) == newsletter, col(SlotRow.at) < at)
    return _give_up(tx, before, "the next edition is here", now)


def _give_up(tx: Tx, which: ColumnElement[bool], because: str, now: datetime) -> int:
    found = select(col(EditionRow.id)).join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
    editions = tx.execute(found.where(col(EditionRow.state).in_(LIVE), which)).scalars().all()
    if not editions:
        return 0
    why = literal(f"given up, for {because}: ") + col(DeliveryRow.why)
    done = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.edition_id).in_(editions),
            col(DeliveryRow.state) == DeliveryState.DEFERRED,
        )
        .values(state=DeliveryState.FAILED, why=why, changed=now)
        .returning(col(DeliveryRow.id), col(DeliveryRow.reason))
    ).all()
    retire(tx, [row.id for row in done if row.id and row.reason == Reason.MAILBOX_FULL], now)
    return len(done)


def retire(tx: Tx, deliveries: Sequence[int], now: datetime) -> None:
    """Mail those no more whose mailbox was full once too often; these failed for it just now."""
    for delivery in deliveries:
        reader = select(col(DeliveryRow.subscriber_id)).where(col(DeliveryRow.id) == delivery)
        past = tx.execute(
            select(
                col(DeliveryRow.state),
                col(DeliveryRow.reason),
                col(DeliveryRow.why),
                col(DeliveryRow.changed),
            )
            .where(
                col(DeliveryRow.subscriber_id) == reader.scalar_subquery(),
                or_(
                    col(DeliveryRow.state) == DeliveryState.SENT,
                    col(DeliveryRow.state) == DeliveryState.FAILED,
                ),
            )
            .order_by(col(DeliveryRow.changed).desc())
            .limit(MAX_EDITIONS_LOOKED_AT)
        ).all()
        history = [Met(DeliveryState(row.state), Reason(row.reason), row.changed) for row in past]
        if is_given_up(history):
            suppress_delivery(tx, delivery, f"for weeks: {past[0].why}", now)
