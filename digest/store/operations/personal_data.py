"""All that is held about one person, table by table, and how it is let go of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, select, update
from sqlmodel import SQLModel, col

from digest.core.message.story_choice import places_of
from digest.core.readers.erasure import ERASED_PREFIX, WHY
from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.text import email_address
from digest.store.database.database import Tx
from digest.store.message import encoded_editions
from digest.store.readers import subscribers
from digest.store.tables.articles import ArticleRow
from digest.store.tables.consents import ConsentRow
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.notices import NoticeRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow
from digest.store.tables.schema import SCHEMA

PersonRows = Mapping[str, list[dict[str, Any]]]
"""Rows as dictionaries, by table."""

PERSONAL = ("subscriber", "subscription", "delivery", "consent", "suppression", "notice")
"""The tables that hold something about readers. A test walks the others."""


def held_about(tx: Tx, key: str) -> PersonRows:
    """Every row about an address, with what one needs to make sense of it; empty tables too."""
    mine = _mine(key)
    return {
        "subscriber": _rows(tx, select(_table(SubscriberRow)).where(mine)),
        "subscription": _subscriptions(tx, mine),
        "delivery": _deliveries(tx, mine),
        "consent": _rows(tx, select(_table(ConsentRow)).where(col(ConsentRow.key) == key)),
        "suppression": _rows(
            tx, select(_table(SuppressionRow)).where(col(SuppressionRow.key) == key)
        ),
        "notice": [
            row
            for row in _rows(tx, select(_table(NoticeRow)))
            if email_address.address_key(str(row["email"])) == key
        ],
    }


def erase_person(tx: Tx, key: str, mark: str, now: datetime) -> bool:
    """Let go of all that tells who somebody is; the rest only counts. False if there is nothing.

    `mark` (core.readers.erasure) stays, so that no list brings them back.
    """
    if not any(held_about(tx, key).values()):
        return False
    why = subscribers.SuppressedFor(SuppressionReason.FORGOTTEN, WHY)
    subscribers.suppress(tx, mark, "", why, now)
    for row in (ConsentRow, SuppressionRow):
        tx.execute(delete(row).where(col(row.key) == key))
    told = tx.execute(select(col(NoticeRow.email))).scalars()
    ours = [email for email in told if email_address.address_key(email) == key]
    tx.execute(delete(NoticeRow).where(col(NoticeRow.email).in_(ours)))
    number = tx.execute(select(col(SubscriberRow.id)).where(_mine(key))).scalar_one_or_none()
    if number is not None:
        _empty(tx, number, now)
    return True


def forgotten(tx: Tx, mark: str) -> bool:
    """Whether an address was forgotten."""
    return bool(tx.execute(select(_is(mark))).scalar_one())


def marks_held_of(tx: Tx, marks: Sequence[str]) -> list[str]:
    """Which of these marks are of somebody who was forgotten."""
    rows = tx.execute(select(col(SuppressionRow.key)).where(col(SuppressionRow.key).in_(marks)))
    return list(rows.scalars())


def _empty(tx: Tx, number: int, now: datetime) -> None:
    """Leave of a reader what editions count."""
    of = col(SubscriptionRow.subscriber_id) == number
    active = col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE
    tx.execute(update(SubscriptionRow).where(of, active).values(until=now))
    tx.execute(
        update(SubscriptionRow)
        .where(of)
        .values(
            status=SubscriptionStanding.UNSUBSCRIBED,
            **_blank(SubscriptionRow, "cadence", "owed_since"),
        )
    )
    # What a server says of a message often names its reader.
    said = (col(DeliveryRow.subscriber_id) == number) & (col(DeliveryRow.why) != "")
    tx.execute(update(DeliveryRow).where(said).values(why=WHY))
    kept = {"id", "key", "email", "added"}
    names = [name for name in SubscriberRow.model_fields if name not in kept]
    tx.execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.id) == number)
        .values(
            key=f"{ERASED_PREFIX}{number}",
            email=f"forgotten-{number}",
            **_blank(SubscriberRow, *names),
        )
    )


def _blank(row: type[SQLModel], *names: str) -> dict[str, object]:
    """What these columns hold of somebody who never said anything."""
    return {
        name: row.model_fields[name].get_default(call_default_factory=True, validated_data={})
        for name in names
    }


def _is(mark: str) -> ColumnElement[bool]:
    return (
        select(func.count())
        .select_from(SuppressionRow)
        .where(col(SuppressionRow.key) == mark)
        .scalar_subquery()
        > 0
    )


def _mine(key: str) -> ColumnElement[bool]:
    return col(SubscriberRow.key) == key


def _table(row: type[SQLModel]) -> Table:
    return SCHEMA.tables[str(row.__tablename__)]


def _rows(tx: Tx, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(query).mappings()]


def _subscriptions(tx: Tx, mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    return _rows(
        tx,
        select(_table(SubscriptionRow), col(NewsletterRow.slug).label("newsletter"))
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SubscriptionRow.newsletter_id))
        .where(mine)
        .order_by(col(SubscriptionRow.id)),
    )


def _deliveries(tx: Tx, mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    """With the newsletter and moment of each edition, and the titles of what it had for them."""
    found = _rows(
        tx,
        select(
            _table(DeliveryRow),
            col(NewsletterRow.slug).label("newsletter"),
            col(SlotRow.at),
            col(EditionRow.subject),
        )
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(mine)
        .order_by(col(DeliveryRow.id)),
    )
    for row in found:
        bits, edition = row["articles"], row["edition_id"]
        assert isinstance(bits, bytes)
        assert isinstance(edition, int)
        row["articles"] = _titles(tx, edition, set(places_of(encoded_editions.mask(bits))))
    return found


def _titles(tx: Tx, edition: int, places: set[int]) -> list[str]:
    rows = tx.execute(
        select(col(ArticleRow.title), col(EditionArticleRow.place))
        .join(EditionArticleRow, col(EditionArticleRow.article_id) == col(ArticleRow.id))
        .where(col(EditionArticleRow.edition_id) == edition)
        .order_by(col(EditionArticleRow.place))
    )
    return [row.title for row in rows if row.place in places]
