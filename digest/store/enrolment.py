"""Readers by the thousand: what is known of them is read at once, and so is it written."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, func, insert, literal, select, update
from sqlmodel import col

from digest.core.enrolment import LISTED, Known, Step, enrol
from digest.core.reader import FOREVER, Enrolment, NewReader, Standing, Taken
from digest.store import slots
from digest.store.database import Tx, Values, held, pour
from digest.store.tables import SubscriberRow, SubscriptionRow, SuppressionRow

TOGETHER = 2000
"""Readers handled with one set of statements, of those that we know."""
AS_A_LIST_HAS_THEM = (
    "key",
    "email",
    "name",
    "tier",
    "topics",
    "authors",
    "added",
    "tier_until",
)
DETAILS = ("name", "tier", "tier_until", "topics", "authors")
WHY_LISTED = "unsubscribed in an imported list"
ADDED = Taken(Enrolment.ADDED)


def enrol_all(
    tx: Tx, readers: Sequence[NewReader], newsletters: Sequence[str], now: datetime
) -> list[Taken]:
    """Add readers to newsletters, or bring what we hold up to date; what that did, in order.

    One who is named twice is handled twice, the second time as known.
    """
    ids = {slug: slots.know(tx, slug, now)[0] for slug in newsletters}
    new = _enter_new(tx, readers, ids, now)
    results = dict(new)
    waiting = [(place, reader) for place, reader in enumerate(readers) if place not in new]
    while waiting:
        turn: dict[str, tuple[int, NewReader]] = {}
        later: list[tuple[int, NewReader]] = []
        for place, reader in waiting:
            if reader.key in turn or len(turn) >= TOGETHER:
                later.append((place, reader))
            else:
                turn[reader.key] = place, reader
        steps = _enrol(tx, {key: reader for key, (_, reader) in turn.items()}, ids, now)
        results |= {turn[key][0]: Taken(step.result, step.why) for key, step in steps.items()}
        waiting = later
    return [results[place] for place in range(len(readers))]


def _enter_new(
    tx: Tx, readers: Sequence[NewReader], newsletters: Mapping[str, int], now: datetime
) -> dict[int, Taken]:
    """Enter whom we don't know, in a tenth of the time; what that did, by place.

    It comes to the same as `core.enrolment.enrol` for them.
    """
    keys = [reader.key for reader in readers]
    # Backwards, so that of two with one key the first is there.
    places = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
    added = held(tx, SubscriberRow, "added", now)
    before = tx.execute(select(func.coalesce(func.max(col(SubscriberRow.id)), 0))).scalar_one()
    rows = _as_held((readers[place] for place in sorted(places.values())), added)
    fresh = col(SubscriberRow.id) > before
    if pour(tx, SubscriberRow, AS_A_LIST_HAS_THEM, rows) < len(rows):
        entered = tx.execute(select(col(SubscriberRow.key)).where(fresh)).scalars()
        places = {key: places[key] for key in entered}
    for number in newsletters.values():
        _subscribe(tx, fresh, number, now)
    results = dict.fromkeys(places.values(), ADDED)
    for key, why in _keep_out(tx, fresh, newsletters, now).items():
        results[places[key]] = Taken(Enrolment.GONE, why)
    gone = Standing.UNSUBSCRIBED
    left = {key for key, place in places.items() if readers[place].standing is gone}
    if left:
        _let_go(tx, fresh, left, newsletters, now)
    results |= dict.fromkeys((places[key] for key in left), Taken(Enrolment.GONE, LISTED))
    return results


def _let_go(
    tx: Tx,
    which: ColumnElement[bool],
    keys: Set[str],
    newsletters: Mapping[str, int],
    now: datetime,
) -> None:
    """End what was just begun for those who left before, and keep them from coming back."""
    known = tx.execute(select(col(SubscriberRow.id), col(SubscriberRow.key)).where(which))
    left = [{"reader": number} for number, key in known if key in keys]
    table = SubscriptionRow.__table__  # type: ignore[attr-defined]
    ended = update(table).where(table.c.subscriber_id == bindparam("reader"))
    values = ended.values(status=Standing.UNSUBSCRIBED, until=now)
    tx.connection().execute(values, left)
    at = held(tx, SuppressionRow, "at", now)
    rows = [(key, slug, WHY_LISTED, at) for key in sorted(keys) for slug in newsletters]
    pour(tx, SuppressionRow, ("key", "scope", "why", "at"), rows)


def _as_held(readers: Iterable[NewReader], added: object) -> list[Values]:
    return [
        (key, email, name, tier, _json(topics), _json(authors), added, _last_day(until))
        for email, key, name, tier, topics, authors, _, until in readers
    ]


def _last_day(until: date | None) -> str | None:
    return until.isoformat() if until and until != FOREVER else None


@lru_cache(maxsize=10_000)
def _json(names: tuple[str, ...]) -> str:
    return json.dumps(names)


def _subscribe(tx: Tx, which: ColumnElement[bool], newsletter: int, now: datetime) -> None:
    columns = SubscriptionRow.__table__.c  # type: ignore[attr-defined]
    values = {"newsletter_id": newsletter, "status": Standing.ACTIVE, "since": now}
    tx.execute(
        insert(SubscriptionRow).from_select(
            ["subscriber_id", *values],
            select(
                col(SubscriberRow.id),
                *(literal(value, columns[name].type) for name, value in values.items()),
            ).where(which),
        )
    )


def _keep_out(
    tx: Tx, which: ColumnElement[bool], newsletters: Mapping[str, int], now: datetime
) -> dict[str, str]:
    """End the subscriptions of those who may not be mailed; why, by key."""
    found: dict[str, str] = {}
    for row in tx.execute(
        select(
            col(SubscriberRow.id),
            col(SubscriberRow.key),
            col(SuppressionRow.scope),
            col(SuppressionRow.why),
        )
        .join(SuppressionRow, col(SuppressionRow.key) == col(SubscriberRow.key))
        .where(which, col(SuppressionRow.scope).in_(["", *newsletters]))
        .order_by(col(SuppressionRow.scope))
    ).all():
        found.setdefault(row.key, row.why)
        ended = update(SubscriptionRow).where(col(SubscriptionRow.subscriber_id) == row.id)
        if row.scope:
            ended = ended.where(col(SubscriptionRow.newsletter_id) == newsletters[row.scope])
        tx.execute(ended.values(status=Standing.UNSUBSCRIBED, until=now))
    return found


def _enrol(
    tx: Tx, readers: Mapping[str, NewReader], newsletters: Mapping[str, int], now: datetime
) -> dict[str, Step]:
    known = _known(tx, list(readers), newsletters)
    steps = {key: enrol(reader, list(newsletters), known[key]) for key, reader in readers.items()}
    _write_details(tx, readers, known, steps, now)
    numbers = _numbers(tx, [key for key, step in steps.items() if step.begin or step.leave])
    _write_subscriptions(tx, steps, numbers, newsletters, now)
    _write_suppressions(tx, steps, now)
    return steps


def _known(tx: Tx, keys: list[str], newsletters: Mapping[str, int]) -> dict[str, Known]:
    standings: dict[str, dict[str, Standing]] = {}
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
            standings.setdefault(key, {})[slugs[number]] = Standing(status)
    suppressed: dict[str, dict[str, str]] = {}
    for key, scope, why in tx.execute(
        select(col(SuppressionRow.key), col(SuppressionRow.scope), col(SuppressionRow.why)).where(
            col(SuppressionRow.key).in_(keys)
        )
    ):
        suppressed.setdefault(key, {})[scope] = why
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
        key: Known(
            new=key not in ours,
            details={name: getattr(ours[key], name) for name in DETAILS} if key in ours else {},
            standings=standings.get(key, {}),
            suppressed=suppressed.get(key, {}).keys(),
            reasons=suppressed.get(key, {}),
            chosen=key in ours and ours[key].chosen is not None,
        )
        for key in keys
    }


def _write_details(
    tx: Tx,
    readers: Mapping[str, NewReader],
    known: Mapping[str, Known],
    steps: Mapping[str, Step],
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
    steps: Mapping[str, Step],
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
            "until": None if standing is Standing.ACTIVE else now,
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
        values = ended.values(status=Standing.UNSUBSCRIBED, until=now)
        tx.connection().execute(values, left)


def _write_suppressions(tx: Tx, steps: Mapping[str, Step], now: datetime) -> None:
    """Whom a list calls unsubscribed must not come back by another."""
    out = [
        {"key": key, "scope": slug, "why": WHY_LISTED, "at": now}
        for key, step in steps.items()
        for slug in step.suppress
    ]
    if out:
        tx.connection().execute(insert(SuppressionRow), out)
