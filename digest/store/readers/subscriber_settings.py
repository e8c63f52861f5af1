"""What a reader settled: topics, how often, which form, breaks, and leaving."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence
from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx
from digest.store.readers import subscribers
from digest.store.readers.subscribers import LEFT_ALL
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import SlotRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow
from digest.store.tables.schema import SCHEMA

_UNTIL = SCHEMA.tables["subscriber"].c.paused_until.type
OPEN_DELIVERIES = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)


def set_preferences(
    tx: Tx, key: str, topics: Sequence[str], authors: Sequence[str], now: datetime
) -> None:
    """Write down what a reader chose, instead of what they or a list chose before."""
    tx.execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.key) == key)
        .values(topics=list(topics), authors=list(authors), chosen=now)
    )


def set_format(tx: Tx, key: str, wanted: Format) -> None:
    """Write down how a reader wants their messages."""
    tx.execute(update(SubscriberRow).where(col(SubscriberRow.key) == key).values(format=wanted))


def set_cadence(tx: Tx, subscription: int, cadence: Cadence, now: datetime) -> None:
    """Write down how many editions of a newsletter a reader wants."""
    row = tx.get_one(SubscriptionRow, subscription)
    row.cadence = cadence
    reader = tx.get_one(SubscriberRow, row.subscriber_id)
    reader.said, reader.said_by_list = now, False
    tx.flush()


class Rest(NamedTuple):
    """A break of a reader, and why they get nothing then."""

    until: datetime
    why: str
    catch_up: bool


def set_pause(
    tx: Tx, key: str, until: datetime, why: str, now: datetime, *, catch_up: bool
) -> None:
    """Send a reader nothing until then, not even what is prepared, unless a server has it."""
    pause_all(tx, {key: Rest(until, why, catch_up)}, now)


def pause_all(tx: Tx, rests: Mapping[str, Rest], now: datetime) -> None:
    """The same for many, by key."""
    if not rests:
        return
    tx.connection().execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.key) == bindparam("reader"))
        .values(
            paused_until=bindparam("until", type_=_UNTIL),
            catch_up=bindparam("catches_up"),
            said=now,
            said_by_list=False,
        ),
        [
            {"reader": key, "until": rest.until, "catches_up": rest.catch_up}
            for key, rest in rests.items()
        ],
    )
    held = tx.execute(
        select(
            col(SubscriberRow.key),
            col(DeliveryRow.id),
            col(DeliveryRow.subscription_id),
            col(SlotRow.at),
        )
        .join(DeliveryRow, col(DeliveryRow.subscriber_id) == col(SubscriberRow.id))
        .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(col(SubscriberRow.key).in_(list(rests)), col(DeliveryRow.state).in_(OPEN_DELIVERIES))
    ).all()
    for key, delivery, subscription, at in held:
        _hold_back(tx, rests[key], delivery, subscription, at, now)


def _hold_back(
    tx: Tx, rest: Rest, delivery: int, subscription: int, at: datetime, now: datetime
) -> None:
    """Skip a delivery that is prepared, of the edition of a moment."""
    tx.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.id) == delivery)
        .values(
            state=DeliveryState.SKIPPED,
            why=rest.why,
            reason=Reason.ON_A_BREAK,
            passed=not rest.catch_up,
            changed=now,
        )
    )
    if rest.catch_up:
        later = or_(col(SubscriptionRow.owed_since).is_(None), col(SubscriptionRow.owed_since) > at)
        tx.execute(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == subscription, later)
            .values(owed_since=at)
        )


def end_pause(tx: Tx, key: str, now: datetime) -> None:
    """End a reader's pause; what came meanwhile is caught up with, or not, as they said."""
    tx.execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.key) == key, col(SubscriberRow.paused_until) > now)
        .values(paused_until=now, said=now, said_by_list=False)
    )


def end_all_subscriptions(tx: Tx, key: str, now: datetime) -> None:
    """End every newsletter of a reader, also those that don't exist yet, for good."""
    rows = tx.execute(
        select(col(SubscriptionRow.id))
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .where(
            col(SubscriberRow.key) == key,
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
        )
    ).all()
    for row in rows:
        subscribers.end_subscription(tx, row.id, LEFT_ALL.words, now)
    subscribers.suppress(tx, key, "", LEFT_ALL, now)


def left_with(tx: Tx, subscription: int) -> list[int]:
    """The subscriptions of the same reader that ended in the same moment as this one."""
    this = tx.get(SubscriptionRow, subscription)
    if this is None or this.until is None:
        return []
    rows = tx.execute(
        select(col(SubscriptionRow.id)).where(
            col(SubscriptionRow.subscriber_id) == this.subscriber_id,
            col(SubscriptionRow.until) == this.until,
        )
    )
    return [row.id for row in rows]
