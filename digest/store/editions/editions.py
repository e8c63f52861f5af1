"""Editions, with everything that is frozen with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.editions.edition import EditionReason, EditionState
from digest.core.editions.selection import Selection
from digest.core.message.encoded_edition import EncodedEdition
from digest.store.database.database import LARGEST_ID, Tx, changed
from digest.store.editions import corrections
from digest.store.message import encoded_editions
from digest.store.newsletters import slots
from digest.store.tables.editions import EditionArticleRow, EditionRow
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


@dataclass(frozen=True, slots=True)
class Contents:
    """What is written down with an edition: its bytes, and each article's reason."""

    encoded: EncodedEdition
    selection: Selection
    content_hash: str
    rules_hash: str
    back: datetime | None = None
    """The moment since when it has in store what earlier editions had."""
    corrections: tuple[int, ...] = ()


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


def make_edition(
    tx: Tx, slug: str, at: datetime, contents: Contents, *, planned: bool, now: datetime
) -> StoredEdition:
    """Write a draft down with all that belongs to it. Raises TakenError if another was first.

    An edition of the same moment that was held becomes this one.
    """
    row = _row(tx, slug, at, planned=planned, now=now)
    try:
        with tx.begin_nested():
            row.state, row.why = EditionState.DRAFT, ""
            words, encoded = contents.encoded.words, contents.encoded
            row.subject, row.preheader = words.subject, words.preheader
            row.mark, row.boundary = encoded.mark, encoded.boundary
            row.content_hash, row.rules_hash = contents.content_hash, contents.rules_hash
            row.back = contents.back
            tx.add(row)
            tx.flush()
            assert row.id is not None
            encoded_editions.save_encoded(tx, row.id, encoded)
            _articles(tx, row.id, row.newsletter_id, contents)
            corrections.record_told(tx, row.id, contents.corrections)
    except IntegrityError as error:
        raise slots.TakenError(f"{slug} {at}") from error
    return _one(tx, row.id)


def hold(
    tx: Tx,
    slug: str,
    at: datetime,
    why: str,
    reason: EditionReason = EditionReason.TOO_FEW,
    *,
    planned: bool,
    now: datetime,
) -> StoredEdition:
    """Write down that there is no edition at this moment, and why."""
    row = _row(tx, slug, at, planned=planned, now=now)
    row.state, row.why, row.reason = EditionState.HELD, why, reason
    tx.add(row)
    tx.flush()
    assert row.id is not None
    return _one(tx, row.id)


def _row(tx: Tx, slug: str, at: datetime, *, planned: bool, now: datetime) -> EditionRow:
    """A new edition, or the held one of this moment."""
    newsletter_id, _ = slots.know(tx, slug, now)
    slot_id, held = slots.reserve(tx, slug, at, planned=planned, now=now)
    row = tx.get(EditionRow, held) if held else None
    if row is None:
        return EditionRow(
            newsletter_id=newsletter_id,
            slot_id=slot_id,
            state=EditionState.HELD,
            made=now,
            touched=now,
        )
    row.made = row.touched = now
    return row


def _one(tx: Tx, edition: int) -> StoredEdition:
    (kept,) = _kept(tx, col(EditionRow.id) == edition)
    return kept


def _articles(tx: Tx, edition: int, newsletter_id: int, contents: Contents) -> None:
    selection = contents.selection
    places = {entry.article: place for place, entry in enumerate(contents.encoded.entries)}
    rows = [
        {
            "edition_id": edition,
            "article_id": pick.article.id,
            "newsletter_id": newsletter_id,
            "taken": True,
            "position": position,
            "place": places.get(pick.article.id),
            "section": pick.section,
            "why": pick.why,
            "reason": "",
            "content_hash": pick.article.content_hash,
        }
        for position, pick in enumerate(selection.picks)
    ]
    rows += [
        {
            "edition_id": edition,
            "article_id": left.article.id,
            "newsletter_id": newsletter_id,
            "taken": False,
            "position": len(selection.picks) + n,
            "place": places.get(left.article.id),
            "section": "",
            "why": left.why,
            "reason": left.reason.value,
            "content_hash": left.article.content_hash,
        }
        for n, left in enumerate(selection.leftouts)
    ]
    if rows:
        tx.execute(insert(EditionArticleRow), rows)


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
