"""Say how far the editions are; pause, resume, cancel and settle them."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from enum import StrEnum

from digest.actions.editions.find_edition import find_edition
from digest.core.delivery.progress import Progress
from digest.core.delivery.rate_limit import NONE, Limits
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionReason, EditionState
from digest.core.text.email_address import address_key
from digest.errors import UsageError
from digest.store.database.database import Database, Tx
from digest.store.delivery import lease_owner, manual_retry, progress, recovery
from digest.store.delivery.manual_retry import Retried
from digest.store.editions import editions
from digest.store.editions.editions import LIVE, StoredEdition
from digest.store.newsletters import slots
from digest.store.newsletters.slots import Missed
from digest.store.readers import subscribers


class Settlement(StrEnum):
    """What a person found out about deliveries that are uncertain."""

    SENT = "sent"
    FAILED = "failed"
    RESEND = "resend"


def edition_progress(
    db: Database, now: datetime, edition: int | None = None, limits: Limits = NONE
) -> list[Progress]:
    """The newest editions, newest first, or one. Raises UsageError if there is no such one.

    `limits` say what holds them back.
    What a sender that died had in hand is settled first, so that it is named here.
    """
    _recover(db, now)
    if edition is None:
        return db.read(_all, now, limits)
    return [db.read(progress.edition_counts, find_edition(db, edition), now, limits)]


def _recover(db: Database, now: datetime) -> None:
    """Write only if there is something: looking must not wait for a sender that is busy."""
    if dead := lease_owner.dead(db.read(recovery.owners)):
        db.write(recovery.take_over, dead, now)


def missed_slots(db: Database, now: datetime) -> list[Missed]:
    """Planned moments of the last four weeks that have no edition, and why."""
    return db.read(slots.skipped_slots, now - timedelta(weeks=4))


def _all(tx: Tx, now: datetime, limits: Limits) -> list[Progress]:
    return [progress.edition_counts(tx, kept, now, limits) for kept in editions.newest_editions(tx)]


def pause_edition(db: Database, edition: int, now: datetime) -> StoredEdition:
    """Send nothing more of an edition until it is resumed; what is in flight is finished."""
    by_hand = EditionReason.BY_HAND
    return _move(db, edition, LIVE, EditionState.PAUSED, "paused by hand", now, by_hand)


def resume_edition(db: Database, edition: int, now: datetime) -> StoredEdition:
    """Go on with a paused edition."""
    return _move(db, edition, (EditionState.PAUSED,), EditionState.SENDING, "", now)


def cancel_edition(db: Database, edition: int, now: datetime) -> int:
    """Send nothing more of an edition, ever. Returns how many readers don't get it.

    Of a draft that is how many would have got it.

    Its articles are free for a later edition only if nobody has got it.
    """
    kept = find_edition(db, edition)
    _recover(db, now)
    skipped = db.write(_cancel, edition, now)
    if skipped is None:
        raise UsageError(f"edition {edition} is {kept.state}, so it can't be cancelled")
    if kept.state is EditionState.DRAFT:
        return db.read(subscribers.count_active, kept.newsletter)
    return skipped


def _cancel(tx: Tx, edition: int, now: datetime) -> int | None:
    states = (EditionState.DRAFT, EditionState.PAUSED, EditionState.HELD, *LIVE)
    if not editions.move(tx, edition, states, EditionState.CANCELLED, "cancelled by hand", now):
        return None
    return recovery.abandon(tx, now)


def settle_uncertain(
    db: Database, edition: int, emails: Sequence[str], as_: Settlement, now: datetime
) -> int:
    """Decide about uncertain deliveries, of these addresses or all. Returns how many.

    Raises UsageError, and decides nothing, if an address is not among the uncertain ones, or if
    there is to be a second copy of a cancelled edition.
    """
    kept = find_edition(db, edition)
    _recover(db, now)
    _check_uncertain(kept, db.read(progress.uncertain, edition), emails)
    if as_ is Settlement.RESEND and kept.state is EditionState.CANCELLED:
        raise UsageError(f"edition {edition} is cancelled, so nothing of it is sent again")
    state, why = {
        Settlement.SENT: (DeliveryState.SENT, "settled by hand: it arrived"),
        Settlement.FAILED: (DeliveryState.FAILED, manual_retry.SETTLED_BY_HAND),
        Settlement.RESEND: (DeliveryState.PENDING, "settled by hand: send a second copy"),
    }[as_]
    return db.write(
        progress.settle_deliveries,
        edition,
        [address_key(email) for email in emails],
        state,
        why,
        now,
    )


def _check_uncertain(kept: StoredEdition, uncertain: Set[str], emails: Sequence[str]) -> None:
    if not uncertain:
        raise UsageError(f"edition {kept.id} has nobody uncertain; it is {kept.state}")
    for email in emails:
        if address_key(email) not in uncertain:
            raise UsageError(
                f"{email} is not uncertain in edition {kept.id}, so nothing was settled;"
                f" `digest status {kept.id}` names those who are"
            )


def retry_failed(db: Database, edition: int, emails: Sequence[str], now: datetime) -> Retried:
    """Try those again who failed, or these of them; see `retrying.retry` for who is left out.

    Raises UsageError, and changes nothing, if an address did not fail, or the edition is cancelled.
    """
    kept = find_edition(db, edition)
    if kept.state is EditionState.CANCELLED:
        raise UsageError(f"edition {edition} is cancelled, so nothing of it is sent again")
    failed = db.read(manual_retry.failed_keys, edition)
    if not failed:
        raise UsageError(f"edition {edition} has nobody who failed; it is {kept.state}")
    for email in emails:
        if address_key(email) not in failed:
            raise UsageError(
                f"{email} did not fail in edition {edition}, so nobody is tried again;"
                f" `digest status {edition}` names those who did"
            )
    return db.write(
        manual_retry.retry_deliveries, edition, [address_key(email) for email in emails], now
    )


def _move(
    db: Database,
    edition: int,
    states: Sequence[EditionState],
    state: EditionState,
    why: str,
    now: datetime,
    reason: EditionReason = EditionReason.NONE,
) -> StoredEdition:
    kept = find_edition(db, edition)
    if not db.write(editions.move, edition, states, state, why, now, reason):
        raise UsageError(f"edition {edition} is {kept.state}, so it can't be {_done(state)}")
    return find_edition(db, edition)


def _done(state: EditionState) -> str:
    return "resumed" if state is EditionState.SENDING else state.value
