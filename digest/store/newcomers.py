"""Readers whom we don't know, entered by the thousand."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, func, insert, literal, select, update
from sqlmodel import col

from digest.core.enrolment import LISTED
from digest.core.reader import FOREVER, NOTHING, Enrolment, NewReader, Standing, Taken
from digest.core.wants import NOBODYS, news
from digest.store import wanted
from digest.store.database import Tx, Values, held, pour
from digest.store.tables import SubscriberRow, SubscriptionRow, SuppressionRow

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
WHY_LISTED = "unsubscribed in an imported list"
ADDED = Taken(Enrolment.ADDED)


def enter(
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
    wants = {key: readers[place].wants for key, place in places.items()}
    told = {key: said for key, said in wants.items() if said is not NOTHING}
    slugs = list(newsletters)
    mine = {key: news(said, slugs, NOBODYS, chosen=False) for key, said in told.items()}
    wanted.write(tx, mine, newsletters, now)
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
        for email, key, name, tier, topics, authors, _, until, _ in readers
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
