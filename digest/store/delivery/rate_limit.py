"""Claims at the pace that is allowed: which deliveries may go now, and when to look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Integer, Select, bindparam, select, update
from sqlmodel import col

from digest.core.delivery import rate_limit
from digest.core.delivery.rate_limit import Bucket, Limits, Rate
from digest.core.delivery.state import DeliveryState
from digest.store.database.database import Tx
from digest.store.delivery import deliveries, provider_backoff, warm_up
from digest.store.delivery.deliveries import Claim
from digest.store.editions.editions import LIVE
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow
from digest.store.tables.token_buckets import BucketRow

LOOK = 2
"""So many times as many are looked at as may go, since some are told to come back."""
RELAY, FLOW = "relay", "flow"


@dataclass(frozen=True, slots=True)
class Wait:
    """That nothing may go before this moment, and why."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What was claimed, as by `deliveries.claim`; where that is nothing, perhaps why."""

    claims: list[Claim] | None
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """Who wants to claim how many, and of what (see `deliveries.claim`)."""

    owner: str
    limit: int
    lease: timedelta
    edition: int | None = None
    untouched_since: datetime | None = None


def claim_within_limits(tx: Tx, limits: Limits, want: ClaimRequest, now: datetime) -> ClaimResult:
    """`deliveries.claim`, of no more than the limits allow."""
    closed = limits.closed(now)
    room, wait = _room(tx, limits, want.limit, now)
    if not room:
        rows = _candidates(tx, want, closed, now, 1)
        return ClaimResult(None, wait if rows else _soonest(tx, want, closed, now))
    claims: list[Claim] | None
    alone = {by.domain: by for by in provider_backoff.refused(tx, now).values() if by.until > now}
    if closed or limits.mailboxes or alone:
        rows = _candidates(tx, want, closed, now, LOOK * room)
        ids = _admitted(tx, limits, _welcome(tx, rows, alone, now), room, now)
        claims = deliveries.claim_these(tx, want.owner, ids, now, want.lease) if ids else []
        claims = claims if rows else None
    else:
        claims = deliveries.claim_deliveries(
            tx, want.owner, room, now, want.lease, want.edition, want.untouched_since
        )
    if claims is None:
        return ClaimResult(None, _soonest(tx, want, closed, now))
    _charge(tx, limits, len(claims), now)
    return ClaimResult(claims)


def _candidates(
    tx: Tx, want: ClaimRequest, closed: dict[str, datetime], now: datetime, limit: int
) -> Sequence[tuple[int, bool, str]]:
    """Deliveries that are due: whether they were told to come now, and whose address it is."""
    query = _due(want.edition is not None, want.untouched_since is not None, bool(closed))
    values = {"now": now, "edition": want.edition, "before": want.untouched_since, "most": limit}
    found = tx.connection().execute(query, values | ({"closed": list(closed)} if closed else {}))
    return [(row.id, row.called, row.key) for row in found]


@cache
def _due(of_one_edition: bool, impatient: bool, closed: bool) -> Select[int | None, bool, str]:
    query = (
        select(col(DeliveryRow.id), col(DeliveryRow.called), col(SubscriberRow.key))
        .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .where(deliveries.is_due_now(of_one_edition, impatient))
        .limit(bindparam("most", type_=Integer))
    )
    if closed:
        query = query.join(
            NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id)
        ).where(col(NewsletterRow.slug).not_in(bindparam("closed", expanding=True)))
    return query


def holding(tx: Tx, limits: Limits, newsletter: str, now: datetime) -> Wait | None:
    """What keeps the editions of a newsletter from being sent for more than moments."""
    if opening := limits.closed(now).get(newsletter):
        return Wait(opening, "it is sent only between the hours of send_between")
    _, wait = _room(tx, limits, 1, now)
    return wait if wait and wait.until - now > timedelta(minutes=1) else None


def rest(tx: Tx, until: datetime, now: datetime) -> None:
    """Send nothing to anybody before then."""
    row = _row(tx, FLOW, now)
    row.tail, row.at = max(row.tail, until), now
    tx.add(row)


def book_places(tx: Tx, server: str, rate: Rate, places: int, now: datetime) -> datetime:
    """Book places at one of several servers (host:port), whoever sends there; gives the first."""
    row = _row(tx, f"server {server}", now - timedelta(days=1))
    first, row.tail = rate_limit.next_places(row.tail, rate, places, now)
    row.at = now
    tx.add(row)
    return first


def connections(tx: Tx, most: int) -> int:
    """How many connections were borne when it was last written down."""
    row = tx.get(BucketRow, FLOW)
    return min(row.level or most, most) if row else most


def keep_connections(tx: Tx, level: int, now: datetime) -> None:
    """Write down how many connections are borne."""
    row = _row(tx, FLOW, now)
    row.level, row.at = level, now
    tx.add(row)


# ---------------------------------------------------------------- everything together


def _room(tx: Tx, limits: Limits, limit: int, now: datetime) -> tuple[int, Wait | None]:
    """How many may go now to whomever, and if none, until when and why."""
    flow = tx.get(BucketRow, FLOW)
    if flow and flow.tail > now:
        return 0, Wait(flow.tail, "the mail server wants to be left in peace")
    if limits.warm_up:
        left = warm_up.warm_up_left(tx, limits, now)
        if not left:
            why = "the warm-up lets no more go today (mail.pace.warm_up)"
            return 0, Wait(limits.tomorrow(now), why)
        limit = min(limit, left)
    if limits.relay:
        bucket = _bucket(tx, RELAY, limits.relay, now)
        limit, _ = rate_limit.take_tokens(bucket, limits.relay, limit, now)
        if not limit:
            return 0, Wait(
                rate_limit.look_again(bucket, limits.relay), "no faster than mail.smtp.rate"
            )
    return limit, None


def _charge(tx: Tx, limits: Limits, count: int, now: datetime) -> None:
    if limits.relay:
        _, bucket = rate_limit.take_tokens(
            _bucket(tx, RELAY, limits.relay, now), limits.relay, count, now
        )
        _keep(tx, RELAY, bucket)
    if limits.warm_up:
        warm_up.charge(tx, limits, count, now)


# ---------------------------------------------------------------- each provider's mailboxes


def _welcome(
    tx: Tx,
    rows: Sequence[tuple[int, bool, str]],
    alone: Mapping[str, provider_backoff.BlockedDomain],
    now: datetime,
) -> Sequence[tuple[int, bool, str]]:
    """Those of these whose domain is not left alone just now; the others wait for it."""
    if not alone:
        return rows
    waiting = [(row[0], by) for row in rows if (by := alone.get(row[2].rpartition("@")[2]))]
    provider_backoff.put_off(tx, waiting, now)
    return [row for row in rows if row[2].rpartition("@")[2] not in alone]


def _admitted(
    tx: Tx, limits: Limits, rows: Sequence[tuple[int, bool, str]], room: int, now: datetime
) -> list[int]:
    """Those of these that may go now; the others are told when to come back."""
    buckets: dict[str, Bucket] = {}
    admitted: list[int] = []
    told: list[dict[str, object]] = []
    for delivery, called, key in rows:
        if len(admitted) == room:
            break
        group = limits.group(key.rpartition("@")[2])
        if group is None or group.rate is None:
            admitted.append(delivery)
            continue
        bucket = buckets.get(group.name) or _bucket(tx, group.name, group.rate, now)
        moment, buckets[group.name] = rate_limit.admit(bucket, group.rate, called=called, now=now)
        if moment is None:
            admitted.append(delivery)
        else:
            told.append({"delivery": delivery, "moment": moment})
    for name, bucket in buckets.items():
        _keep(tx, name, bucket)
    if told:
        table = DeliveryRow.__table__  # type: ignore[attr-defined]
        later = update(table).where(table.c.id == bindparam("delivery"))
        due = bindparam("moment", type_=table.c.due.type)
        tx.connection().execute(later.values(due=due, called=True), told)
    return admitted


def _soonest(tx: Tx, want: ClaimRequest, closed: dict[str, datetime], now: datetime) -> Wait | None:
    """When the next one comes that may not go now: its hours begin, or it was told to."""
    moments = []
    if closed and _candidates(tx, want, {}, now, 1):
        why = "it is sent only between the hours of send_between"
        moments.append(Wait(min(closed.values()), why))
    for state in (DeliveryState.PENDING, DeliveryState.DEFERRED):
        query = (
            select(col(DeliveryRow.due))
            .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
            .where(
                col(DeliveryRow.state) == state,
                col(DeliveryRow.due) > now,
                col(DeliveryRow.called),
                col(EditionRow.state).in_(LIVE),
            )
        )
        if want.edition is not None:
            query = query.where(col(DeliveryRow.edition_id) == want.edition)
        if found := tx.execute(query.order_by(col(DeliveryRow.due)).limit(1)).scalar():
            moments.append(Wait(found, "no faster than their providers bear"))
    return min(moments, key=lambda wait: wait.until, default=None)


# ---------------------------------------------------------------- rows


def _bucket(tx: Tx, name: str, rate: rate_limit.Rate, now: datetime) -> Bucket:
    row = tx.get(BucketRow, name)
    return Bucket(row.tokens, row.at, row.tail) if row else rate_limit.full_bucket(rate, now)


def _keep(tx: Tx, name: str, bucket: Bucket) -> None:
    row = _row(tx, name, bucket.at)
    row.tokens, row.at, row.tail = bucket.tokens, bucket.at, bucket.tail
    tx.add(row)


def _row(tx: Tx, name: str, now: datetime) -> BucketRow:
    return tx.get(BucketRow, name) or BucketRow(name=name, at=now, tail=now)
