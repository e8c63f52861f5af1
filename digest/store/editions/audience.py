"""Who gets an edition: fixed once, when it is frozen."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.editions.reader_filter import Candidate, ReaderShare
from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence
from digest.store.database.bulk_insert import bulk_insert, to_db_value
from digest.store.database.database import Tx
from digest.store.editions import cadence, drafts, recipient_columns
from digest.store.editions.cadence import CadenceContext
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.received import Received
from digest.store.message import encoded_editions
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow

READERS_PER_COMMIT = 5000
"""Readers that are entered in one transaction: others want to write meanwhile."""


def is_uniform(tx: Tx, edition: int, at: datetime, tiers: bool) -> bool:
    """Whether no reader has made a choice, nor a tier if `tiers` count: then all get the same.

    Who paused until the edition's moment `at`, or before, is one of them.
    """
    newsletter_id, _ = _about(tx, edition)
    wishes = or_(
        col(SubscriberRow.topics) != [],
        col(SubscriberRow.authors) != [],
        col(SubscriberRow.format) != Format.FULL,
        col(SubscriberRow.paused_until) > at,
        col(SubscriptionRow.cadence) != Cadence.EVERY,
    )
    if tiers:
        wishes |= col(SubscriberRow.tier) != ""
    row = tx.execute(
        select(col(SubscriberRow.id))
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        .where(_active(newsletter_id), wishes)
        .limit(1)
    ).first()
    return row is None


def fix_audience(tx: Tx, edition: int, now: datetime) -> int:
    """Fix the audience of a draft, all of whom get the same. Returns how many they are.

    Who is suppressed gets a row too, and is skipped with the reason when it is claimed. Asking
    twice changes nothing.
    """
    newsletter_id, state = _about(tx, edition)
    if state != EditionState.DRAFT:
        return 0
    _enter_all(tx, edition, newsletter_id, encoded_editions.standard_variant(tx, edition), now)
    cadence.owe_nothing(tx, edition)
    return seal(tx, edition, now) or 0


def enter_some(
    tx: Tx,
    edition: int,
    after: int,
    known: tuple[Received, CorrectionRecipients],
    course: CadenceContext,
    allot: Callable[[Candidate], ReaderShare],
    now: datetime,
) -> int | None:
    """Enter the next readers of a draft, each with their share. None if all are entered.

    `known` is what they got before, and what they are to be told of it.

    Give back what it returns as `after`. Nobody is entered twice, whoever else does the same.
    """
    newsletter_id, state = _about(tx, edition)
    if state != EditionState.DRAFT:
        return None
    rows = tx.execute(_next(edition, newsletter_id, after)).all()
    if not rows:
        return None
    (past, debts), readers = known, [row.subscriber_id for row in rows]
    received, wrong = past.received(tx, readers), debts.owed(tx, readers)
    rhythms = {row.subscriber_id: one for row in rows if (one := recipient_columns.rhythm(row))}
    rulings = course.rule(tx, rhythms)
    shares = [
        recipient_columns.reader_share(
            row, rulings.get(row.subscriber_id, course.usual), past, received, wrong, allot
        )
        for row in rows
    ]
    _enter(tx, edition, rows, shares, now)
    cadence.owe(
        tx,
        {
            row.id: owed
            for row, share in zip(rows, shares, strict=True)
            if (said := rhythms.get(row.subscriber_id))
            and (owed := course.owed(said, rulings[row.subscriber_id], share)) != row.owed_since
        },
    )
    return int(rows[-1].id)


def _next(edition: int, newsletter_id: int, after: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*recipient_columns.RECIPIENT_COLUMNS)
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .where(_active(newsletter_id), col(SubscriptionRow.id) > after, ~_entered(edition))
        .order_by(col(SubscriptionRow.id))
        .limit(READERS_PER_COMMIT)
    )


def _variants(tx: Tx, edition: int, shares: Collection[ReaderShare]) -> dict[str, int]:
    """The numbers of these shares' variants; those that are new are written down."""
    known = encoded_editions.variants(tx, edition, {share.code for share in shares})
    new = {
        share.code: (share.choice, share.words)
        for share in shares
        if share.choice and share.words and share.code not in known
    }
    if not new:
        return known
    encoded_editions.add_variants(tx, edition, new.values())
    return encoded_editions.variants(tx, edition, {share.code for share in shares})


def _enter(
    tx: Tx, edition: int, rows: Sequence[Row[Any]], shares: Sequence[ReaderShare], now: datetime
) -> None:
    """A row in the ledger for each of these readers; equal shares are looked at once."""
    known = {id(share): share for share in shares}
    numbers = _variants(tx, edition, known.values())
    states = {True: str(DeliveryState.SKIPPED), False: str(DeliveryState.PENDING)}
    shown = {
        place: (
            numbers.get(one.code),
            one.bits,
            states[bool(one.why)],
            one.why,
            one.reason.value,
            one.passed,
        )
        for place, one in known.items()
    }
    every = blank(edition, now) | {"called": False}
    same = {name: to_db_value(tx, DeliveryRow, name, value) for name, value in every.items()}
    bulk_insert(
        tx,
        DeliveryRow,
        ("subscription_id", "subscriber_id", *DELIVERY_COLUMNS),
        [
            (row.id, row.subscriber_id, *shown[id(share)])
            for row, share in zip(rows, shares, strict=True)
        ],
        same,
    )


DELIVERY_COLUMNS = ("variant_id", "articles", "state", "why", "reason", "passed")
"""What a delivery has of its reader's share."""


def blank(edition: int, now: datetime) -> dict[str, object]:
    """What every delivery begins with."""
    return {
        "edition_id": edition,
        "due": now,
        "attempts": 0,
        "resends": 0,
        "owner": "",
        "code": 0,
        "changed": now,
    }


def seal(tx: Tx, edition: int, now: datetime) -> int | None:
    """Freeze a draft whose readers are all entered; None if one is missing. Returns how many."""
    newsletter_id, state = _about(tx, edition)
    missing = select(col(SubscriptionRow.id)).where(_active(newsletter_id), ~_entered(edition))
    if state == EditionState.DRAFT and tx.execute(missing.limit(1)).first():
        return None
    entered = tx.execute(_count(edition)).scalar_one()
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition, col(EditionRow.state) == EditionState.DRAFT)
        .values(state=EditionState.FROZEN, frozen=now, touched=now, candidates=entered)
    )
    drafts.forget_drawn(tx, edition)
    return int(entered)


def begun(tx: Tx, edition: int) -> bool:
    """Whether somebody began to enter readers, and so approved the edition."""
    return bool(tx.execute(_count(edition)).scalar_one())


def _count(edition: int) -> Select[int]:
    return (
        select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.edition_id) == edition)
    )


def _about(tx: Tx, edition: int) -> tuple[int, str]:
    row = tx.execute(
        select(col(EditionRow.newsletter_id), col(EditionRow.state)).where(
            col(EditionRow.id) == edition
        )
    ).one()
    return row.newsletter_id, row.state


def _active(newsletter_id: int) -> ColumnElement[bool]:
    return and_(
        col(SubscriptionRow.newsletter_id) == newsletter_id,
        col(SubscriptionRow.status) == "active",
    )


def _entered(edition: int) -> ColumnElement[bool]:
    return exists().where(
        col(DeliveryRow.edition_id) == edition,
        col(DeliveryRow.subscriber_id) == col(SubscriptionRow.subscriber_id),
    )


def _enter_all(
    tx: Tx, edition: int, newsletter_id: int, standard: encoded_editions.Variant, now: datetime
) -> None:
    """A row in the ledger for everybody who is subscribed, in one statement."""
    values = blank(edition, now) | {
        "state": DeliveryState.PENDING,
        "why": "",
        "variant_id": standard.id,
        "articles": encoded_editions.bitset(standard.choice.mask),
    }
    columns = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    tx.execute(
        insert(DeliveryRow).from_select(
            ["subscriber_id", "subscription_id", *values],
            select(
                col(SubscriptionRow.subscriber_id),
                col(SubscriptionRow.id),
                *(literal(value, columns[name].type) for name, value in values.items()),
            )
            .where(_active(newsletter_id), ~_entered(edition))
            .order_by(col(SubscriptionRow.id)),
        )
    )
