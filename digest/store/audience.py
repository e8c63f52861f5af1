"""Who gets an edition: fixed once, when it is frozen."""

from datetime import datetime

from sqlalchemy import func, insert, literal, select, update
from sqlmodel import col

from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.store import sheets
from digest.store.database import Tx
from digest.store.tables import DeliveryRow, EditionRow, SubscriptionRow


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
    plain = sheets.standard(tx, edition)
    _enter_all(tx, edition, newsletter_id, plain, now)
    audience = tx.execute(
        select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.edition_id) == edition)
    ).scalar_one()
    tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition)
        .values(state=EditionState.FROZEN, frozen=now, touched=now, candidates=audience)
    )
    return int(audience)


def _enter_all(
    tx: Tx, edition: int, newsletter_id: int, plain: sheets.Variant, now: datetime
) -> None:
    """A row in the ledger for everybody who is subscribed, in one statement."""
    values = {
        "edition_id": edition,
        "variant_id": plain.id,
        "articles": sheets.bitset(plain.choice.mask),
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
