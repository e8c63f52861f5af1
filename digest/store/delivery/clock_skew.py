"""After the clock was ahead for a while and was set right: what was told by it is forgotten.

Without this, whoever was told by a clock of tomorrow when to come back would wait until tomorrow.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.store.database.database import Tx, changed
from digest.store.delivery.warm_up import WARM_UP_BUCKET
from digest.store.editions.editions import LIVE
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.token_buckets import BucketRow

SKEW = timedelta(minutes=10)
"""The clocks of two machines may differ by so much and nobody was set back."""
MAX_ANY_WAIT = timedelta(hours=12)
"""Nobody is put off for longer (core.delivery.provider_backoff, core.delivery.smtp_outcome)."""
LONGEST_LEASE = timedelta(hours=1)


def undo_clock_skew(tx: Tx, now: datetime) -> bool:
    """Do so if an edition was worked on in what is the future now; whether one was.

    The queues in front of the buckets begin anew, and nobody goes faster for it. Who was refused
    for a while, or was claimed when called and given back, waits as it was said, unless nobody can
    wait for so long.
    """
    ahead = update(EditionRow).where(
        col(EditionRow.state).in_(LIVE), col(EditionRow.touched) > now + SKEW
    )
    if not changed(tx.execute(ahead.values(touched=now))):
        return False
    told = col(DeliveryRow.called).is_(True), col(DeliveryRow.due) > now
    _set(tx, col(DeliveryRow.state) == DeliveryState.PENDING, *told, due=now, called=False)
    late = col(DeliveryRow.due) > now + MAX_ANY_WAIT
    waiting = col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED))
    _set(tx, waiting, late, due=now + SKEW)
    _set(tx, col(DeliveryRow.lease) > now + LONGEST_LEASE, lease=now + LONGEST_LEASE)
    for row in tx.execute(select(BucketRow).where(col(BucketRow.name) != WARM_UP_BUCKET)).scalars():
        if row.at > now:
            row.tail, row.at = max(now, now + (row.tail - row.at)), now
            tx.add(row)
    return True


def _set(tx: Tx, *which: ColumnElement[bool], **values: object) -> None:
    tx.execute(update(DeliveryRow).where(*which).values(**values))
