"""Drafts: what they were drawn up from, and what editors changed in them."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, func, select, update
from sqlmodel import col

from digest.core.editions.draft import DrawnDraft, OpenDraft, edited_draft
from digest.core.editions.draft_edit import DraftEdit, EditKind, RecordedEdit
from digest.core.editions.edition import EditionState
from digest.store.database.database import Tx, changed
from digest.store.tables.editions import DraftEditRow, DraftRow, EditionArticleRow, EditionRow


@cache
def _codec() -> TypeAdapter[DrawnDraft]:
    return TypeAdapter(DrawnDraft)


def save_drawn(tx: Tx, edition: int, drawn: DrawnDraft) -> None:
    """Write down what a draft was drawn up from, in place of what there was."""
    content = zlib.compress(_codec().dump_json(drawn), level=1)
    tx.merge(DraftRow(edition_id=edition, drawn=drawn.at, readers=drawn.readers, content=content))
    tx.flush()


def drawn(tx: Tx, edition: int) -> DrawnDraft | None:
    """What a draft was drawn up from; None where another version of digest wrote it."""
    row = tx.get(DraftRow, edition)
    if row is None:
        return None
    try:
        return _codec().validate_json(zlib.decompress(row.content))
    except ValidationError:
        return None


def read_draft(tx: Tx, edition: int) -> OpenDraft | None:
    """A draft with its edits; None where another version of digest wrote it."""
    found = drawn(tx, edition)
    return edited_draft(found, edits(tx, edition)) if found else None


def edits(tx: Tx, edition: int) -> tuple[RecordedEdit, ...]:
    """The edits of a draft that count, in the order in which they were made."""
    rows = tx.execute(
        select(DraftEditRow)
        .where(col(DraftEditRow.edition_id) == edition, col(DraftEditRow.undone).is_(None))
        .order_by(col(DraftEditRow.number))
    ).scalars()
    return tuple(_edit(row) for row in rows)


def _edit(row: DraftEditRow) -> RecordedEdit:
    edit = DraftEdit(EditKind(row.kind), row.article_id, row.text, row.section, row.place)
    return RecordedEdit(row.number, edit, row.edited_by, row.at)


def add_edits(
    tx: Tx, edition: int, wanted: Iterable[DraftEdit], by: str, now: datetime
) -> tuple[RecordedEdit, ...]:
    """Write edits down after those that there are."""
    last = tx.execute(
        select(func.max(col(DraftEditRow.number))).where(col(DraftEditRow.edition_id) == edition)
    ).scalar_one()
    rows = [
        DraftEditRow(
            edition_id=edition,
            number=number,
            kind=edit.kind,
            article_id=edit.article,
            text=edit.text,
            section=edit.section,
            place=edit.place,
            edited_by=by,
            at=now,
        )
        for number, edit in enumerate(wanted, (last or 0) + 1)
    ]
    tx.add_all(rows)
    tx.flush()
    return tuple(map(_edit, rows))


def undo_edit(tx: Tx, edition: int, number: int, by: str, now: datetime) -> bool:
    """Let an edit count no more; False if there is no such one that counts."""
    result = tx.execute(
        update(DraftEditRow)
        .where(
            col(DraftEditRow.edition_id) == edition,
            col(DraftEditRow.number) == number,
            col(DraftEditRow.undone).is_(None),
        )
        .values(undone=now, undone_by=by)
    )
    return changed(result) == 1


def revision(tx: Tx, edition: int) -> int:
    """How often something was done to a draft."""
    query = select(col(EditionRow.revision)).where(col(EditionRow.id) == edition)
    return int(tx.execute(query).scalar_one())


def approve_draft(tx: Tx, edition: int, by: str, now: datetime) -> bool:
    """Note who approved a draft; False if it is none any more."""
    result = tx.execute(
        update(EditionRow)
        .where(col(EditionRow.id) == edition, col(EditionRow.state) == EditionState.DRAFT)
        .values(approved=now, approved_by=by)
    )
    return changed(result) == 1


def forget_drawn(tx: Tx, edition: int) -> None:
    """Drop what a draft was drawn up from: it is frozen, or is drawn up anew."""
    tx.execute(delete(DraftRow).where(col(DraftRow.edition_id) == edition))


def forget_draft(tx: Tx, edition: int) -> None:
    """Drop the edits, too."""
    forget_drawn(tx, edition)
    tx.execute(delete(DraftEditRow).where(col(DraftEditRow.edition_id) == edition))


def forget_article(tx: Tx, article: int) -> None:
    """Drop whatever drafts were drawn up from with this article: its words must not stay."""
    with_it = select(col(EditionArticleRow.edition_id)).where(
        col(EditionArticleRow.article_id) == article
    )
    tx.execute(delete(DraftRow).where(col(DraftRow.edition_id).in_(with_it)))
    texts = update(DraftEditRow).where(col(DraftEditRow.article_id) == article)
    tx.execute(texts.values(text=""))
