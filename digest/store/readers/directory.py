"""Readers found by what one knows of them, and mended by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlmodel import col

from digest.core.readers.reader import Reader, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.store.database.database import Tx
from digest.store.readers import subscribers
from digest.store.readers.subscribers import KNOWN, REMOVED
from digest.store.tables.consents import ConsentRow
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

BY_HAND = (SuppressionReason.REMOVED, SuppressionReason.DEAD)
"""What whoever sends may take back. The rest is for readers themselves."""
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class ReaderQuery:
    """Whom to find: `text` in an address or a name, what they read, and whether they get it.

    `mailed` None: whether or not.
    """

    text: str = ""
    newsletter: str = ""
    mailed: bool | None = None


def find_readers(tx: Tx, query: ReaderQuery, limit: int) -> tuple[int, list[Reader]]:
    """How many there are, and the first so many, by address."""
    which = and_(*_conditions(query))
    total = tx.execute(select(func.count(col(SubscriberRow.id))).where(which)).scalar_one()
    keys = tx.execute(
        select(col(SubscriberRow.key)).where(which).order_by(col(SubscriberRow.key)).limit(limit)
    ).scalars()
    found = (subscribers.find_subscriber(tx, key) for key in keys)
    return int(total), [reader for reader in found if reader]


def _conditions(query: ReaderQuery) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = [KNOWN]
    if query.text:
        like = f"%{_escaped(query.text)}%"
        which.append(
            or_(
                col(SubscriberRow.email).ilike(like, escape=ESCAPE),
                col(SubscriberRow.name).ilike(like, escape=ESCAPE),
            )
        )
    reads = (
        select(col(SubscriptionRow.id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
    )
    if query.newsletter:
        reads = reads.where(col(NewsletterRow.slug) == query.newsletter)
        which.append(reads.exists())
    if query.mailed is not None:
        gets = reads.where(col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE).exists()
        barred = exists().where(
            col(SuppressionRow.key) == col(SubscriberRow.key), col(SuppressionRow.scope) == ""
        )
        mailed = and_(gets, ~barred)
        which.append(mailed if query.mailed else ~mailed)
    return which


def _escaped(text: str) -> str:
    for mark in (ESCAPE, "%", "_"):
        text = text.replace(mark, ESCAPE + mark)
    return text


def change_details(tx: Tx, key: str, details: Mapping[str, object]) -> None:
    """Write other details of a reader."""
    if details:
        tx.execute(update(SubscriberRow).where(col(SubscriberRow.key) == key).values(**details))


def is_known(tx: Tx, key: str) -> bool:
    """Whether this address is that of a reader, or may not be mailed."""
    reader = exists().where(col(SubscriberRow.key) == key)
    barred = exists().where(col(SuppressionRow.key) == key)
    return any(tx.execute(select(reader, barred)).one())


def change_address(tx: Tx, key: str, fresh_key: str, email: str) -> None:
    """Give a reader another address, with all that they chose, got, agreed to and left.

    That the old address is dead stays with that one.
    """
    tx.execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.key) == key)
        .values(key=fresh_key, email=email)
    )
    if fresh_key == key:
        return
    tx.execute(update(ConsentRow).where(col(ConsentRow.key) == key).values(key=fresh_key))
    tx.execute(
        update(SuppressionRow)
        .where(
            col(SuppressionRow.key) == key,
            col(SuppressionRow.reason) != SuppressionReason.DEAD,
        )
        .values(key=fresh_key)
    )


def end_newsletters(tx: Tx, key: str, newsletters: Sequence[str], now: datetime) -> list[str]:
    """End these newsletters of a reader by hand; gives those that they read until now."""
    rows = tx.execute(
        select(col(SubscriptionRow.id), col(NewsletterRow.slug))
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(
            col(SubscriberRow.key) == key,
            col(NewsletterRow.slug).in_(newsletters),
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
        )
    ).all()
    for row in rows:
        tx.execute(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == row.id)
            .values(status=SubscriptionStanding.UNSUBSCRIBED, until=now)
        )
        subscribers.suppress(tx, key, row.slug, REMOVED, now)
    return [row.slug for row in rows]


def lift_suppressions(tx: Tx, key: str) -> list[tuple[str, str]]:
    """Take back what was done by hand, and that an address is dead; gives scopes and words.

    What was ended by that moment goes on as if it had not been.
    """
    rows = (
        tx.execute(
            select(SuppressionRow).where(
                col(SuppressionRow.key) == key, col(SuppressionRow.reason).in_(BY_HAND)
            )
        )
        .scalars()
        .all()
    )
    for row in rows:
        ended = (
            select(col(SubscriptionRow.id))
            .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
            .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
            .where(col(SubscriberRow.key) == key, col(SubscriptionRow.until) == row.at)
        )
        if row.scope:
            ended = ended.where(col(NewsletterRow.slug) == row.scope)
        tx.execute(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id).in_(ended))
            .values(status=SubscriptionStanding.ACTIVE, until=None)
            .execution_options(synchronize_session=False)
        )
    lifted = [(row.scope, row.why) for row in rows]
    tx.execute(
        delete(SuppressionRow).where(
            col(SuppressionRow.key) == key, col(SuppressionRow.reason).in_(BY_HAND)
        )
    )
    return lifted
