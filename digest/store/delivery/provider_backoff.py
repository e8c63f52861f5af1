"""Domains that refuse our mail: their readers wait, and are told apart from readers who fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update
from sqlmodel import col

from digest.core.delivery.provider_backoff import FORGET_REFUSAL_AFTER, wait
from digest.core.delivery.state import DeliveryState
from digest.core.readers.reason import Reason
from digest.store.database.database import Tx
from digest.store.delivery.deliveries import Claim, release
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.provider_blocks import RefusalRow

WAITING = (DeliveryState.PENDING, DeliveryState.DEFERRED)


@dataclass(frozen=True, slots=True)
class BlockedDomain:
    """A domain that is left alone: until when, since when, and what it said."""

    domain: str
    edition: int
    since: datetime
    until: datetime
    why: str


def refused(tx: Tx, now: datetime) -> dict[str, BlockedDomain]:
    """Every domain that refused us lately and has not relented, by its name."""
    lately = col(RefusalRow.until) >= now - FORGET_REFUSAL_AFTER
    rows = tx.execute(select(RefusalRow).where(lately)).scalars()
    return {
        row.domain: BlockedDomain(row.domain, row.edition_id, row.since, row.until, row.why)
        for row in rows
    }


def block_domain(
    tx: Tx, domain: str, claim: Claim, why: str, held: Sequence[int], owner: str, now: datetime
) -> None:
    """Begin nothing more to this domain for a while, longer each time; a claim was refused there.

    What the owner still `held` of it waits as well, and doesn't count as an attempt.
    """
    row = tx.get(RefusalRow, domain) or RefusalRow(
        domain=domain, edition_id=claim.edition, strikes=0, since=now, until=now, why=why
    )
    if row.until < now - FORGET_REFUSAL_AFTER:
        row.strikes, row.since = 0, now
    if row.until <= now:  # else another connection was as fast
        row.strikes += 1
        row.until, row.why, row.edition_id = now + wait(row.strikes), why, claim.edition
        tx.add(row)
    release(tx, held, owner, now)
    by = BlockedDomain(domain, row.edition_id, row.since, row.until, row.why)
    put_off(tx, [(one, by) for one in held], now)


def relent(tx: Tx, domain: str, now: datetime) -> None:
    """It takes our mail again, so all who wait there may go."""
    row = tx.get(RefusalRow, domain)
    if row is not None:
        _let_go(tx, [row], now)
        tx.execute(delete(RefusalRow).where(col(RefusalRow.domain) == domain))


def try_again(tx: Tx, now: datetime) -> None:
    """A person sends: perhaps they have mended what was disliked."""
    rows = tx.execute(select(RefusalRow).where(col(RefusalRow.until) > now)).scalars().all()
    _let_go(tx, rows, now)
    for row in rows:
        row.until = now
        tx.add(row)


def _let_go(tx: Tx, rows: Sequence[RefusalRow], now: datetime) -> None:
    for row in rows:
        tx.execute(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.state) == DeliveryState.DEFERRED,
                col(DeliveryRow.due) == row.until,
                col(DeliveryRow.why) == backoff_reason(row.domain, row.why),
            )
            .values(due=now)
        )


def backoff_reason(domain: str, why: str) -> str:
    """Why a reader there waits."""
    return f"{domain} refuses our mail: {why}"


def put_off(tx: Tx, waiting: Sequence[tuple[int, BlockedDomain]], now: datetime) -> None:
    """Let these deliveries wait as long as their domains are left alone."""
    if not waiting:
        return
    table = DeliveryRow.__table__  # type: ignore[attr-defined]
    later = (
        update(table)
        .where(table.c.id == bindparam("delivery"))
        .where(or_(*(table.c.state == state for state in WAITING)))
        .values(
            state=DeliveryState.DEFERRED,
            due=bindparam("until", type_=table.c.due.type),
            called=False,
            why=bindparam("said"),
            reason=Reason.POLICY.value,
            changed=now,
        )
    )
    rows = [
        {"delivery": one, "until": by.until, "said": backoff_reason(by.domain, by.why)}
        for one, by in waiting
    ]
    tx.connection().execute(later, rows)
