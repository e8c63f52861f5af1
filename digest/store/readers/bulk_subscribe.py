"""Readers by the thousand: what is known of them is read at once, and so is it written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, case, func, insert, select, update
from sqlmodel import col

from digest.core.readers import erasure
from digest.core.readers.reader import (
    NO_WANTS,
    AddedReader,
    Enrolment,
    NewReader,
    SubscriptionStanding,
)
from digest.core.readers.reason import SuppressionReason
from digest.core.readers.subscribe_rules import StoredReader, SubscribeStep, enrol
from digest.store.database.database import Tx
from digest.store.newsletters import slots
from digest.store.readers import delivery_options, subscribers
from digest.store.readers.bulk_insert import ADDED, insert_readers, listed
from digest.store.readers.unchanged_rows import familiar
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

KNOWN_READERS_PER_QUERY = 2000
"""Readers handled with one set of statements, of those that we know."""
DETAILS = ("name", "tier", "tier_until", "topics", "authors")
UNCHANGED = AddedReader(Enrolment.UNCHANGED)
ERASED = AddedReader(Enrolment.GONE, erasure.WHY)


def enrol_all(
    tx: Tx,
    readers: Sequence[NewReader],
    newsletters: Sequence[str],
    now: datetime,
    secret: str = "",
) -> list[AddedReader]:
    """Add readers to newsletters, or bring what we hold up to date; what that did, in order.

    One who is named twice is handled twice, the second time as known. Of who was forgotten nothing
    is written down; without the secret nobody knows who that is.
    """
    gone = _forgotten(tx, readers, secret)
    if gone:
        kept = [reader for place, reader in enumerate(readers) if place not in gone]
        taken = iter(enrol_all(tx, kept, newsletters, now))
        return [ERASED if place in gone else next(taken) for place in range(len(readers))]
    ids = {slug: slots.know(tx, slug, now)[0] for slug in newsletters}
    entered = insert_readers(tx, readers, ids, now)
    if entered.count(ADDED) == len(entered):
        return [ADDED] * len(entered)
    results = {place: taken for place, taken in enumerate(entered) if taken}
    known = [reader for place, reader in enumerate(readers) if place not in results]
    as_before = familiar(tx, known, ids)
    waiting = []
    for place, reader in enumerate(readers):
        if place not in results and reader.key in as_before:
            results[place] = UNCHANGED
        elif place not in results:
            waiting.append((place, reader))
    while waiting:
        turn: dict[str, tuple[int, NewReader]] = {}
        later: list[tuple[int, NewReader]] = []
        for place, reader in waiting:
            if reader.key in turn or len(turn) >= KNOWN_READERS_PER_QUERY:
                later.append((place, reader))
            else:
                turn[reader.key] = place, reader
        steps = _enrol(tx, {key: reader for key, (_, reader) in turn.items()}, ids, now)
        results |= {turn[key][0]: step.told() for key, step in steps.items()}
        waiting = later
    return [results[place] for place in range(len(readers))]


def _forgotten(tx: Tx, readers: Sequence[NewReader], secret: str) -> set[int]:
    """The places of those who were forgotten."""
    marks = set(
        tx.execute(
            select(col(SuppressionRow.key)).where(
                col(SuppressionRow.key).between(erasure.ERASED_PREFIX, erasure.ERASED_PREFIX + "~")
            )
        ).scalars()
    )
    if not marks or not secret:
        return set()
    return {
        place
        for place, reader in enumerate(readers)
        if erasure.erasure_mark(reader.key, secret) in marks
    }


def _enrol(
    tx: Tx, readers: Mapping[str, NewReader], newsletters: Mapping[str, int], now: datetime
) -> dict[str, SubscribeStep]:
    known = _known(tx, list(readers), newsletters)
    if any(reader.wants is not NO_WANTS for reader in readers.values()):
        held = delivery_options.stored_options(tx, list(readers), newsletters, now)
        known = {key: replace(one, held=held.get(key, one.held)) for key, one in known.items()}
    steps = {key: enrol(reader, list(newsletters), known[key]) for key, reader in readers.items()}
    _write_details(tx, readers, known, steps, now)
    numbers = _numbers(tx, [key for key, step in steps.items() if step.begin or step.leave])
    _write_subscriptions(tx, steps, numbers, newsletters, now)
    _write_suppressions(tx, readers, steps, now)
    delivery_options.save_options(
        tx, {key: step.news for key, step in steps.items()}, newsletters, now
    )
    return steps


def _known(tx: Tx, keys: list[str], newsletters: Mapping[str, int]) -> dict[str, StoredReader]:
    standings: dict[str, dict[str, SubscriptionStanding]] = {}
    slugs = {number: slug for slug, number in newsletters.items()}
    for key, number, status in tx.execute(
        select(
            col(SubscriberRow.key), col(SubscriptionRow.newsletter_id), col(SubscriptionRow.status)
        )
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        # With the newsletters named here, too, SQLite would go through all of their readers.
        .where(col(SubscriberRow.key).in_(keys))
    ):
        if number in slugs:
            standings.setdefault(key, {})[slugs[number]] = SubscriptionStanding(status)
    reasons, suppressed = _suppressed(tx, keys)
    later = _later(tx, keys, newsletters)
    ours = {
        row.key: row
        for row in tx.execute(
            select(
                col(SubscriberRow.key),
                *(getattr(SubscriberRow, name) for name in (*DETAILS, "chosen")),
            ).where(col(SubscriberRow.key).in_(keys))
        )
    }
    return {
        key: StoredReader(
            new=key not in ours,
            details={name: getattr(ours[key], name) for name in DETAILS} if key in ours else {},
            standings=standings.get(key, {}),
            suppressed=suppressed.get(key, {}),
            reasons=reasons.get(key, {}),
            chosen=key in ours and ours[key].chosen is not None,
            later=later.get(key, frozenset()),
        )
        for key in keys
    }


def _suppressed(
    tx: Tx, keys: list[str]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, SuppressionReason]]]:
    """Why these may not be mailed, by address and scope: in words, and as values."""
    reasons: dict[str, dict[str, str]] = {}
    suppressed: dict[str, dict[str, SuppressionReason]] = {}
    for key, scope, why, reason in tx.execute(
        select(
            col(SuppressionRow.key),
            col(SuppressionRow.scope),
            col(SuppressionRow.why),
            col(SuppressionRow.reason),
        ).where(col(SuppressionRow.key).in_(keys))
    ):
        reasons.setdefault(key, {})[scope] = why
        suppressed.setdefault(key, {})[scope] = SuppressionReason(reason)
    return reasons, suppressed


def _later(tx: Tx, keys: list[str], newsletters: Mapping[str, int]) -> dict[str, frozenset[str]]:
    """Of those who have left all that they had: the newsletters that came after that."""
    active = col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE
    rows = tx.execute(
        select(col(NewsletterRow.slug), col(NewsletterRow.known_since)).where(
            col(NewsletterRow.id).in_(newsletters.values())
        )
    )
    since = {row.slug: row.known_since for row in rows}
    left = tx.execute(
        select(col(SubscriberRow.key), func.max(col(SubscriptionRow.until)))
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        .where(col(SubscriberRow.key).in_(keys))
        .group_by(col(SubscriberRow.key))
        .having(func.sum(case((active, 1), else_=0)) == 0)
    )
    return {
        key: frozenset(slug for slug, at in since.items() if until and at > until)
        for key, until in left
    }


def _write_details(
    tx: Tx,
    readers: Mapping[str, NewReader],
    known: Mapping[str, StoredReader],
    steps: Mapping[str, SubscribeStep],
    now: datetime,
) -> None:
    new = [
        {
            "key": key,
            "email": reader.email,
            "name": reader.name,
            "tier": reader.tier,
            "tier_until": steps[key].details.get("tier_until"),
            "topics": list(reader.topics),
            "authors": list(reader.authors),
            "added": now,
        }
        for key, reader in readers.items()
        if known[key].new
    ]
    if new:
        tx.connection().execute(insert(SubscriberRow), new)
    table = SubscriberRow.__table__  # type: ignore[attr-defined]
    for key, step in steps.items():
        if step.details and not known[key].new:
            tx.execute(update(table).where(table.c.key == key).values(**step.details))


def _numbers(tx: Tx, keys: list[str]) -> dict[str, int]:
    rows = tx.execute(
        select(col(SubscriberRow.key), col(SubscriberRow.id)).where(
            col(SubscriberRow.key).in_(keys)
        )
    )
    return {key: number for key, number in rows if number is not None}


def _write_subscriptions(
    tx: Tx,
    steps: Mapping[str, SubscribeStep],
    numbers: Mapping[str, int],
    newsletters: Mapping[str, int],
    now: datetime,
) -> None:
    begun = [
        {
            "subscriber_id": numbers[key],
            "newsletter_id": newsletters[slug],
            "status": standing,
            "since": now,
            "until": None if standing is SubscriptionStanding.ACTIVE else now,
        }
        for key, step in steps.items()
        for slug, standing in step.begin.items()
    ]
    if begun:
        tx.connection().execute(insert(SubscriptionRow), begun)
    left = [
        {"reader": numbers[key], "newsletter": newsletters[slug]}
        for key, step in steps.items()
        for slug in step.leave
    ]
    if left:
        table = SubscriptionRow.__table__  # type: ignore[attr-defined]
        ended = update(table).where(
            table.c.subscriber_id == bindparam("reader"),
            table.c.newsletter_id == bindparam("newsletter"),
        )
        values = ended.values(status=SubscriptionStanding.UNSUBSCRIBED, until=now)
        tx.connection().execute(values, left)


def _write_suppressions(
    tx: Tx, readers: Mapping[str, NewReader], steps: Mapping[str, SubscribeStep], now: datetime
) -> None:
    """Whom a list calls gone must not come back by another."""
    out = [
        (key, scope, listed(reason), min(readers[key].exclusion.at or now, now))
        for key, step in steps.items()
        for scope, reason in step.suppress.items()
    ]
    subscribers.suppress_all(tx, out)
