"""What a sender writes into the ledger while it sends: beginnings and outcomes, many at a time.

Durability costs a commit, so all that the connections of a sender want to write goes into one
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, Update, bindparam, exists, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import col

from digest import failpoint
from digest.core.delivery import DeliveryState
from digest.core.outcome import Verdict
from digest.store import subscribers
from digest.store.database import Tx
from digest.store.deliveries import gone, release, skip_gone
from digest.store.editions import LIVE
from digest.store.tables import DeliveryRow, EditionRow

# The statements that run for every message are made once: putting one together takes SQLAlchemy ten
# times as long as SQLite takes to run it.


@cache
def _begin() -> ReturningUpdate[int]:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(
            table.c.id.in_(bindparam("deliveries", expanding=True)),
            table.c.owner == bindparam("who"),
            table.c.state == DeliveryState.CLAIMED,
            exists().where(
                col(EditionRow.id) == table.c.edition_id, col(EditionRow.state).in_(LIVE)
            ),
            ~gone()[0],
        )
        .values(
            state=DeliveryState.IN_DATA,
            dated=func.coalesce(table.c.dated, bindparam("now", type_=table.c.dated.type)),
            lease=bindparam("until", type_=table.c.lease.type),
            changed=bindparam("now", type_=table.c.changed.type),
        )
        .returning(table.c.id)
    )


@cache
def _held() -> Select[int]:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return select(table.c.id).where(
        table.c.id.in_(bindparam("deliveries", expanding=True)),
        table.c.owner == bindparam("who"),
        table.c.state.in_((DeliveryState.CLAIMED, DeliveryState.IN_DATA, DeliveryState.UNCERTAIN)),
    )


@cache
def _record() -> Update:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.id == bindparam("delivery"))
        .values(
            state=bindparam("to"),
            code=bindparam("reply_code"),
            why=bindparam("reason"),
            due=func.coalesce(bindparam("next", type_=table.c.due.type), table.c.due),
            attempts=table.c.attempts - bindparam("uncharged", type_=table.c.attempts.type),
            lease=None,
            changed=bindparam("now", type_=table.c.changed.type),
        )
    )


def begin_data(
    tx: Tx, deliveries: Sequence[int], owner: str, now: datetime, lease: timedelta
) -> set[int]:
    """Write down that these messages may complete from now on; gives those that may.

    Not those whose lease was lost, whose reader left since the claim (they are skipped), and whose
    edition was paused or cancelled (they are given back).
    """
    values = {"deliveries": deliveries, "who": owner, "now": now, "until": now + lease}
    begun = set(tx.connection().execute(_begin(), values).scalars())
    if refused := [one for one in deliveries if one not in begun]:
        skip_gone(tx, refused, now)
        release(tx, refused, owner, now)
    return begun


def record(tx: Tx, outcomes: Mapping[int, Verdict], owner: str, now: datetime) -> set[int]:
    """Write outcomes down, by delivery; gives those rows that were still this owner's.

    A row that was declared uncertain meanwhile still takes a definite outcome from its owner.
    Trouble of the server gives the attempt back. A reader whose address is dead is never mailed
    again.
    """
    asked = {"deliveries": list(outcomes), "who": owner}
    held = set(tx.connection().execute(_held(), asked).scalars())
    rows = [
        {
            "delivery": delivery,
            "to": verdict.state,
            "reply_code": verdict.code,
            "reason": verdict.why,
            "next": verdict.due,
            "uncharged": int(verdict.host),
            "now": now,
        }
        for delivery, verdict in outcomes.items()
        if delivery in held
    ]
    if rows:
        tx.connection().execute(_record(), rows)
    for delivery, verdict in outcomes.items():
        if verdict.suppress and delivery in held:
            subscribers.suppress_delivery(tx, delivery, verdict.why, now)
    return held


@dataclass(frozen=True, slots=True)
class Round:
    """What one commit of a sender wrote down."""

    recorded: set[int]
    begun: set[int]


def write_round(
    tx: Tx,
    outcomes: Mapping[int, Verdict],
    begins: Sequence[int],
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Round:
    """Record outcomes and begin messages in one transaction: what all connections wait for."""
    recorded = record(tx, outcomes, owner, now) if outcomes else set()
    begun = begin_data(tx, begins, owner, now, lease) if begins else set()
    failpoint.reach("in-commit")
    return Round(recorded, begun)
