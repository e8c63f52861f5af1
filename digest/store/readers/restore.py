"""Readers of an export of ours, as they were: standings, suppressions, proofs, marks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import col

from digest.core.readers.delivery_options import NOBODYS, news
from digest.core.readers.erasure import ERASED_PREFIX, WHY
from digest.core.readers.reader import (
    FOREVER,
    AddedReader,
    Enrolment,
    Kept,
    KeptConsent,
    NewReader,
    SubscriptionStanding,
)
from digest.core.readers.reason import SuppressionReason
from digest.store.database.database import Tx
from digest.store.readers import delivery_options
from digest.store.readers.subscribers import SuppressedFor, suppress, suppress_all
from digest.store.tables.consents import ConsentRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

_CONSENT = ("form", "text", "network", "origin", "asked", "mailed", "confirmed", "confirmed_origin")


def restore_readers(
    tx: Tx, readers: Sequence[NewReader], newsletters: Mapping[str, int], now: datetime
) -> dict[str, AddedReader]:
    """Enter those whom we don't know as they were; what that did, by key, of no others."""
    keys = [reader.key for reader in readers]
    held = select(col(SubscriberRow.key)).where(col(SubscriberRow.key).in_(keys))
    barred = select(col(SuppressionRow.key)).where(col(SuppressionRow.key).in_(keys))
    known = {*tx.execute(held).scalars(), *tx.execute(barred).scalars()}
    fresh = {one.key: one for one in reversed(readers) if one.kept and one.key not in known}
    if not fresh:
        return {}
    fresh = dict(reversed(fresh.items()))
    tx.connection().execute(
        insert(SubscriberRow), [_subscriber(one, one.kept or Kept(), now) for one in fresh.values()]
    )
    numbers = tx.execute(
        select(col(SubscriberRow.key), col(SubscriberRow.id)).where(
            col(SubscriberRow.key).in_(list(fresh))
        )
    )
    ids = {row.key: row.id for row in numbers}
    rows = [
        {
            "subscriber_id": ids[key],
            "newsletter_id": newsletters[slug],
            "status": standing,
            "since": now,
            "until": None if standing is SubscriptionStanding.ACTIVE else now,
        }
        for key, reader in fresh.items()
        for slug, standing in (reader.kept or Kept()).standings
        if slug in newsletters
    ]
    if rows:
        tx.connection().execute(insert(SubscriptionRow), rows)
    for reader in fresh.values():
        restore_proofs(tx, reader)
    _restore_options(tx, fresh, newsletters, now)
    return {key: _told(one.kept or Kept(), newsletters) for key, one in fresh.items()}


def _subscriber(reader: NewReader, kept: Kept, now: datetime) -> dict[str, object]:
    until = reader.tier_until
    return {
        "key": reader.key,
        "email": reader.email,
        "name": reader.name,
        "tier": reader.tier,
        "tier_until": None if until == FOREVER else until,
        "topics": list(reader.topics),
        "authors": list(reader.authors),
        "added": min(kept.added or now, now),
        "chosen": kept.chosen,
        "language": kept.language,
    }


def _told(kept: Kept, newsletters: Mapping[str, int]) -> AddedReader:
    ours = [(slug, standing) for slug, standing in kept.standings if slug in newsletters]
    barred = any(not one.scope for one in kept.suppressions)
    joins = tuple(slug for slug, one in ours if one is SubscriptionStanding.ACTIVE and not barred)
    out = tuple(slug for slug, _ in ours if slug not in joins)
    if out:
        return AddedReader(Enrolment.GONE, "as in the export", joins=joins, stays_out=out)
    return AddedReader(Enrolment.ADDED, joins=joins)


def restore_proofs(tx: Tx, reader: NewReader) -> None:
    """Write down why somebody must not be mailed, and what they agreed to.

    A weightier reason that is there stays; a proof that is there is not written twice.
    """
    kept = reader.kept or Kept()
    reasons = [
        (reader.key, one.scope, SuppressedFor(one.reason, one.why), one.at)
        for one in kept.suppressions
    ]
    suppress_all(tx, reasons)
    if not kept.consents:
        return
    held = tx.execute(
        select(col(ConsentRow.asked), col(ConsentRow.form)).where(col(ConsentRow.key) == reader.key)
    )
    known = {(row.asked, row.form) for row in held}
    rows = [
        {
            "key": reader.key,
            "email": reader.email,
            "newsletters": list(one.newsletters),
            **{name: getattr(one, name) for name in _CONSENT},
        }
        for one in kept.consents
        if (one.asked, one.form) not in known
    ]
    if rows:
        tx.connection().execute(insert(ConsentRow), rows)


def restore_marks(tx: Tx, marks: Sequence[str], now: datetime) -> None:
    """Know again who was forgotten."""
    for mark in marks:
        suppress(tx, mark, "", SuppressedFor(SuppressionReason.FORGOTTEN, WHY), now)


def marks_held(tx: Tx) -> Iterator[str]:
    """The marks of all who were forgotten."""
    yield from tx.execute(
        select(col(SuppressionRow.key))
        .where(col(SuppressionRow.key).startswith(ERASED_PREFIX))
        .order_by(col(SuppressionRow.key))
    ).scalars()


def consents_of(tx: Tx, keys: Sequence[str]) -> dict[str, list[KeptConsent]]:
    """What these agreed to, oldest first, by address key."""
    found: dict[str, list[KeptConsent]] = {}
    for row in tx.execute(
        select(ConsentRow).where(col(ConsentRow.key).in_(keys)).order_by(col(ConsentRow.id))
    ).scalars():
        values = {name: getattr(row, name) for name in _CONSENT}
        found.setdefault(row.key, []).append(KeptConsent(tuple(row.newsletters), **values))
    return found


def any_consent(tx: Tx) -> bool:
    """Whether a reader agreed to anything."""
    found = (
        select(col(ConsentRow.id))
        .join(SubscriberRow, col(SubscriberRow.key) == col(ConsentRow.key))
        .limit(1)
    )
    return tx.execute(found).first() is not None


def _restore_options(
    tx: Tx, restored: Mapping[str, NewReader], newsletters: Mapping[str, int], now: datetime
) -> None:
    """Write down how often, when and how those want newsletters who were just entered."""
    mine = {
        key: found
        for key, reader in restored.items()
        if (found := news(reader.wants, list(newsletters), NOBODYS, chosen=False)).wants
    }
    delivery_options.save_options(tx, mine, newsletters, now)
