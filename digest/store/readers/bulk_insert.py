"""Readers whom we don't know, entered by the thousand."""

import json
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, literal, select, update
from sqlmodel import col

from digest.core.readers.delivery_options import NOBODYS, news
from digest.core.readers.reader import (
    FOREVER,
    NO_WANTS,
    AddedReader,
    Enrolment,
    NewReader,
    SubscriptionStanding,
    Wants,
)
from digest.core.readers.subscribe_rules import LISTED
from digest.store.database.bulk_insert import Values, bulk_insert, to_db_value
from digest.store.database.database import Tx
from digest.store.readers import delivery_options
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

AS_A_LIST_HAS_THEM = ("key", "email", "name", "tier", "topics", "authors")
WHY_LISTED = "unsubscribed in an imported list"
ADDED = AddedReader(Enrolment.ADDED)
_KEY, _STANDING, _WANTS = map(attrgetter, ("key", "standing", "wants"))


def insert_readers(
    tx: Tx, readers: Sequence[NewReader], newsletters: Mapping[str, int], now: datetime
) -> list[AddedReader | None]:
    """Enter whom we don't know, in a tenth of the time; what that did, in order, None for others.

    It comes to the same as `subscribe_rules.enrol` for them. What all have in common is looked at
    once, not for each: a list may have a million.
    """
    keys = list(map(_KEY, readers))
    # Backwards, so that of two with one key the first is there.
    places = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
    alone = len(places) == len(keys)
    firsts = readers if alone else [readers[place] for place in sorted(places.values())]
    before = tx.execute(select(func.coalesce(func.max(col(SubscriberRow.id)), 0))).scalar_one()
    fresh = col(SubscriberRow.id) > before
    results: list[AddedReader | None] = [ADDED] * len(readers)
    if _add(tx, firsts, now) < len(readers):
        entered = tx.execute(select(col(SubscriberRow.key)).where(fresh)).scalars()
        places = {key: places[key] for key in entered}
        results = [None] * len(readers)
        for place in places.values():
            results[place] = ADDED
    for number in newsletters.values():
        _subscribe(tx, fresh, number, now)
    for key, why in _keep_out(tx, fresh, newsletters, now).items():
        results[places[key]] = AddedReader(Enrolment.GONE, why)
    if list(map(_STANDING, firsts)).count(SubscriptionStanding.ACTIVE) < len(firsts):
        gone = SubscriptionStanding.UNSUBSCRIBED
        left = {key for key, place in places.items() if readers[place].standing is gone}
        if left:
            _let_go(tx, fresh, left, newsletters, now)
        for key in left:
            results[places[key]] = AddedReader(Enrolment.GONE, LISTED)
    if list(map(_WANTS, firsts)).count(NO_WANTS) < len(firsts):
        _want(tx, {key: readers[place].wants for key, place in places.items()}, newsletters, now)
    return results


def _want(tx: Tx, told: Mapping[str, Wants], newsletters: Mapping[str, int], now: datetime) -> None:
    """Write down what a list says of when and how they want newsletters, where it is unusual."""
    slugs = list(newsletters)
    found = {id(wants): wants for wants in told.values()}  # many share one
    known = {one: news(wants, slugs, NOBODYS, chosen=False) for one, wants in found.items()}
    mine = {key: known[id(wants)] for key, wants in told.items() if known[id(wants)].wants}
    delivery_options.save_options(tx, mine, newsletters, now)


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
    values = ended.values(status=SubscriptionStanding.UNSUBSCRIBED, until=now)
    tx.connection().execute(values, left)
    at = to_db_value(tx, SuppressionRow, "at", now)
    rows = [(key, slug, WHY_LISTED, at) for key in sorted(keys) for slug in newsletters]
    bulk_insert(tx, SuppressionRow, ("key", "scope", "why", "at"), rows)


def _add(tx: Tx, readers: Sequence[NewReader], now: datetime) -> int:
    """Add those whose keys aren't there; gives how many."""
    lists, ends = Lists(), [reader.tier_until for reader in readers]
    columns: tuple[str, ...] = AS_A_LIST_HAS_THEM
    rows: Sequence[Values] = [
        (key, email, name, tier, lists[topics], lists[authors])
        for email, key, name, tier, topics, authors, *_ in readers
    ]
    if any(ends):
        columns = (*columns, "tier_until")
        rows = [(*row, _last_day(until)) for row, until in zip(rows, ends, strict=True)]
    added = to_db_value(tx, SubscriberRow, "added", now)
    return bulk_insert(tx, SubscriberRow, columns, rows, {"added": added})


def _last_day(until: date | None) -> str | None:
    return until.isoformat() if until and until != FOREVER else None


class Lists(dict[tuple[str, ...], str]):
    """Lists of names as the database holds them; each is written once."""

    def __missing__(self, names: tuple[str, ...]) -> str:
        self[names] = found = json.dumps(names)
        return found


def _subscribe(tx: Tx, which: ColumnElement[bool], newsletter: int, now: datetime) -> None:
    columns = SubscriptionRow.__table__.c  # type: ignore[attr-defined]
    values = {"newsletter_id": newsletter, "status": SubscriptionStanding.ACTIVE, "since": now}
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
    scopes = ["", *newsletters]
    some = select(exists().where(col(SuppressionRow.scope).in_(scopes)))
    if not tx.execute(some).scalar_one():
        return found
    for row in tx.execute(
        select(
            col(SubscriberRow.id),
            col(SubscriberRow.key),
            col(SuppressionRow.scope),
            col(SuppressionRow.why),
        )
        .join(SuppressionRow, col(SuppressionRow.key) == col(SubscriberRow.key))
        .where(which, col(SuppressionRow.scope).in_(scopes))
        .order_by(col(SuppressionRow.scope))
    ).all():
        found.setdefault(row.key, row.why)
        ended = update(SubscriptionRow).where(col(SubscriptionRow.subscriber_id) == row.id)
        if row.scope:
            ended = ended.where(col(SubscriptionRow.newsletter_id) == newsletters[row.scope])
        tx.execute(ended.values(status=SubscriptionStanding.UNSUBSCRIBED, until=now))
    return found
