"""Readers by the thousand: what is known of them is read at once, and so is it written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col

from digest.core.readers import erasure
from digest.core.readers.reader import (
    NO_WANTS,
    AddedReader,
    Enrolment,
    Exclusion,
    NewReader,
    SubscriptionStanding,
)
from digest.core.readers.subscribe_rules import StoredReader, SubscribeStep, enrol
from digest.store.database.database import Tx
from digest.store.message.signing_keys import remember_first_key
from digest.store.newsletters import slots
from digest.store.readers import delivery_options, restore, subscribers
from digest.store.readers.bulk_insert import ADDED, insert_readers, listed
from digest.store.readers.known_readers import known_readers
from digest.store.readers.unchanged_rows import familiar
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

KNOWN_READERS_PER_QUERY = 2000
"""Readers handled with one set of statements, of those that we know."""
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
    remember_first_key(tx, secret, now)
    gone = _forgotten(tx, readers, secret)
    if gone:
        kept = [reader for place, reader in enumerate(readers) if place not in gone]
        taken = iter(enrol_all(tx, kept, newsletters, now))
        return [ERASED if place in gone else next(taken) for place in range(len(readers))]
    ids = {slug: slots.know(tx, slug, now)[0] for slug in newsletters}
    if any(reader.kept for reader in readers):
        return _restore_all(tx, readers, ids, now)
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


def _restore_all(
    tx: Tx, readers: Sequence[NewReader], newsletters: Mapping[str, int], now: datetime
) -> list[AddedReader]:
    """Readers of an export of ours: those whom we don't know as they were, others by the rules."""
    results: list[AddedReader] = []
    for start in range(0, len(readers), KNOWN_READERS_PER_QUERY):
        some = readers[start : start + KNOWN_READERS_PER_QUERY]
        entered = restore.restore_readers(tx, some, newsletters, now)
        results += [
            entered.pop(one.key)
            if one.key in entered
            else _bring_up_to_date(tx, one, list(newsletters), now)
            for one in some
        ]
    return results


def _bring_up_to_date(
    tx: Tx, reader: NewReader, newsletters: Sequence[str], now: datetime
) -> AddedReader:
    """One whom we know, by what an export of ours says of each newsletter."""
    kept, bare = reader.kept, reader._replace(kept=None)
    if kept is None:
        return enrol_all(tx, [bare], newsletters, now)[0]
    restore.restore_proofs(tx, reader)
    told = []
    for standing in SubscriptionStanding:
        slugs = [slug for slug, one in kept.standings if one is standing and slug in newsletters]
        if slugs:
            mine = bare._replace(standing=standing, exclusion=Exclusion())
            told += enrol_all(tx, [mine], slugs, now)
    if not told:
        return UNCHANGED
    order = (Enrolment.GONE, Enrolment.ADDED, Enrolment.UPDATED, Enrolment.UNCHANGED)
    first = min(told, key=lambda one: order.index(one.result))
    return first._replace(
        joins=tuple(slug for one in told for slug in one.joins or ()),
        stays_out=tuple(slug for one in told for slug in one.stays_out),
        leaves=tuple(slug for one in told for slug in one.leaves),
    )


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
        if not marks.isdisjoint(erasure.erasure_marks(reader.key, secret))
    }


def _enrol(
    tx: Tx, readers: Mapping[str, NewReader], newsletters: Mapping[str, int], now: datetime
) -> dict[str, SubscribeStep]:
    known = known_readers(tx, list(readers), newsletters)
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
