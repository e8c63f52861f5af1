"""What is written down with an edition: the bytes of its message, and each article's reason."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from digest.core.editions.draft import DrawnDraft
from digest.core.editions.edition import EditionReason, EditionState
from digest.core.editions.selection import Selection
from digest.core.message.encoded_edition import EncodedEdition
from digest.store.database.database import Tx, changed
from digest.store.editions import corrections, drafts
from digest.store.editions.editions import StoredEdition, by_id
from digest.store.message import encoded_editions
from digest.store.newsletters import slots
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow, FragmentRow, VariantRow


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
    drawn: DrawnDraft | None = None
    """What it was drawn up from, if that is new."""
    only: frozenset[int] | None = None
    """The articles that `selection` is about, if it is not about all."""


def make_edition(
    tx: Tx, slug: str, at: datetime, contents: Contents, *, planned: bool, now: datetime
) -> StoredEdition:
    """Write a draft down with all that belongs to it. Raises TakenError if another was first.

    An edition of the same moment that was held becomes this one; by hand, a cancelled draft, too.
    """
    row = _row(tx, slug, at, planned=planned, now=now)
    try:
        with tx.begin_nested():
            _write(tx, row, contents)
    except IntegrityError as error:
        raise slots.TakenError(f"{slug} {at}") from error
    return _one(tx, row.id or 0)


def rewrite_draft(
    tx: Tx, edition: int, revision: int, contents: Contents, now: datetime
) -> StoredEdition | None:
    """Put something else in the place of what a draft holds; nobody has approved that yet.

    None if it is no draft any more, or not that revision of it. Raises TakenError if another
    edition has one of its articles.
    """
    found = tx.execute(
        update(EditionRow)
        .where(
            col(EditionRow.id) == edition,
            col(EditionRow.state) == EditionState.DRAFT,
            col(EditionRow.revision) == revision,
            ~exists().where(col(DeliveryRow.edition_id) == edition),
        )
        .values(revision=revision + 1, touched=now, approved=None, approved_by="")
    )
    if not changed(found):
        return None
    row = tx.get_one(EditionRow, edition, populate_existing=True)
    _clear(tx, edition, contents.only)
    try:
        with tx.begin_nested():
            _write(tx, row, contents)
    except IntegrityError as error:
        raise slots.TakenError(f"edition {edition}") from error
    return _one(tx, edition)


def _write(tx: Tx, row: EditionRow, contents: Contents) -> None:
    row.state, row.why, row.reason = EditionState.DRAFT, "", EditionReason.NONE
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
    if contents.drawn:
        drafts.save_drawn(tx, row.id, contents.drawn)


def _clear(tx: Tx, edition: int, articles: Set[int] | None = None) -> None:
    """Drop what a draft holds; of the reasons, those of these articles only."""
    corrections.forget_told(tx, edition)
    for table in (VariantRow, FragmentRow):
        tx.execute(delete(table).where(col(table.edition_id) == edition))
    reasons = delete(EditionArticleRow).where(col(EditionArticleRow.edition_id) == edition)
    if articles is not None:
        reasons = reasons.where(col(EditionArticleRow.article_id).in_(articles))
    tx.execute(reasons)


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
    """A new edition, or the one of this moment that gives way."""
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
    drafts.forget_draft(tx, row.id or 0)
    _clear(tx, row.id or 0)
    row.made = row.touched = now
    row.revision += 1
    row.approved, row.approved_by = None, ""
    return row


def _one(tx: Tx, edition: int) -> StoredEdition:
    kept = by_id(tx, edition)
    assert kept is not None
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
