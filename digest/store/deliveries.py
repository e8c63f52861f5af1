"""The ledger: one row per edition and reader, and how a sender moves it.

A row is claimed under a lease, marked `in_data` before the bytes that can complete the message,
and then given its outcome. Each step names the owner, so a sender that lost its lease changes
nothing (fencing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import col

from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.core.outcome import Verdict
from digest.store.database import Tx, changed
from digest.store.editions import LIVE
from digest.store.tables import (
    DeliveryRow,
    EditionRow,
    SubscriberRow,
    SubscriptionRow,
    SuppressionRow,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that a sender holds. `attempts` counts this one."""

    delivery: int
    edition: int
    subscription: int
    email: str
    name: str
    attempts: int
    dated: datetime | None
    """Set if an earlier copy may be out there: a second one must carry the same Date."""


def claim(
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
    due = _due(now, edition, untouched_since)
    query = select(col(DeliveryRow.id)).join(
        EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id)
    )
    ids = tx.execute(query.where(due).limit(limit)).scalars().all()
    if not ids:
        return None
    _skip_gone(tx, ids, now)
    tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id).in_(ids),
            col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
        )
        .values(
            state=DeliveryState.CLAIMED,
            owner=owner,
            lease=now + lease,
            attempts=col(DeliveryRow.attempts) + 1,
            changed=now,
        )
    )
    claims = _claims(tx, ids, owner)
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id).in_({claim.edition for claim in claims}))
        .values(state=EditionState.SENDING, touched=now)
    )
    return claims


def _due(
    now: datetime, edition: int | None, untouched_since: datetime | None
) -> ColumnElement[bool]:
    """Whether a delivery may be tried now; see `claim`."""
    ready = and_(
        col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
        col(DeliveryRow.due) <= now,
    )
    if untouched_since is not None:
        waits = col(DeliveryRow.state) == DeliveryState.PENDING
        ready = or_(ready, and_(waits, col(DeliveryRow.changed) < untouched_since))
    live = col(EditionRow.state).in_(LIVE)
    if edition is None:
        return and_(ready, live)
    return and_(ready, live, col(DeliveryRow.edition_id) == edition)


def _claims(tx: Tx, ids: Sequence[int | None], owner: str) -> list[Claim]:
    rows = tx.execute(
        select(
            col(DeliveryRow.id),
            col(DeliveryRow.edition_id),
            col(DeliveryRow.subscription_id),
            col(SubscriberRow.email),
            col(SubscriberRow.name),
            col(DeliveryRow.attempts),
            col(DeliveryRow.resends),
            col(DeliveryRow.dated),
        )
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .where(
            col(DeliveryRow.id).in_(ids),
            col(DeliveryRow.state) == DeliveryState.CLAIMED,
            col(DeliveryRow.owner) == owner,
        )
        .order_by(col(DeliveryRow.id))
    ).all()
    return [
        Claim(
            delivery=row.id,
            edition=row.edition_id,
            subscription=row.subscription_id,
            email=row.email,
            name=row.name,
            attempts=row.attempts,
            dated=row.dated if row.resends else None,
        )
        for row in rows
    ]


def _gone() -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Whether a delivery's reader left or may not be mailed, and why."""
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
    )


def _skip_gone(tx: Tx, ids: Sequence[int | None], now: datetime) -> None:
    """Skip, with the reason, those of these whose reader left or may not be mailed."""
    gone, why = _gone()
    tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id).in_(ids),
            col(DeliveryRow.state).in_(
                (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
            ),
            gone,
        )
        .values(state=DeliveryState.SKIPPED, why=why, changed=now)
    )


# The two statements that run for every message are made once: putting one together takes SQLAlchemy
# ten times as long as SQLite takes to run it.


@cache
def _begin() -> Update:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(
            table.c.id == bindparam("delivery"),
            table.c.owner == bindparam("who"),
            table.c.state == DeliveryState.CLAIMED,
            exists().where(
                col(EditionRow.id) == table.c.edition_id, col(EditionRow.state).in_(LIVE)
            ),
            ~_gone()[0],
        )
        .values(
            state=DeliveryState.IN_DATA,
            dated=func.coalesce(table.c.dated, bindparam("now", type_=table.c.dated.type)),
            lease=bindparam("until", type_=table.c.lease.type),
            changed=bindparam("now", type_=table.c.changed.type),
        )
    )


@cache
def _record() -> Update:
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(
            table.c.id == bindparam("delivery"),
            table.c.owner == bindparam("who"),
            table.c.state.in_(
                (DeliveryState.CLAIMED, DeliveryState.IN_DATA, DeliveryState.UNCERTAIN)
            ),
        )
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


def begin_data(tx: Tx, delivery: int, owner: str, now: datetime, lease: timedelta) -> bool:
    """Write down that the message may complete from now on; False if the lease was lost.

    Also False if since the claim the reader left (then it is skipped) or the edition was paused or
    cancelled (then it is given back).
    """
    values = {"delivery": delivery, "who": owner, "now": now, "until": now + lease}
    if changed(tx.connection().execute(_begin(), values)) == 1:
        return True
    _skip_gone(tx, [delivery], now)
    release(tx, [delivery], owner, now)
    return False


def record(tx: Tx, delivery: int, owner: str, verdict: Verdict, now: datetime) -> bool:
    """Write the outcome down; False if the row is no longer this owner's.

    A row that was declared uncertain meanwhile still takes a definite outcome from its owner.
    Trouble of the server gives the attempt back.
    """
    values = {
        "delivery": delivery,
        "who": owner,
        "to": verdict.state,
        "reply_code": verdict.code,
        "reason": verdict.why,
        "next": verdict.due,
        "uncharged": int(verdict.host),
        "now": now,
    }
    return changed(tx.connection().execute(_record(), values)) == 1


def release(tx: Tx, deliveries: Sequence[int], owner: str, now: datetime) -> None:
    """Give back claims that were not begun; the attempt doesn't count."""
    tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id).in_(deliveries),
            col(DeliveryRow.owner) == owner,
            col(DeliveryRow.state) == DeliveryState.CLAIMED,
        )
        .values(
            state=DeliveryState.PENDING,
            attempts=col(DeliveryRow.attempts) - 1,
            owner="",
            lease=None,
            changed=now,
        )
    )
