"""The ledger: one row per edition and reader, and how a sender gets hold of it and lets go.

A row is claimed under a lease, marked `in_data` before the bytes that can complete the message,
and then given its outcome (both in `rounds`). Each step names the owner, so a sender that lost its
lease changes nothing (fencing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx, changed
from digest.store.delivery import warm_up
from digest.store.editions.editions import LIVE
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that a sender holds. `attempts` counts this one."""

    delivery: int
    edition: int
    variant: int
    subscription: int
    email: str
    name: str
    attempts: int
    dated: datetime | None
    """Set if an earlier copy may be out there: a second one must carry the same Date."""


def claim_deliveries(
    tx: Tx,
    owner: str,
    limit: int,
    now: datetime,
    lease: timedelta,
    edition: int | None = None,
    untouched_since: datetime | None = None,
) -> list[Claim] | None:
    """Take up to `limit` deliveries that are due; who left meanwhile is skipped instead.

    With `untouched_since`, pending ones are due too that wait for a server in trouble, unless
    somebody touched them since then: a person who sends wants it tried now, and once. None
    means that nothing is due; an empty list, that all of a batch were skipped.
    """
    query = _due_ids(edition is not None, untouched_since is not None)
    values = {"now": now, "edition": edition, "before": untouched_since, "most": limit}
    ids = tx.connection().execute(query, values).scalars().all()
    return claim_these(tx, owner, ids, now, lease) if ids else None


def claim_these(
    tx: Tx, owner: str, ids: Sequence[int | None], now: datetime, lease: timedelta
) -> list[Claim]:
    """Claim these deliveries; who left meanwhile is skipped instead."""
    skip_gone(tx, ids, now)
    rows = {"ids": ids, "who": owner, "now": now, "until": now + lease}
    tx.connection().execute(_take(), rows)
    claims = _claims(tx, ids, owner)
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id).in_({claim.edition for claim in claims}))
        .values(state=EditionState.SENDING, touched=now)
    )
    return claims


def is_in(*states: DeliveryState) -> ColumnElement[bool]:
    """Whether a delivery that is looked up by its number is in one of these states.

    SQLite would take the index on states and go through every row that waits, a million of them,
    rather than look up a hundred numbers. It can't where it has to work the state out.
    """
    return col(DeliveryRow.state).concat("").in_([state.value for state in states])


# These run for every batch, and putting one together takes SQLAlchemy longer than SQLite takes to
# run it.


def is_due_now(of_one_edition: bool, impatient: bool) -> ColumnElement[bool]:
    """Whether a delivery, joined with its edition, may be tried now; see `claim`.

    With parameters `now`, and `edition` and `before` where these are asked for.
    """
    ready = and_(
        col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
        col(DeliveryRow.due) <= bindparam("now"),
    )
    if impatient:
        waits = and_(
            col(DeliveryRow.state) == DeliveryState.PENDING, col(DeliveryRow.called).is_(False)
        )
        ready = or_(ready, and_(waits, col(DeliveryRow.changed) < bindparam("before")))
    ready = and_(ready, col(EditionRow.state).in_(LIVE))
    if of_one_edition:
        ready = and_(ready, col(DeliveryRow.edition_id) == bindparam("edition"))
    return ready


@cache
def _due_ids(of_one_edition: bool, impatient: bool) -> Select[int | None]:
    return (
        select(col(DeliveryRow.id))
        .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
        .where(is_due_now(of_one_edition, impatient))
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _take() -> Update:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(
            table.c.id.in_(bindparam("ids", expanding=True)),
            is_in(DeliveryState.PENDING, DeliveryState.DEFERRED),
        )
        .values(
            state=DeliveryState.CLAIMED,
            owner=bindparam("who"),
            lease=bindparam("until", type_=table.c.lease.type),
            attempts=table.c.attempts + 1,
            called=False,
            changed=bindparam("now", type_=table.c.changed.type),
        )
    )


@cache
def _taken() -> Select[int | None, int, int | None, int, str, str, int, int, datetime | None]:
    return (
        select(
            col(DeliveryRow.id),
            col(DeliveryRow.edition_id),
            col(DeliveryRow.variant_id),
            col(DeliveryRow.subscription_id),
            col(SubscriberRow.email),
            col(SubscriberRow.name),
            col(DeliveryRow.attempts),
            col(DeliveryRow.resends),
            col(DeliveryRow.dated),
        )
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .where(
            col(DeliveryRow.id).in_(bindparam("ids", expanding=True)),
            is_in(DeliveryState.CLAIMED),
            col(DeliveryRow.owner) == bindparam("who"),
        )
        .order_by(col(DeliveryRow.id))
    )


def _claims(tx: Tx, ids: Sequence[int | None], owner: str) -> list[Claim]:
    rows = tx.connection().execute(_taken(), {"ids": ids, "who": owner}).all()
    return [
        Claim(
            number or 0, edition, variant or 0, reader, email, name, tried, dated if again else None
        )
        for number, edition, variant, reader, email, name, tried, again, dated in rows
    ]


def gone() -> tuple[ColumnElement[bool], ColumnElement[str], ColumnElement[str]]:
    """Whether a delivery's reader left or may not be mailed, why in words, and the reason."""
    suppressed = (
        select(col(SuppressionRow.why))
        .join(SubscriberRow, col(SubscriberRow.key) == col(SuppressionRow.key))
        .where(
            col(SubscriberRow.id) == col(DeliveryRow.subscriber_id),
            col(SuppressionRow.scope) == "",
        )
        .limit(1)
        .scalar_subquery()
    )
    left = exists().where(
        col(SubscriptionRow.id) == col(DeliveryRow.subscription_id),
        col(SubscriptionRow.status) != "active",
    )
    return (
        or_(left, suppressed.is_not(None)),
        func.coalesce(suppressed, "left before it was sent"),
        case((suppressed.is_not(None), Reason.SUPPRESSED.value), else_=Reason.LEFT.value),
    )


def skip_gone(tx: Tx, ids: Sequence[int | None], now: datetime) -> None:
    """Skip, with the reason, those of these whose reader left or may not be mailed."""
    tx.connection().execute(_skip(), {"ids": ids, "now": now})


@cache
def _skip() -> Update:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    left, why, reason = gone()
    open_ = (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
    return (
        update(table)
        .where(
            table.c.id.in_(bindparam("ids", expanding=True)),
            is_in(*open_),
            left,
        )
        .values(
            state=DeliveryState.SKIPPED,
            why=why,
            reason=reason,
            changed=bindparam("now", type_=table.c.changed.type),
        )
    )


def release(tx: Tx, deliveries: Sequence[int], owner: str, now: datetime) -> None:
    """Give back claims that were not begun; the attempt doesn't count."""
    ours = (col(DeliveryRow.id).in_(deliveries), col(DeliveryRow.owner) == owner)
    give_back(tx, now, *ours, is_in(DeliveryState.CLAIMED))


def give_back(tx: Tx, now: datetime, *whose: ColumnElement[bool]) -> int:
    """Make of these claims, which came to nothing, what they were before; gives how many.

    `whose` finds claims only, and by what SQLite finds them quickly (see `is_in`).
    """
    warm_up.refund(tx, *whose)
    return changed(
        tx.execute(
            update(DeliveryRow)
            .where(*whose)
            .values(
                state=DeliveryState.PENDING,
                attempts=col(DeliveryRow.attempts) - 1,
                owner="",
                lease=None,
                changed=now,
            )
        )
    )
