"""Mails that tell of a correction: editions that nobody subscribes to, for those who are owed one.

They belong to a newsletter of their own in the store, so that no count, archive or timetable of the
real one knows of them; their deliveries name the subscriptions of the real one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.store.database.database import Tx
from digest.store.editions import audience, edition_contents, editions
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.edition_contents import Contents
from digest.store.editions.editions import StoredEdition
from digest.store.message import encoded_editions
from digest.store.newsletters.slots import APART
from digest.store.tables.corrections import EditionCorrectionRow
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow

BITSETS_PER_QUERY = 500
"""Bitsets in one IN (…)."""
OPEN_EDITIONS = (EditionState.FROZEN, EditionState.SENDING, EditionState.PAUSED)


def mailing_slug(newsletter: str) -> str:
    """What the mails of corrections of a newsletter are kept under: no slug of a config."""
    return f"{newsletter}{APART}corrections"


def unfinished_mailing(tx: Tx, newsletter: str, correction: int) -> StoredEdition | None:
    """The mail of a correction that is not sent to everybody yet."""
    number = tx.execute(
        select(col(EditionRow.id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(EditionCorrectionRow, col(EditionCorrectionRow.edition_id) == col(EditionRow.id))
        .where(
            col(NewsletterRow.slug) == mailing_slug(newsletter),
            col(EditionCorrectionRow.correction_id) == correction,
            col(EditionRow.state).in_(OPEN_EDITIONS),
        )
        .order_by(col(EditionRow.id))
    ).scalar()
    return editions.by_id(tx, number) if number else None


def make_mailing(
    tx: Tx, newsletter: str, correction: int, contents: Contents, now: datetime
) -> StoredEdition | None:
    """Freeze the mail of a correction for everybody who is owed it; None if nobody is.

    All in one transaction: who is entered counts as told, so nobody may be entered in a mail that
    never goes.
    """
    debts = CorrectionRecipients.of(tx, [correction], newsletter)
    if not debts.has_any(tx, correction):
        return None
    kept = edition_contents.make_edition(
        tx, mailing_slug(newsletter), now, contents, planned=False, now=now
    )
    values = audience.blank(kept.id, now) | {
        "variant_id": encoded_editions.standard_variant(tx, kept.id).id,
        "articles": b"",
        "state": DeliveryState.PENDING,
        "why": "",
    }
    table = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    same = [literal(value, table[name].type) for name, value in values.items()]
    into = ["subscriber_id", "subscription_id", *values]
    who = (col(DeliveryRow.subscriber_id), col(DeliveryRow.subscription_id), *same)
    # One edition after the other: who had it from two is told by the time of the second.
    for edition, bits in _together(debts.unsaid(tx, correction)):
        had = (col(DeliveryRow.edition_id) == edition, col(DeliveryRow.articles).in_(bits))
        tx.execute(insert(DeliveryRow).from_select(into, debts.those(correction, *who).where(*had)))
    audience.seal(tx, kept.id, now)
    return editions.by_id(tx, kept.id)


def _together(groups: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, list[bytes]]]:
    """Each edition with so many of the bitsets at a time as a statement takes."""
    bitsets: dict[int, list[bytes]] = defaultdict(list)
    for edition, bits in groups:
        bitsets[edition].append(bits)
    for edition, found in bitsets.items():
        for start in range(0, len(found), BITSETS_PER_QUERY):
            yield edition, found[start : start + BITSETS_PER_QUERY]
