"""Edit a draft: each change is kept with who made it and when, and can be undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.articles.topics import the_one
from digest.actions.editions.drafts import brought_in, find_draft, rewrite
from digest.actions.message.message_factory import MessageFactory
from digest.core.editions.draft import OpenDraft, edited_draft
from digest.core.editions.draft_edit import (
    BRINGING,
    LONGEST_TEXT,
    LONGEST_TITLE,
    DraftEdit,
    EditKind,
    RecordedEdit,
)
from digest.core.editions.edition import StoryLength
from digest.core.newsletters.newsletter import Newsletter
from digest.errors import UsageError
from digest.store.articles import articles
from digest.store.database.database import Database, Tx
from digest.store.editions import drafts, editions
from digest.store.editions.editions import StoredEdition


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft after it was edited, and the edits that were made just now."""

    kept: StoredEdition
    draft: OpenDraft
    made: tuple[RecordedEdit, ...] = ()


def edit_draft(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    kept: StoredEdition,
    wanted: Sequence[DraftEdit],
    by: str,
    now: datetime,
) -> DraftState:
    """Make these changes, all or none, and print the draft anew; nobody has approved that yet.

    Raises UsageError for a change that can't be made, DraftMovedError if somebody else changed the
    draft since `kept` was read, TemplateError for a text that is no template.
    """
    draft = find_draft(db, kept)
    wanted = [_checked(newsletter, one) for one in wanted]
    drawn = draft.drawn
    bringing = {one.article for one in wanted if one.kind in BRINGING} - {None}
    inside = {article.id for article in draft.edited.edition.articles}
    new = [one for one in bringing if one is not None and one not in inside | set(drawn.brought)]
    for number in new:
        _expect_free(db, newsletter, number, kept)
    brought = brought_in(db, newsletter, new)
    drawn = replace(drawn, brought={**drawn.brought, **brought})
    before = len(draft.edited.vain)
    fresh = [RecordedEdit(0, one, by, now) for one in wanted]
    edited = edited_draft(drawn, (*draft.edits, *fresh))
    for edit_, why in edited.edited.vain[before:]:
        raise UsageError(f"{edit_.kind}: {why}; nothing was changed")
    made: list[RecordedEdit] = []

    def keep(tx: Tx) -> None:
        made.extend(drafts.add_edits(tx, kept.id, wanted, by, now))

    written = _print(db, factory, kept, edited, now, keep)
    return DraftState(written, replace(edited, edits=(*draft.edits, *made)), tuple(made))


def undo(
    db: Database,
    factory: MessageFactory,
    kept: StoredEdition,
    number: int,
    by: str,
    now: datetime,
) -> DraftState:
    """Take an edit back, by its number; what was done after it stays. Raises as `edit_draft`."""
    draft = find_draft(db, kept)
    left = tuple(one for one in draft.edits if one.number != number)
    if len(left) == len(draft.edits):
        known = ", ".join(str(one.number) for one in draft.edits)
        has = f"it has {known}" if known else "it has none"
        raise UsageError(f"the draft of edition {kept.id} has no edit {number}; {has}")
    edited = edited_draft(draft.drawn, left)

    def keep(tx: Tx) -> None:
        drafts.undo_edit(tx, kept.id, number, by, now)

    return DraftState(_print(db, factory, kept, edited, now, keep), edited)


def _print(
    db: Database,
    factory: MessageFactory,
    kept: StoredEdition,
    edited: OpenDraft,
    now: datetime,
    keep: Callable[[Tx], None],
) -> StoredEdition:
    setting = factory.set(edited.edited.edition)
    return rewrite(db, factory, kept, edited, setting, now, also=keep)


def story_number(db: Database, draft: OpenDraft, typed: str) -> int:
    """The article that is meant by its number, or by words of its title: of the draft, else of all.

    Raises UsageError where not exactly one is meant.
    """
    if typed.isdigit():
        return int(typed)
    words = typed.casefold()
    inside = [one for one in draft.edited.edition.articles if words in one.title.casefold()]
    if len(inside) == 1:
        return inside[0].id
    return the_one(db, typed).id


def _checked(newsletter: Newsletter, edit: DraftEdit) -> DraftEdit:
    """The edit, if it makes sense whatever the draft holds."""
    longest = LONGEST_TITLE if edit.kind is EditKind.TITLE else LONGEST_TEXT
    if len(edit.text) > longest:
        raise UsageError(
            f"the {edit.kind} has {len(edit.text):,} characters; at most {longest:,} are allowed"
        )
    if edit.kind is EditKind.TITLE and not edit.text.strip():
        raise UsageError("a title needs a word")
    if edit.kind is EditKind.FORM and edit.text not in set(StoryLength):
        known = ", ".join(StoryLength)
        raise UsageError(f"{edit.text} is no form; it is one of {known}")
    if edit.section is not None and edit.section not in {"", *_sections(newsletter)}:
        known = ", ".join(_sections(newsletter))
        raise UsageError(f"there is no topic {edit.section}; there are {known}")
    if edit.place is not None and edit.place < 1:
        raise UsageError("places are counted from 1")
    return edit


def _sections(newsletter: Newsletter) -> list[str]:
    return [rule.slug for rule in newsletter.topics]


def _expect_free(db: Database, newsletter: Newsletter, number: int, kept: StoredEdition) -> None:
    """Raises UsageError for an article that can't come in: gone, hidden, or in another edition."""
    found = next(iter(db.read(articles.by_ids, [number])), None)
    if found is None:
        raise UsageError(f"there is no article {number}; `digest articles` lists them")
    if found.withheld:
        raise UsageError(f"article {number} ({found.title}) is {found.withheld}")
    if number in db.read(articles.seen, newsletter.slug, kept.id):
        raise UsageError(
            f"article {number} ({found.title}) was in an edition of {newsletter.slug} before"
        )


def open_draft(db: Database, newsletter: Newsletter, at: datetime | None) -> StoredEdition:
    """The draft of a newsletter: of this moment, else the newest. Raises UsageError without one."""
    waiting = [
        one
        for one in db.read(editions.drafts)
        if one.newsletter == newsletter.slug and (at is None or one.at == at)
    ]
    if waiting:
        return waiting[-1]
    raise UsageError(
        f"{newsletter.slug} has no draft"
        + (" for this moment" if at else "")
        + f"; `digest draft {newsletter.slug}` makes one"
    )
