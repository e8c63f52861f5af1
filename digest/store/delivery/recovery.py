"""After a sender died: what it left behind, and second copies of what nobody knows the fate of."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx, changed
from digest.store.delivery.deliveries import give_back
from digest.store.editions import editions
from digest.store.editions.editions import LIVE
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow

SEEN = timedelta(hours=1)
"""So often it is written down that a sender is there."""


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

    What they had only claimed is pending again, and was no attempt; what may have been sent becomes
    uncertain.
    Returns how many of each.
    """
    lost = or_(col(DeliveryRow.owner).in_(dead), col(DeliveryRow.lease) < now)
    freed = give_back(tx, now, col(DeliveryRow.state) == DeliveryState.CLAIMED, lost)
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
    return freed, changed(unsure)


def pause_silent(tx: Tx, before: datetime, why: str, now: datetime) -> list[int]:
    """Pause editions that nobody worked on since `before`, e.g. in a restored backup.

    The others are worked on now: one that waits, for its hours or behind another edition, waits
    for longer than a day at times, and a sender is there all the while.
    """
    silent = [
        edition
        for edition in tx.execute(
            select(col(EditionRow.id)).where(
                col(EditionRow.state).in_(LIVE), col(EditionRow.touched) < before
            )
        ).scalars()
        if edition is not None
    ]
    for edition in silent:
        editions.move(tx, edition, LIVE, EditionState.PAUSED, why, now)
    seen = update(EditionRow).where(
        col(EditionRow.state).in_(LIVE), col(EditionRow.touched) < now - SEEN
    )
    tx.execute(seen.values(touched=now))
    return silent


def abandon(tx: Tx, now: datetime) -> int:
    """Skip what cancelled editions still hold, unless a sender has it in hand. Returns how many.

    The articles of a cancelled edition that nobody got are free for a later one.
    """
    cancelled = select(col(EditionRow.id)).where(col(EditionRow.state) == EditionState.CANCELLED)
    skipped = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.edition_id).in_(cancelled),
            col(DeliveryRow.state).in_((DeliveryState.PENDING, DeliveryState.DEFERRED)),
        )
        .values(
            state=DeliveryState.SKIPPED,
            why="the edition was cancelled",
            reason=Reason.CANCELLED,
            changed=now,
        )
    )
    tx.execute(
        update(EditionArticleRow)
        .where(
            col(EditionArticleRow.taken),
            col(EditionArticleRow.edition_id).in_(cancelled),
            ~exists().where(
                col(DeliveryRow.edition_id) == col(EditionArticleRow.edition_id),
                col(DeliveryRow.state) != DeliveryState.SKIPPED,
            ),
        )
        .values(taken=False, why="in an edition that was cancelled")
    )
    return changed(skipped)


def resend_uncertain(tx: Tx, before: datetime, now: datetime) -> int:
    """Let deliveries that are uncertain since `before` have one second copy, once."""
    open_ones = select(col(EditionRow.id)).where(
        col(EditionRow.state).in_((*LIVE, EditionState.SENT))
    )
    result = tx.execute(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.state) == DeliveryState.UNCERTAIN,
            col(DeliveryRow.resends) == 0,
            col(DeliveryRow.changed) <= before,
            col(DeliveryRow.edition_id).in_(open_ones),
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
