"""When readers were last asked to become subscribers."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlmodel import col

from digest.core.editions.edition import EditionState
from digest.core.newsletters.promotion import PITCH, THANKS
from digest.store.database.database import Tx
from digest.store.tables.editions import EditionRow, VariantRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow

_NEVER_SENT = (EditionState.HELD, EditionState.CANCELLED)


def editions_since(tx: Tx, newsletter: str, at: datetime) -> int | None:
    """How many editions before this moment came after the last one with a pitch; None: never.

    Held and cancelled editions don't count.
    """
    pitched = exists().where(
        col(VariantRow.edition_id) == col(EditionRow.id),
        or_(*(col(VariantRow.code).contains(f"+{flag}") for flag in (PITCH, THANKS))),
    )
    before = (
        select(col(EditionRow.id), pitched.label("pitched"))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(SlotRow.at) < at,
            col(EditionRow.state).not_in(_NEVER_SENT),
        )
        .order_by(col(SlotRow.at).desc())
    )
    for between, row in enumerate(tx.execute(before)):
        if row.pitched:
            return between
    return None
