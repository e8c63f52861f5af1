"""Who asked for what, and who confirmed it; also what keeps anybody from asking too often."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlmodel import col

from digest.core.readers.double_opt_in import DAY, EXPIRES, HOUR, PAUSE, Consent, Counts, Wish
from digest.core.readers.reader import SubscriptionStanding
from digest.store.database.database import Tx
from digest.store.readers.subscribers import LEFT_ALL
from digest.store.tables.consents import ConsentRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow


def recent_requests(tx: Tx, wish: Wish, now: datetime) -> Counts:
    """Who asked lately, as far as it matters for this wish."""
    fresh, ours = col(ConsentRow.asked) > now - HOUR, col(ConsentRow.key).in_((wish.key, wish.mark))
    letter = col(ConsentRow.mailed)
    total = func.count()
    row = tx.execute(
        select(
            select(total).where(fresh).scalar_subquery().label("total"),
            select(total)
            .where(fresh, col(ConsentRow.network) == wish.network)
            .scalar_subquery()
            .label("network"),
            select(total)
            .where(ours, or_(letter > now - DAY, col(ConsentRow.asked) > now - PAUSE))
            .scalar_subquery()
            .label("lately"),
            select(total).where(ours, letter > now - EXPIRES).scalar_subquery().label("letters"),
            exists()
            .where(
                col(SuppressionRow.key) == wish.key,
                col(SuppressionRow.scope) == "",
                col(SuppressionRow.why) != LEFT_ALL,
            )
            .label("barred"),
            exists().where(col(SuppressionRow.key) == wish.mark).label("forgotten"),
        ).select_from(select(1).subquery())
    ).one()
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
