"""How far a new sender is (see rate_limit.WarmUp): what went today is charged when it is claimed,
and given back where it came to nothing.
"""

from datetime import UTC, datetime, time

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from digest.core.delivery.rate_limit import Limits, WarmUp
from digest.store.database.database import Tx
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.token_buckets import BucketRow

WARM_UP_BUCKET = "warm-up"


def warm_up_left(tx: Tx, limits: Limits, now: datetime) -> int:
    """How many may go today still."""
    return _today(tx.get(BucketRow, WARM_UP_BUCKET), limits, now).left(limits.warm_up)


def charge(tx: Tx, limits: Limits, count: int, now: datetime) -> None:
    """So many were claimed."""
    row = tx.get(BucketRow, WARM_UP_BUCKET)
    day = _today(row, limits, now)
    midnight = datetime.combine(day.day, time(), UTC)
    if row is None or row.at != midnight:
        row = row or BucketRow(name=WARM_UP_BUCKET, at=midnight, tail=now)
        row.at, row.tail = midnight, now  # `tail` is when the day's first were claimed
    row.tokens, row.level = day.used + count, day.stage
    tx.add(row)


def refund(tx: Tx, *which: ColumnElement[bool]) -> None:
    """These claims of today come to nothing: others may go in their place. To be asked while the
    ledger still says that they are claimed, or begun.
    """
    row = tx.get(BucketRow, WARM_UP_BUCKET)
    if row is None or row.tokens <= 0:
        return
    query = select(func.count()).select_from(DeliveryRow)
    count = tx.execute(query.where(*which, col(DeliveryRow.changed) >= row.tail)).scalar_one()
    row.tokens = max(0.0, row.tokens - count)
    tx.add(row)


def _today(row: BucketRow | None, limits: Limits, now: datetime) -> WarmUp:
    today = limits.day(now)
    if row is None:
        return WarmUp(today)
    return WarmUp(row.at.date(), row.level, int(row.tokens)).today(today)
