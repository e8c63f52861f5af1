"""Editions, with everything that is frozen with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.editions.edition import EditionReason, EditionState
from digest.core.newsletters.promotion import PITCH, THANKS
from digest.store.database.database import LARGEST_ID, Tx, changed
from digest.store.tables.editions import EditionArticleRow, EditionRow, VariantRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow

LIVE = (EditionState.FROZEN, EditionState.SENDING)


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition in the store."""

    id: int
    newsletter: str
    at: datetime
    state: EditionState
    why: str
    subject: str
    preheader: str
    made: datetime
    candidates: int
    """How many it was frozen for; 0 before that."""
    reason: EditionReason = EditionReason.NONE
    approved: datetime | None = None
    """When a person approved it, while it is a draft."""
    revision: int = 1
    frozen: datetime | None = None

    @property
    def can_be_remade(self) -> bool:
        """Whether its moment may have another edition: nobody was ever to get this one."""
        never = self.state is EditionState.CANCELLED and self.frozen is None
        return never or self.state is EditionState.HELD


def _kept(tx: Tx, *where: object) -> list[StoredEdition]:
    rows = tx.execute(
        select(EditionRow, col(NewsletterRow.slug), col(SlotRow.at))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(*where)  # type: ignore[arg-type]
        .order_by(col(EditionRow.id).desc())
    ).all()
    return [
        StoredEdition(
            id=row.id or 0,
            newsletter=slug,
            at=at,
            state=EditionState(row.state),
            why=row.why,
            subject=row.subject,
            preheader=row.preheader,
            made=row.made,
            candidates=row.candidates,
            reason=EditionReason(row.reason),
            approved=row.approved,
            revision=row.revision,
            frozen=row.frozen,
        )
        for row, slug, at in rows
    ]


def at_moment(tx: Tx, slug: str, at: datetime) -> StoredEdition | None:
    """The edition of this newsletter for this moment."""
    found = _kept(tx, col(NewsletterRow.slug) == slug, col(SlotRow.at) == at)
    return found[0] if found else None


def unfinished_edition(tx: Tx, slug: str) -> StoredEdition | None:
    """The newest edition of this newsletter that is not all sent, if any."""
    states = (EditionState.DRAFT, EditionState.PAUSED, *LIVE)
    found = _kept(tx, col(NewsletterRow.slug) == slug, col(EditionRow.state).in_(states))
    return found[0] if found else None


def by_id(tx: Tx, edition: int) -> StoredEdition | None:
    """The edition of this number."""
    found = _kept(tx, col(EditionRow.id) == edition) if edition <= LARGEST_ID else []
    return found[0] if found else None


def newest_editions(tx: Tx, limit: int = 20) -> list[StoredEdition]:
    """The newest editions, newest first.

    Of those that were asked for by hand and held, only the last word on a newsletter: somebody who
    asks every hour would hide the rest.
    """
    later = aliased(EditionRow)
    overtaken = exists().where(
        col(later.newsletter_id) == col(EditionRow.newsletter_id),
        col(later.id) > col(EditionRow.id),
    )
    vain = and_(col(EditionRow.state) == EditionState.HELD, ~col(SlotRow.planned), overtaken)
    newest = (
        select(col(EditionRow.id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(~vain)
        .order_by(col(EditionRow.id).desc())
        .limit(limit)
    )
    return _kept(tx, col(EditionRow.id).in_(newest))


def drafts(tx: Tx) -> list[StoredEdition]:
    """Editions that wait for approval, oldest first."""
    return _kept(tx, col(EditionRow.state) == EditionState.DRAFT)[::-1]


def move(
    tx: Tx,
    edition: int,
    states: Sequence[EditionState],
    state: EditionState,
    why: str,
    now: datetime,
    reason: EditionReason = EditionReason.NONE,
) -> bool:
    """Change an edition's state if it is in one of these; False if it is not."""
    result = tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition, col(EditionRow.state).in_(states))
        .values(state=state, why=why, reason=reason, touched=now)
    )
    return changed(result) == 1


def choices(tx: Tx, edition: int) -> list[tuple[int, bool, str, str, str]]:
    """What an edition did with each article, in its order: id, is it in, section, and why."""
    rows = tx.execute(
        select(EditionArticleRow)
        .where(col(EditionArticleRow.edition_id) == edition)
        .order_by(col(EditionArticleRow.position))
    ).scalars()
    return [(row.article_id, row.taken, row.section, row.why, row.reason) for row in rows]


def had_elsewhere(tx: Tx, slug: str, articles: Sequence[int]) -> dict[str, int]:
    """How many of these articles an edition of each other newsletter has or had."""
    rows = tx.execute(
        select(col(NewsletterRow.slug), func.count(col(EditionArticleRow.article_id).distinct()))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionArticleRow.newsletter_id))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .where(
            col(EditionArticleRow.article_id).in_(articles),
            col(EditionArticleRow.taken),
            col(NewsletterRow.slug) != slug,
            col(EditionRow.state).not_in((*_NEVER_SENT, EditionState.DRAFT)),
        )
        .group_by(col(NewsletterRow.slug))
        .order_by(col(NewsletterRow.slug))
    )
    return dict(iter(rows))


@dataclass(frozen=True, slots=True)
class Judged:
    """What one edition did with an article, and why."""

    edition: int
    at: datetime
    state: EditionState
    taken: bool
    section: str
    why: str


def judgements(tx: Tx, slug: str, article: int) -> list[Judged]:
    """Every edition of a newsletter that looked at an article, newest first."""
    rows = tx.execute(
        select(EditionArticleRow, col(EditionRow.state), col(SlotRow.at))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(NewsletterRow.slug) == slug, col(EditionArticleRow.article_id) == article)
        .order_by(col(EditionRow.id).desc())
    ).all()
    return [
        Judged(row.edition_id, at, EditionState(state), row.taken, row.section, row.why)
        for row, state, at in rows
    ]


_NEVER_SENT = (EditionState.HELD, EditionState.CANCELLED)


def editions_since_pitch(tx: Tx, newsletter: str, at: datetime) -> int | None:
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
