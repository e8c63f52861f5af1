"""Who asked for what, and who confirmed it; also what keeps anybody from asking too often."""

from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import col

from digest.core.readers.double_opt_in import DAY, EXPIRES, HOUR, PAUSE, Consent, Counts, Wish
from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import OWN_WISHES
from digest.store.database.database import Tx
from digest.store.tables.consents import ConsentRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow


def _select_recent_requests() -> Select[int, int, int, int, bool, bool]:
    key: BindParameter[str] = bindparam("key")
    mark: BindParameter[str] = bindparam("mark")
    asked, letter = col(ConsentRow.asked), col(ConsentRow.mailed)
    fresh, ours = asked > bindparam("hour_ago"), col(ConsentRow.key).in_((key, mark))
    lately = or_(letter > bindparam("day_ago"), asked > bindparam("pause_ago"))
    barred = (
        col(SuppressionRow.key) == key,
        col(SuppressionRow.scope) == "",
        col(SuppressionRow.reason).not_in(OWN_WISHES),
    )

    def requests(*which: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count()).select_from(ConsentRow).where(*which).scalar_subquery()

    return select(
        requests(fresh).label("total"),
        requests(fresh, col(ConsentRow.network) == bindparam("network")).label("network"),
        requests(ours, lately).label("lately"),
        requests(ours, letter > bindparam("expired")).label("letters"),
        exists().where(*barred).label("barred"),
        exists().where(col(SuppressionRow.key) == mark).label("forgotten"),
    ).select_from(select(1).subquery())


_RECENT_REQUESTS = _select_recent_requests()
"""Put together once: in a flood of sign-ups that took longer than all else."""


def recent_requests(tx: Tx, wish: Wish, now: datetime) -> Counts:
    """Who asked lately, as far as it matters for this wish."""
    values = {
        "key": wish.key,
        "mark": wish.mark,
        "network": wish.network,
        "hour_ago": now - HOUR,
        "pause_ago": now - PAUSE,
        "day_ago": now - DAY,
        "expired": now - EXPIRES,
    }
    row = tx.execute(_RECENT_REQUESTS, values).one()
    return Counts(
        network=row.network if wish.network else 0,
        total=row.total,
        lately=row.lately,
        letters=row.letters,
        barred=bool(row.barred),
        forgotten=bool(row.forgotten),
    )


def add_consent(tx: Tx, wish: Wish, now: datetime) -> int:
    """Write down that somebody asked; returns the number for the link that confirms."""
    row = ConsentRow(
        key=wish.key,
        email=wish.email,
        newsletters=list(wish.newsletters),
        form=wish.form,
        text=wish.text,
        network=wish.network,
        origin=wish.origin,
        asked=now,
    )
    tx.add(row)
    tx.flush()
    assert row.id is not None
    return row.id


def mailed(tx: Tx, consent: int, now: datetime) -> None:
    """The mail server has the letter."""
    tx.execute(update(ConsentRow).where(col(ConsentRow.id) == consent).values(mailed=now))


def consent_by_id(tx: Tx, consent: int) -> Consent | None:
    """One, by its number; None if it is forgotten."""
    row = tx.get(ConsentRow, consent)
    if row is None:
        return None
    wish = Wish(
        email=row.email,
        key=row.key,
        newsletters=tuple(row.newsletters),
        form=row.form,
        text=row.text,
        network=row.network,
        origin=row.origin,
    )
    return Consent(consent, wish, row.asked, row.confirmed)


def mark_confirmed(tx: Tx, consent: int, origin: str, now: datetime) -> bool:
    """Write down that the owner of the address agreed. False if that is written already."""
    row = tx.get(ConsentRow, consent)
    if row is None or row.confirmed:
        return False
    row.confirmed, row.confirmed_origin = now, origin
    tx.flush()
    return True


def delete_expired(tx: Tx, keep: timedelta, now: datetime) -> None:
    """Forget what nobody confirmed in time, and proofs so long after their reader left."""
    reads = exists().where(
        col(SubscriberRow.key) == col(ConsentRow.key),
        col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id),
        or_(
            col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
            col(SubscriptionRow.until) > now - keep,
        ),
    )
    tx.execute(
        delete(ConsentRow)
        .where(
            or_(
                and_(
                    col(ConsentRow.confirmed).is_(None),
                    col(ConsentRow.asked) <= now - EXPIRES - DAY,
                ),
                and_(col(ConsentRow.confirmed) <= now - keep, ~reads),
            )
        )
        .execution_options(synchronize_session=False)
    )
