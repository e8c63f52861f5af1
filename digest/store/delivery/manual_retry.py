"""Readers whose message failed, tried once more because a person wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, bindparam, case, exists, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.delivery.progress import Failure
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx
from digest.store.delivery.deliveries import gone
from digest.store.delivery.recovery import reopen
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import SlotRow
from digest.store.tables.readers import SubscriberRow

LATER = "a later edition brings what this one had"
SETTLED_BY_HAND = "settled by hand: it did not arrive"


@dataclass(frozen=True, slots=True)
class Retried:
    """Whose message is pending again, and who was left out, and why."""

    emails: tuple[str, ...]
    left_out: tuple[Failure, ...]


def failed_keys(tx: Tx, edition: int) -> frozenset[str]:
    """The keys (see core.text.email_address) of the readers whose delivery failed."""
    query = select(col(SubscriberRow.key)).join(
        DeliveryRow, col(DeliveryRow.subscriber_id) == col(SubscriberRow.id)
    )
    return frozenset(tx.execute(query.where(*_failed(edition))).scalars())


def retry_deliveries(tx: Tx, edition: int, keys: Sequence[str], now: datetime) -> Retried:
    """Make failed deliveries pending again: of these readers, or of all if none are given.

    Not those of readers who left or may not be mailed, nor of those who have a later edition: it
    made up for what this one owed them, and nobody gets an article twice.
    """
    left, why, _ = gone()
    query = (
        select(
            col(DeliveryRow.id),
            col(SubscriberRow.key),
            col(SubscriberRow.email),
            case((left, why), (_has_later(), LATER), else_="").label("why"),
        )
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .where(*_failed(edition))
        .order_by(col(SubscriberRow.email))
    )
    wanted = [row for row in tx.execute(query).all() if not keys or row.key in keys]
    again = [row for row in wanted if not row.why]
    if again:
        rows = [{"delivery": row.id, "now": now} for row in again]
        tx.connection().execute(_again(), rows)
        reopen(tx, now)
    left_out = tuple(Failure(row.email, row.why) for row in wanted if row.why)
    return Retried(tuple(row.email for row in again), left_out)


def _failed(edition: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        col(DeliveryRow.edition_id) == edition,
        col(DeliveryRow.state) == DeliveryState.FAILED,
    )


def _has_later() -> ColumnElement[bool]:
    """Whether the reader has a message of a later edition of the newsletter."""
    theirs, later, slot = aliased(DeliveryRow), aliased(EditionRow), aliased(SlotRow)
    this, here = aliased(EditionRow), aliased(SlotRow)
    return exists().where(
        col(this.id) == col(DeliveryRow.edition_id),
        col(here.id) == col(this.slot_id),
        col(theirs.subscriber_id) == col(DeliveryRow.subscriber_id),
        col(theirs.state) != DeliveryState.SKIPPED,
        col(later.id) == col(theirs.edition_id),
        col(later.newsletter_id) == col(this.newsletter_id),
        col(slot.id) == col(later.slot_id),
        col(slot.at) > col(here.at),
    )


def _again() -> Update:
    """What was settled by hand may have arrived after all: its second copy is alike."""
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.id == bindparam("delivery"))
        .values(
            state=DeliveryState.PENDING.value,
            attempts=0,
            resends=case(
                (table.c.reason == Reason.SETTLED_BY_HAND, table.c.resends + 1),
                else_=table.c.resends,
            ),
            owner="",
            called=False,
            code=0,
            why="",
            reason="",
            due=bindparam("now", type_=table.c.due.type),
            changed=bindparam("now", type_=table.c.changed.type),
        )
    )
