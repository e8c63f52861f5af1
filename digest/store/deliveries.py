"""The ledger: one row per edition and reader, and how a sender moves it.

A row is claimed under a lease, marked `in_data` before the bytes that can complete the message,
and then given its outcome. Each step names the owner, so a sender that lost its lease changes
nothing (fencing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, insert, literal, or_, select, update
from sqlmodel import col

from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.core.outcome import Verdict
from digest.store.database import Tx, changed
from digest.store.tables import (
    DeliveryRow,
    EditionRow,
    SubscriberRow,
    SubscriptionRow,
    SuppressionRow,
)

LIVE = (EditionState.FROZEN, EditionState.SENDING)


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


def prepare(tx: Tx, edition: int, now: datetime) -> int:
    """Fix the audience of a draft: a delivery for everybody subscribed now. Returns how many.

    Who is suppressed gets a row too, and is skipped with the reason when it is claimed. Asking
    twice changes nothing.
    """
    newsletter_id, state = tx.execute(
        select(col(EditionRow.newsletter_id), col(EditionRow.state)).where(
            col(EditionRow.id) == edition
        )
    ).one()
    if state != EditionState.DRAFT:
        return 0
    values = {
        "edition_id": edition,
        "state": DeliveryState.PENDING,
        "due": now,
        "attempts": 0,
        "resends": 0,
        "owner": "",
        "code": 0,
        "why": "",
        "changed": now,
    }
    columns = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    tx.execute(
        insert(DeliveryRow).from_select(
            ["subscriber_id", "subscription_id", *values],
            select(
                col(SubscriptionRow.subscriber_id),
                col(SubscriptionRow.id),
                *(literal(value, columns[name].type) for name, value in values.items()),
            )
            .where(
                col(SubscriptionRow.newsletter_id) == newsletter_id,
                col(SubscriptionRow.status) == "active",
            )
            .order_by(col(SubscriptionRow.id)),
        )
    )
    audience = tx.execute(
        select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.edition_id) == edition)
    ).scalar_one()
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition)
        .values(state=EditionState.FROZEN, frozen=now, touched=now, candidates=audience)
    )
    return int(audience)


def claim(
    tx: Tx, owner: str, limit: int, now: datetime, lease: timedelta, edition: int | None = None
) -> list[Claim]:
    """Take up to `limit` deliveries that are due; who left meanwhile is skipped instead.

    An empty list may mean that all of a batch were skipped; see `waiting`.
    """
    due = and_(
        col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
        col(DeliveryRow.due) <= now,
        col(EditionRow.state).in_(LIVE),
    )
    if edition is not None:
        due = and_(due, col(DeliveryRow.edition_id) == edition)
    ids = list(
        tx.execute(
            select(col(DeliveryRow.id))
            .join(EditionRow, col(EditionRow.id) == col(DeliveryRow.edition_id))
            .where(due)
            .limit(limit)
        ).scalars()
    )
    if not ids:
        return []
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


def _skip_gone(tx: Tx, ids: Sequence[int | None], now: datetime) -> None:
    """Skip, with the reason, those of these whose reader left or may not be mailed."""
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
    tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id).in_(ids),
            col(DeliveryRow.state).in_(
                (DeliveryState.PENDING, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
            ),
            or_(left, suppressed.is_not(None)),
        )
        .values(
            state=DeliveryState.SKIPPED,
            why=func.coalesce(suppressed, "left before it was sent"),
            changed=now,
        )
    )


def begin_data(tx: Tx, delivery: int, owner: str, now: datetime, lease: timedelta) -> bool:
    """Write down that the message may complete from now on; False if the lease was lost.

    Also False, and skipped, if the reader left since the claim.
    """
    _skip_gone(tx, [delivery], now)
    result = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id) == delivery,
            col(DeliveryRow.owner) == owner,
            col(DeliveryRow.state) == DeliveryState.CLAIMED,
        )
        .values(
            state=DeliveryState.IN_DATA,
            dated=func.coalesce(col(DeliveryRow.dated), now),
            lease=now + lease,
            changed=now,
        )
    )
    return changed(result) == 1


def record(tx: Tx, delivery: int, owner: str, verdict: Verdict, now: datetime) -> bool:
    """Write the outcome down; False if the row is no longer this owner's.

    A row that was declared uncertain meanwhile still takes a definite outcome from its owner.
    """
    values: dict[str, object] = {
        "state": verdict.state,
        "code": verdict.code,
        "why": verdict.why,
        "lease": None,
        "changed": now,
    }
    if verdict.due is not None:
        values["due"] = verdict.due
    if verdict.host:
        values["attempts"] = col(DeliveryRow.attempts) - 1
    result = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.id) == delivery,
            col(DeliveryRow.owner) == owner,
            col(DeliveryRow.state).in_(
                (DeliveryState.CLAIMED, DeliveryState.IN_DATA, DeliveryState.UNCERTAIN)
            ),
        )
        .values(values)
    )
    return changed(result) == 1


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


def owners(tx: Tx) -> list[str]:
    """Every sender that holds something."""
    return list(
        tx.execute(
            select(col(DeliveryRow.owner))
            .where(col(DeliveryRow.state).in_((DeliveryState.CLAIMED, DeliveryState.IN_DATA)))
            .distinct()
        ).scalars()
    )


def take_over(tx: Tx, dead: Sequence[str], now: datetime) -> tuple[int, int]:
    """Settle what dead owners, and owners whose lease ran out, left behind.

    What they had only claimed is pending again; what may have been sent becomes uncertain.
    Returns how many of each.
    """
    lost = or_(col(DeliveryRow.owner).in_(dead), col(DeliveryRow.lease) < now)
    freed = tx.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.state) == DeliveryState.CLAIMED, lost)
        .values(state=DeliveryState.PENDING, owner="", lease=None, changed=now)
    )
    unsure = tx.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.state) == DeliveryState.IN_DATA, lost)
        .values(
            state=DeliveryState.UNCERTAIN,
            why="the sender stopped before the server's answer was known",
            lease=None,
            changed=now,
        )
    )
    return changed(freed), changed(unsure)


def resend_uncertain(tx: Tx, before: datetime, now: datetime) -> int:
    """Let deliveries that are uncertain since `before` have one second copy, once."""
    editions = select(col(EditionRow.id)).where(
        col(EditionRow.state).in_((*LIVE, EditionState.SENT))
    )
    result = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.state) == DeliveryState.UNCERTAIN,
            col(DeliveryRow.resends) == 0,
            col(DeliveryRow.changed) <= before,
            col(DeliveryRow.edition_id).in_(editions),
        )
        .values(state=DeliveryState.PENDING, resends=1, owner="", due=now, changed=now)
    )
    reopen(tx, now)
    return changed(result)


def reopen(tx: Tx, now: datetime) -> None:
    """An edition that was all sent is sending again if one of its deliveries is pending again."""
    tx.execute(
        update(EditionRow)
        .where(
            col(EditionRow.state) == EditionState.SENT,
            exists().where(
                col(DeliveryRow.edition_id) == col(EditionRow.id),
                col(DeliveryRow.state) == DeliveryState.PENDING,
            ),
        )
        .values(state=EditionState.SENDING, touched=now)
    )
