"""How far the editions are: counts, names, and what is left to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlmodel import col

from digest.core.delivery.progress import Failure, LastAnswer, Progress
from digest.core.delivery.rate_limit import NONE, Limits
from digest.core.delivery.state import OPEN_STATES, DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx, changed
from digest.store.delivery import rate_limit
from digest.store.delivery.recovery import reopen
from digest.store.editions.editions import LIVE, StoredEdition
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.readers import SubscriberRow

MAX_ADDRESSES_LISTED = 1000
"""At most so many addresses are listed by name in each state."""


def edition_counts(
    tx: Tx, edition: StoredEdition, now: datetime, limits: Limits = NONE
) -> Progress:
    """Count an edition's deliveries and name those that a person may have to look at.

    `limits` are what holds it back, if anything does.
    """
    recent, following, last_turn = tx.execute(
        select(
            func.count().filter(
                col(DeliveryRow.state) == DeliveryState.SENT,
                col(DeliveryRow.changed) > now - timedelta(minutes=1),
            ),
            func.min(col(DeliveryRow.due)).filter(
                col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED))
            ),
            func.max(col(DeliveryRow.due)).filter(
                col(DeliveryRow.state) == DeliveryState.PENDING, col(DeliveryRow.called)
            ),
        ).where(col(DeliveryRow.edition_id) == edition.id)
    ).one()
    uncertain = _named(tx, edition.id, DeliveryState.UNCERTAIN)
    counts = _counts(tx, edition.id)
    held = rate_limit.holding(tx, limits, edition.newsletter, now)
    return Progress(
        now=now,
        edition=edition.id,
        newsletter=edition.newsletter,
        at=edition.at,
        state=edition.state,
        why=edition.why,
        subject=edition.subject,
        counts=counts,
        uncertain=tuple(who.email for who in uncertain),
        failed=_named(tx, edition.id, DeliveryState.FAILED),
        skipped=_named(tx, edition.id, DeliveryState.SKIPPED),
        deferred=_named(tx, edition.id, DeliveryState.DEFERRED),
        next_due=following,
        recent=recent,
        held_until=held.until if held else None,
        held_why=held.why if held else "",
        last_turn=last_turn,
        last_answer=_last_answer(tx, edition.id),
        sender=recent > 0 or counts[CLAIMED] + counts[IN_DATA] > 0,
    )


CLAIMED, IN_DATA = DeliveryState.CLAIMED, DeliveryState.IN_DATA
_ANSWERED = (DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.FAILED)


def _last_answer(tx: Tx, edition: int) -> LastAnswer | None:
    row = tx.execute(
        select(col(DeliveryRow.changed), col(DeliveryRow.code), col(DeliveryRow.why))
        .where(
            col(DeliveryRow.edition_id) == edition,
            col(DeliveryRow.state).in_(_ANSWERED),
            col(DeliveryRow.code) > 0,
        )
        .order_by(col(DeliveryRow.changed).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return LastAnswer(row.changed, row.why or f"{row.code} accepted")


def _counts(tx: Tx, edition: int) -> dict[DeliveryState, int]:
    counts = dict.fromkeys(DeliveryState, 0)
    for state, count in tx.execute(
        select(col(DeliveryRow.state), func.count())
        .where(col(DeliveryRow.edition_id) == edition)
        .group_by(col(DeliveryRow.state))
    ):
        counts[DeliveryState(state)] = count
    return counts


def _named(tx: Tx, edition: int, state: DeliveryState) -> tuple[Failure, ...]:
    rows = tx.execute(
        select(col(SubscriberRow.email), col(DeliveryRow.why))
        .join(SubscriberRow, col(SubscriberRow.id) == col(DeliveryRow.subscriber_id))
        .where(col(DeliveryRow.edition_id) == edition, col(DeliveryRow.state) == state)
        .order_by(col(SubscriberRow.email))
        .limit(MAX_ADDRESSES_LISTED)
    ).all()
    return tuple(Failure(row.email, row.why) for row in rows)


def uncertain(tx: Tx, edition: int) -> frozenset[str]:
    """The keys (see core.text.email_address) of the readers whose delivery is uncertain."""
    return frozenset(
        tx.execute(
            select(col(SubscriberRow.key))
            .join(DeliveryRow, col(DeliveryRow.subscriber_id) == col(SubscriberRow.id))
            .where(
                col(DeliveryRow.edition_id) == edition,
                col(DeliveryRow.state) == DeliveryState.UNCERTAIN,
            )
        ).scalars()
    )


def settle_deliveries(
    tx: Tx, edition: int, keys: Sequence[str], state: DeliveryState, why: str, now: datetime
) -> int:
    """Decide about uncertain deliveries by hand: of these readers, or of all if none are given.

    `state` is SENT, FAILED, or PENDING for a second copy. Returns how many there were.
    """
    where = [
        col(DeliveryRow.edition_id) == edition,
        col(DeliveryRow.state) == DeliveryState.UNCERTAIN,
    ]
    if keys:
        readers = select(col(SubscriberRow.id)).where(col(SubscriberRow.key).in_(keys))
        where.append(col(DeliveryRow.subscriber_id).in_(readers))
    values: dict[str, object] = {"state": state, "why": why, "owner": "", "changed": now}
    values["reason"] = Reason.SETTLED_BY_HAND
    if state is DeliveryState.PENDING:
        values |= {"due": now, "resends": col(DeliveryRow.resends) + 1}
    settled = changed(tx.execute(update(DeliveryRow).where(*where).values(values)))
    reopen(tx, now)
    return settled


def unsent(tx: Tx, edition: int) -> int:
    """How many deliveries of an edition have something still to do."""
    return int(
        tx.execute(
            select(func.count()).where(
                col(DeliveryRow.edition_id) == edition, col(DeliveryRow.state).in_(OPEN_STATES)
            )
        ).scalar_one()
    )


def waiting(tx: Tx, now: datetime, edition: int | None = None) -> tuple[int, datetime | None]:
    """How many deliveries are due, and when the next one that isn't will be."""
    live = select(col(EditionRow.id)).where(col(EditionRow.state).in_(LIVE))
    if edition is not None:
        live = live.where(col(EditionRow.id) == edition)
    query = select(func.count(), func.min(col(DeliveryRow.due))).where(
        col(DeliveryRow.edition_id).in_(live),
        col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
    )
    later, following = tx.execute(query.where(col(DeliveryRow.due) > now)).one()
    # Without their moments, a million are counted in an index alone.
    (open_,) = tx.execute(query.with_only_columns(func.count())).one()
    return open_ - later, following


def finish(tx: Tx, now: datetime) -> list[int]:
    """Mark editions in which nothing is left to do as sent; returns their ids."""
    done = [
        edition
        for edition in tx.execute(
            select(col(EditionRow.id)).where(
                col(EditionRow.state).in_(LIVE),
                ~exists().where(
                    col(DeliveryRow.edition_id) == col(EditionRow.id),
                    col(DeliveryRow.state).in_(OPEN_STATES),
                ),
            )
        ).scalars()
        if edition is not None
    ]
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id).in_(done))
        .values(state=EditionState.SENT, finished=now, touched=now)
    )
    return done
