"""Newsletters and the moments that were decided on: what makes two schedulers one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from digest.core.editions.edition import EditionState
from digest.errors import StoreError
from digest.store.database.database import Tx
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.readers import SubscriptionRow

APART = "/"
"""In the name of what is kept like a newsletter and is none; no slug of the config has it."""


class TakenError(StoreError):
    """Somebody else made this edition, or took one of its articles, a moment ago."""


def know(tx: Tx, slug: str, now: datetime) -> tuple[int, datetime]:
    """The newsletter's id and since when we know it; it is written down if it is new."""
    found = tx.execute(
        select(col(NewsletterRow.id), col(NewsletterRow.known_since)).where(
            col(NewsletterRow.slug) == slug
        )
    ).first()
    if found:
        return found[0], found[1]
    row = NewsletterRow(slug=slug, known_since=now)
    tx.add(row)
    tx.flush()
    assert row.id is not None
    return row.id, now


def know_all(tx: Tx, slugs: Sequence[str], now: datetime) -> None:
    """Write down those that are new: who left all that there were stays out of later ones."""
    for slug in slugs:
        know(tx, slug, now)


def newsletters_read(tx: Tx) -> list[str]:
    """The newsletters that somebody reads or read."""
    return list(
        tx.execute(
            select(col(NewsletterRow.slug))
            .join(SubscriptionRow, col(SubscriptionRow.newsletter_id) == col(NewsletterRow.id))
            .distinct()
            .order_by(col(NewsletterRow.slug))
        ).scalars()
    )


def newsletter_slug(tx: Tx, newsletter_id: int) -> str:
    """The name of a newsletter that we know."""
    return tx.get_one(NewsletterRow, newsletter_id).slug


def last_slot(tx: Tx, slug: str) -> datetime | None:
    """The newest planned moment that was decided on."""
    return tx.execute(
        select(func.max(col(SlotRow.at)))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SlotRow.newsletter_id))
        .where(col(NewsletterRow.slug) == slug, col(SlotRow.planned))
    ).scalar_one_or_none()


def decide(
    tx: Tx, slug: str, at: datetime, decision: str, why: str, *, planned: bool, now: datetime
) -> int:
    """Write down what became of a moment; returns the slot's id.

    Raises TakenError if that moment was decided on already: this is what makes two schedulers at
    once make one edition.
    """
    newsletter_id, _ = know(tx, slug, now)
    try:
        with tx.begin_nested():
            row = SlotRow(
                newsletter_id=newsletter_id,
                at=at,
                planned=planned,
                decision=decision,
                why=why,
                decided=now,
            )
            tx.add(row)
            tx.flush()
    except IntegrityError as error:
        raise TakenError(f"{slug} {at}") from error
    assert row.id is not None
    return row.id


def reserve(
    tx: Tx, slug: str, at: datetime, *, planned: bool, now: datetime
) -> tuple[int, int | None]:
    """A slot for an edition, and the one that is in it and gives way: it was held, or is a draft
    that was cancelled and is asked for again by hand.
    """
    newsletter_id, _ = know(tx, slug, now)
    slot_id = tx.execute(
        select(col(SlotRow.id)).where(
            col(SlotRow.newsletter_id) == newsletter_id, col(SlotRow.at) == at
        )
    ).scalar_one_or_none()
    if slot_id is None:
        return decide(tx, slug, at, "edition", "", planned=planned, now=now), None
    held = tx.execute(
        select(col(EditionRow.id), col(EditionRow.state), col(EditionRow.frozen)).where(
            col(EditionRow.slot_id) == slot_id
        )
    ).first()
    if held is not None and held.state != EditionState.HELD:
        again = held.state == EditionState.CANCELLED and held.frozen is None and not planned
        if not again:
            raise TakenError(f"{slug} {at}")
    tx.execute(
        update(SlotRow)
        .where(col(SlotRow.id) == slot_id)
        .values(decision="edition", why="", decided=now)
    )
    return int(slot_id), held.id if held else None


@dataclass(frozen=True, slots=True)
class Missed:
    """A planned moment that has no edition: "skipped" or "asked", and why."""

    newsletter: str
    at: datetime
    decision: str
    why: str


def skipped_slots(tx: Tx, since: datetime) -> list[Missed]:
    """Planned moments since then that were skipped, or wait for a person's word; newest first."""
    rows = tx.execute(
        select(col(NewsletterRow.slug), SlotRow)
        .join(NewsletterRow, col(NewsletterRow.id) == col(SlotRow.newsletter_id))
        .where(col(SlotRow.decision) != "edition", col(SlotRow.at) >= since)
        .order_by(col(SlotRow.at).desc())
    ).all()
    return [Missed(slug, row.at, row.decision, row.why) for slug, row in rows]
