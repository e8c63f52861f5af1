"""Whose turn an edition is, and what is owed to whom: the ledger, as cadence needs it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.editions.reader_filter import ReaderShare
from digest.core.readers.cadence import (
    Cadence,
    CadenceDecision,
    EditionTiming,
    PastEdition,
    Rhythm,
    rule,
)
from digest.core.readers.reader import SubscriptionStanding
from digest.store.database.database import Tx
from digest.store.editions.received import OVER, REACHED, TRIED, VOID
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

SURE = (DeliveryState.SENT, DeliveryState.UNCERTAIN)


class EditionMoment(NamedTuple):
    """An edition: its moment, when it was drawn up, and how far back it goes.

    Of one that is `over` nothing is tried again once ours is frozen.
    """

    at: datetime
    made: datetime
    back: datetime | None
    over: bool = False


@dataclass(frozen=True, slots=True)
class CadenceContext:
    """An edition among the others of its newsletter; these by their numbers."""

    occasion: EditionTiming
    editions: Mapping[int, EditionMoment]

    @property
    def usual(self) -> CadenceDecision:
        """What it means for readers who said nothing of when they want it."""
        return rule(Rhythm(), self.occasion)

    def rule(self, tx: Tx, readers: Mapping[int, Rhythm]) -> dict[int, CadenceDecision]:
        """What the edition means for each of these, by their numbers (subscriber.id)."""
        had = self._had(tx, readers)
        return {one: rule(rhythm, self.occasion, had[one]) for one, rhythm in readers.items()}

    def owed(self, said: Rhythm, ruling: CadenceDecision, share: ReaderShare) -> datetime | None:
        """From when on something is owed to a reader after they were given their share."""
        return self.occasion.owed_after(said, ruling, nothing=bool(share.why))

    def _had(self, tx: Tx, readers: Mapping[int, Rhythm]) -> dict[int, list[PastEdition]]:
        """What was made for each of these, as far back as it counts."""
        found: dict[int, list[PastEdition]] = defaultdict(list)
        taken = frozenset[datetime]().union(
            *(self.occasion.fills[r.cadence] for r in readers.values())
        )
        owed = [one.owed_since for one in readers.values() if one.owed_since]
        since = min([*taken, *owed], default=None)
        wanted = [n for n, one in self.editions.items() if since and one.at >= since]
        if not wanted:
            return found
        rows = tx.execute(
            select(
                col(DeliveryRow.subscriber_id), col(DeliveryRow.edition_id), col(DeliveryRow.state)
            ).where(
                col(DeliveryRow.edition_id).in_(wanted),
                col(DeliveryRow.subscriber_id).in_(list(readers)),
                col(DeliveryRow.state) != DeliveryState.SKIPPED,
            )
        )
        for reader, edition, state in rows:
            one = self.editions[edition]
            reached = state in REACHED and not (one.over and state == OVER)
            found[reader].append(PastEdition(one.at, one.made, reached, state in SURE, one.back))
        return found


def course(
    tx: Tx,
    newsletter: str,
    at: datetime,
    zone: ZoneInfo,
    lookback: timedelta,
    back: datetime | None = None,
) -> CadenceContext:
    """The course of a newsletter around the edition of a moment; with `back` as in Occasion."""
    rows = tx.execute(
        select(
            col(EditionRow.id),
            col(SlotRow.at),
            col(EditionRow.made),
            col(EditionRow.back),
            col(EditionRow.state),
        )
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(NewsletterRow.slug) == newsletter, col(EditionRow.state).not_in(VOID))
    ).all()
    made = {
        row.id: EditionMoment(row.at, row.made, row.back, row.state in TRIED and row.at < at)
        for row in rows
    }
    mine = next((one for one in made.values() if one.at == at), EditionMoment(at, at, back))
    others = {
        row.id: made[row.id] for row in rows if row.at != at and row.state != EditionState.DRAFT
    }
    moments = tuple(one.at for one in others.values())
    return CadenceContext(EditionTiming(at, zone, lookback, moments, mine.back, mine.made), others)


def is_readers_turn(course: CadenceContext) -> ColumnElement[bool]:
    """Whether it is the turn of the reader of a SubscriptionRow."""
    subscriber = aliased(SubscriberRow)
    paused = exists().where(
        col(subscriber.id) == col(SubscriptionRow.subscriber_id),
        col(subscriber.paused_until) > course.occasion.at,
    )
    turns = [
        and_(col(SubscriptionRow.cadence) == cadence, ~_reached(course, cadence))
        for cadence in (Cadence.SECOND, Cadence.MONTHLY)
    ]
    return and_(or_(col(SubscriptionRow.cadence) == Cadence.EVERY, *turns), ~paused)


def _reached(course: CadenceContext, cadence: Cadence) -> ColumnElement[bool]:
    filled = course.occasion.fills[cadence]
    numbers = [number for number, one in course.editions.items() if one.at in filled]
    over = [number for number in numbers if course.editions[number].over]
    delivery = aliased(DeliveryRow)
    return exists().where(
        col(delivery.edition_id).in_(numbers),
        col(delivery.subscriber_id) == col(SubscriptionRow.subscriber_id),
        col(delivery.state).in_(REACHED),
        ~and_(col(delivery.edition_id).in_(over), col(delivery.state) == OVER),
    )


def owed_since(tx: Tx, newsletter: str, due: ColumnElement[bool]) -> datetime | None:
    """From when on something may be owed to somebody whose turn it is; None if nothing is."""
    suppressed = exists().where(
        col(SuppressionRow.key) == col(SubscriberRow.key), col(SuppressionRow.scope) == ""
    )
    found = tx.execute(
        select(func.min(col(SubscriptionRow.owed_since)))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
            col(SubscriptionRow.owed_since).is_not(None),
            ~suppressed,
            due,
        )
    ).scalar_one()
    return found if isinstance(found, datetime) or found is None else datetime.fromisoformat(found)


def owe(tx: Tx, owed: Mapping[int, datetime | None]) -> None:
    """Write down since when something may be owed, by subscription."""
    if not owed:
        return
    table = SubscriptionRow.__table__  # type: ignore[attr-defined]
    tx.connection().execute(
        update(table)
        .where(table.c.id == bindparam("subscription"))
        .values(owed_since=bindparam("from_then", type_=table.c.owed_since.type)),
        [{"subscription": one, "from_then": since} for one, since in owed.items()],
    )


def owe_nothing(tx: Tx, edition: int) -> None:
    """All get an edition, and as far back as it goes, none of them had anything to catch up on."""
    made = tx.get_one(EditionRow, edition)
    if made.back is None:
        return
    later = exists().where(
        col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id),
        col(SubscriberRow.said) > made.made,
    )
    tx.execute(
        update(SubscriptionRow)
        .where(
            col(SubscriptionRow.newsletter_id) == made.newsletter_id,
            col(SubscriptionRow.owed_since) >= made.back,
            ~later,
        )
        .values(owed_since=None)
    )
