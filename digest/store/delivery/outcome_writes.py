"""What a sender writes into the ledger while it sends: beginnings and outcomes, many at a time.

Durability costs a commit, so all that the connections of a sender want to write goes into one
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Subquery, Update, bindparam, exists, func, null, update
from sqlmodel import col

from digest import failpoint
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx
from digest.store.database.prepared_statements import Prepared
from digest.store.delivery import give_up, warm_up
from digest.store.delivery.deliveries import gone, is_in, release, skip_gone
from digest.store.editions.editions import LIVE
from digest.store.readers import subscribers
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow

_ROW = DeliveryRow.__table__.c  # type: ignore[attr-defined]
_BEGUN = {"delivery": _ROW.id.type}
_OUTCOME = {
    "delivery": _ROW.id.type,
    "to": _ROW.state.type,
    "code": _ROW.code.type,
    "why": _ROW.why.type,
    "because": _ROW.reason.type,
    "next": _ROW.due.type,
    "uncharged": _ROW.attempts.type,
}
_HELD = (DeliveryState.CLAIMED, DeliveryState.IN_DATA, DeliveryState.UNCERTAIN)


def _shared(name: str, type_: Any = None) -> BindParameter[Any]:
    return bindparam(name, type_=type_, required=False)


def _begin(given: Subquery) -> Update:
    return (
        update(DeliveryRow.__table__)  # type: ignore[attr-defined]
        .where(
            _ROW.id == given.c.delivery,
            _ROW.owner == _shared("who"),
            is_in(DeliveryState.CLAIMED),
            exists().where(col(EditionRow.id) == _ROW.edition_id, col(EditionRow.state).in_(LIVE)),
            ~gone()[0],
        )
        .values(
            state=DeliveryState.IN_DATA.value,
            dated=func.coalesce(_ROW.dated, _shared("now", _ROW.dated.type)),
            lease=_shared("until", _ROW.lease.type),
            changed=_shared("now", _ROW.changed.type),
        )
    )


def _record(given: Subquery) -> Update:
    return (
        update(DeliveryRow.__table__)  # type: ignore[attr-defined]
        .where(_ROW.id == given.c.delivery, _ROW.owner == _shared("who"), is_in(*_HELD))
        .values(
            state=given.c.to,
            code=given.c.code,
            why=given.c.why,
            reason=given.c.because,
            due=func.coalesce(given.c.next, _ROW.due),
            attempts=_ROW.attempts - given.c.uncharged,
            lease=null(),
            changed=_shared("now", _ROW.changed.type),
        )
    )


BEGIN, RECORD = Prepared(_BEGUN, _begin), Prepared(_OUTCOME, _record)


def begin_data(
    tx: Tx, deliveries: Sequence[int], owner: str, now: datetime, lease: timedelta
) -> set[int]:
    """Write down that these messages may complete from now on; gives those that may.

    Not those whose lease was lost, whose reader left since the claim (they are skipped), and whose
    edition was paused or cancelled (they are given back).
    """
    shared = {"who": owner, "now": now, "until": now + lease}
    met = BEGIN.run(tx, shared, [(delivery,) for delivery in deliveries])
    begun = {delivery for delivery, done in zip(deliveries, met, strict=True) if done}
    if refused := [one for one in deliveries if one not in begun]:
        skip_gone(tx, refused, now)
        release(tx, refused, owner, now)
    return begun


def write_outcomes(tx: Tx, outcomes: Mapping[int, Verdict], owner: str, now: datetime) -> set[int]:
    """Write outcomes down, by delivery; gives those rows that were still this owner's.

    A row that was declared uncertain meanwhile still takes a definite outcome from its owner.
    Trouble of the server, or of the line, gives the attempt back. A reader whose address is dead,
    or whose mailbox was full for weeks, is never mailed again.
    """
    rows = [
        (
            delivery,
            verdict.state.value,
            verdict.code,
            verdict.why,
            verdict.reason.value,
            verdict.due,
            int(verdict.host or verdict.free),
        )
        for delivery, verdict in outcomes.items()
    ]
    if idle := [one for one, verdict in outcomes.items() if verdict.host or verdict.free]:
        warm_up.refund(tx, _ROW.id.in_(idle), _ROW.owner == owner, is_in(*_HELD))
    met = RECORD.run(tx, {"who": owner, "now": now}, rows)
    held = {delivery for delivery, done in zip(outcomes, met, strict=True) if done}
    for delivery, verdict in outcomes.items():
        if verdict.suppress and delivery in held:
            subscribers.suppress_delivery(tx, delivery, verdict.why, now)
    failed = [one for one in held if outcomes[one].state is DeliveryState.FAILED]
    give_up.retire(tx, [one for one in failed if outcomes[one].reason is Reason.MAILBOX_FULL], now)
    return held


@dataclass(frozen=True, slots=True)
class Round:
    """What one commit of a sender wrote down."""

    recorded: set[int]
    begun: set[int]


def commit_round(
    tx: Tx,
    outcomes: Mapping[int, Verdict],
    begins: Sequence[int],
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Round:
    """Record outcomes and begin messages in one transaction: what all connections wait for."""
    recorded = write_outcomes(tx, outcomes, owner, now) if outcomes else set()
    begun = begin_data(tx, begins, owner, now, lease) if begins else set()
    failpoint.reach("in-commit")
    return Round(recorded, begun)
