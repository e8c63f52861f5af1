"""Draw up a draft, say what changed since, and draw it up anew."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from digest import failpoint
from digest.actions.editions.drop_unrenderable import set_in_type
from digest.actions.editions.lint import FaultyError, encoded_refusal
from digest.actions.editions.plan import Plan, as_now, draw
from digest.actions.message.message_factory import MessageFactory
from digest.core.articles.article import Article
from digest.core.editions.draft import (
    DraftChanges,
    DrawnDraft,
    OpenDraft,
    draft_changes,
    edited_draft,
)
from digest.core.editions.draft_edit import BRINGING, DraftEdit
from digest.core.editions.edition import Edition, EditionReason, EditionState
from digest.core.editions.selection import (
    Leftout,
    LeftoutReason,
    Pick,
    Selection,
    Window,
    section_of,
)
from digest.core.newsletters.newsletter import Newsletter
from digest.core.transactional.admin_notice import FAULTY
from digest.errors import UsageError
from digest.render.message.setting import Setting
from digest.store.articles import articles
from digest.store.database.database import Database, Tx
from digest.store.editions import drafts, edition_contents, editions
from digest.store.editions.edition_contents import Contents
from digest.store.editions.editions import StoredEdition
from digest.store.message import encoded_editions
from digest.store.newsletters.slots import TakenError
from digest.store.readers import subscribers

BY_AN_EDITOR = "an editor brought it in"
TAKEN_OUT = "an editor took it out"


@dataclass(frozen=True, slots=True)
class MadeDraft:
    """A draft that was made, with its edition in type; or an edition that is held."""

    kept: StoredEdition
    setting: Setting | None = None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A draft that was drawn up anew: what that changed, and the edits that fit no more."""

    kept: StoredEdition
    changes: DraftChanges | None
    vain: tuple[tuple[DraftEdit, str], ...]


class DraftMovedError(UsageError):
    """Somebody else changed or approved a draft meanwhile."""


def make_draft(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    planned: bool = False,
) -> MadeDraft:
    """Draw up the edition of a moment that has none, and write it down as a draft.

    With too little to say it is held. So is a planned one whose message has a hard fault; asked
    for by hand, that raises FaultyError. Raises TakenError if somebody else was faster.
    """
    slug = newsletter.slug
    drawn, setting, why = _look(db, factory, newsletter, at, now)
    if setting is None:
        why = drawn.why
        return MadeDraft(db.write(edition_contents.hold, slug, at, why, planned=planned, now=now))
    if why and not planned:
        raise FaultyError(f"{slug}: can't go out like this: {why}. `digest lint` says more")
    if why:
        faulty = FAULTY + why, EditionReason.FAULTY
        held = db.write(edition_contents.hold, slug, at, *faulty, planned=planned, now=now)
        return MadeDraft(held)
    failpoint.reach("after-plan")
    contents = _contents(factory, drawn, setting, now)
    made = db.write(edition_contents.make_edition, slug, at, contents, planned=planned, now=now)
    failpoint.reach("after-make")
    return MadeDraft(made, setting)


def draft_if_enough(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    planned: bool,
) -> StoredEdition | None:
    """The same, but None, and nothing is written down, where it would be held or raise."""
    drawn, setting, why = _look(db, factory, newsletter, at, now)
    if setting is None or why:
        return None
    contents = _contents(factory, drawn, setting, now)
    make = edition_contents.make_edition
    with suppress(TakenError):  # somebody else was faster
        return db.write(make, newsletter.slug, at, contents, planned=planned, now=now)
    return None


def _look(
    db: Database, factory: MessageFactory, newsletter: Newsletter, at: datetime, now: datetime
) -> tuple[Plan, Setting | None, str]:
    """What would be drawn up, in type if there is enough for it; and its hard faults."""
    drawn, setting = set_in_type(factory, draw(db, newsletter, at))
    if drawn.edition is None or setting is None:
        return drawn, None, ""
    encoded = factory.encode(drawn.edition, setting)
    return drawn, setting, encoded_refusal(factory, encoded, now)


def _contents(factory: MessageFactory, drawn: Plan, setting: Setting, now: datetime) -> Contents:
    assert drawn.edition is not None
    contents = factory.contents(drawn.edition, drawn.selection, setting)
    return replace(contents, drawn=_drawn(drawn, now))


def find_draft(db: Database, kept: StoredEdition) -> OpenDraft:
    """A draft with its edits. Raises UsageError if it is none, or can't be read any more."""
    if kept.state is not EditionState.DRAFT:
        raise UsageError(f"edition {kept.id} is {kept.state}, so it is no draft any more")
    draft = db.read(drafts.read_draft, kept.id)
    if draft is None:
        raise UsageError(
            f"the draft of edition {kept.id} was made by another version of digest, or one of its"
            f" articles was removed: `digest draft {kept.newsletter} --redraw` draws it up anew"
        )
    return draft


def changes_since(
    db: Database, factory: MessageFactory, newsletter: Newsletter, kept: StoredEdition
) -> DraftChanges | None:
    """What would be different if a draft were drawn up now; None where it can't be read."""
    draft = db.read(drafts.read_draft, kept.id)
    if draft is None:
        return None
    fresh, _ = set_in_type(factory, draw(db, newsletter, kept.at, but=kept.id))
    return _changes(db, factory, newsletter, kept, draft, fresh.edition)


def _changes(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    kept: StoredEdition,
    draft: OpenDraft,
    now: Edition | None,
) -> DraftChanges:
    brought = brought_in(db, newsletter, draft.drawn.brought)
    readers = db.read(subscribers.count_active, newsletter.slug)
    found = draft_changes(draft.drawn, draft.dropped, now, brought, readers)
    printed = factory.encode(draft.edited.edition, factory.set(draft.edited.edition)).html
    return replace(found, look=printed != db.read(encoded_editions.encoded_edition, kept.id).html)


def redraw(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    kept: StoredEdition,
    now: datetime,
) -> Redrawn:
    """Draw a draft up anew, with its edits. Raises UsageError if it is none any more.

    Raises UsageError, and leaves it as it is, if there is too little for an edition now.
    """
    if kept.state is not EditionState.DRAFT:
        raise UsageError(f"edition {kept.id} is {kept.state}, so it is no draft any more")
    before = db.read(drafts.read_draft, kept.id)
    edits = db.read(drafts.edits, kept.id)
    fresh, setting = set_in_type(factory, draw(db, newsletter, kept.at, but=kept.id))
    if fresh.edition is None or setting is None:
        raise UsageError(f"edition {kept.id} stays as it is: {fresh.why}")
    changes = _changes(db, factory, newsletter, kept, before, fresh.edition) if before else None
    drawn = _drawn(fresh, now)
    wanted = {one.edit.article: None for one in edits if one.edit.kind in BRINGING}
    inside = {article.id for article in fresh.edition.articles}
    brought = brought_in(db, newsletter, (one for one in wanted if one and one not in inside))
    draft = edited_draft(replace(drawn, brought=brought), edits)
    setting = factory.set(draft.edited.edition) if edits else setting
    kept = rewrite(db, factory, kept, draft, setting, now, anew=fresh.selection.leftouts)
    return Redrawn(kept, changes, draft.edited.vain)


def rewrite(  # noqa: PLR0913 (the last two are rare)
    db: Database,
    factory: MessageFactory,
    kept: StoredEdition,
    draft: OpenDraft,
    setting: Setting,
    now: datetime,
    *,
    anew: Sequence[Leftout] | None = None,
    also: Callable[[Tx], object] = lambda _: None,
) -> StoredEdition:
    """Write a draft down in place of what it was; `also` is done in the same transaction.

    `anew` has what was left out, if the draft was drawn up anew.

    Raises DraftMovedError, and changes nothing, if somebody else did so since `kept` was read.
    """
    known = frozenset(_articles(draft))
    beyond = tuple(one for one in anew or () if one.article.id not in known)
    selection = _selection(draft)
    selection = replace(selection, leftouts=(*selection.leftouts, *beyond))
    contents = factory.contents(draft.edited.edition, selection, setting)
    contents = replace(contents, drawn=draft.drawn, only=known if anew is None else None)

    def write(tx: Tx) -> StoredEdition | None:
        made = edition_contents.rewrite_draft(tx, kept.id, kept.revision, contents, now)
        if made:
            also(tx)
        return made

    written = db.write(write)
    if written is None:
        fresh = db.read(editions.by_id, kept.id)
        state = fresh.state if fresh else "gone"
        if state is not EditionState.DRAFT:
            raise DraftMovedError(f"edition {kept.id} is {state} meanwhile; nothing was changed")
        raise DraftMovedError(
            f"somebody else changed the draft of edition {kept.id} meanwhile"
            f"{_what_others_did(db, kept)}; nothing of yours was done."
            f" `digest edit {kept.newsletter} --list` shows it as it is now"
        )
    return written


def _what_others_did(db: Database, kept: StoredEdition) -> str:
    """The edits that somebody made since a draft was read, with their names."""
    later = db.read(drafts.revision, kept.id) - kept.revision
    others = db.read(drafts.edits, kept.id)[-later:]
    told = (
        f"{one.by}: {one.edit.kind}" + (f" article {one.edit.article}" if one.edit.article else "")
        for one in others
    )
    return f" ({'; '.join(told)})" if others else ""


def _drawn(planned: Plan, now: datetime) -> DrawnDraft:
    assert planned.edition is not None
    return DrawnDraft(
        edition=planned.edition,
        why={pick.article.id: pick.why for pick in planned.selection.picks},
        out={left.article.id: (left.why, left.reason) for left in planned.selection.leftouts},
        at=now,
        readers=planned.audience,
    )


def brought_in(db: Database, newsletter: Newsletter, numbers: Iterable[int]) -> dict[int, Pick]:
    """The articles that editors bring in, as they are now; those that are hidden are not there."""
    found = as_now(db, db.read(articles.by_ids, list(numbers)), newsletter)
    shown = [one for one in found if one.withheld is None]
    return {one.id: Pick(one, section_of(one, newsletter.rules), BY_AN_EDITOR) for one in shown}


def _articles(draft: OpenDraft) -> dict[int, Article]:
    """Every article that a draft had, has, or could have."""
    known = [*draft.drawn.edition.articles, *(one.article for one in draft.drawn.brought.values())]
    return {one.id: one for one in (*known, *draft.edited.edition.articles)}


def _selection(draft: OpenDraft) -> Selection:
    """Why each of its articles is in a draft, or is not, edits included."""
    edition, drawn = draft.edited.edition, draft.drawn
    sections = {edition.lead.id: edition.lead_topic} | {
        article.id: section.slug for section in edition.sections for article in section.articles
    }
    picks = tuple(
        Pick(one, sections[one.id], drawn.why.get(one.id, BY_AN_EDITOR))
        for one in edition.articles
        if one.id not in edition.carried
    )
    inside = {pick.article.id for pick in picks}
    left = [one for one in _articles(draft).values() if one.id not in inside]
    by_hand = TAKEN_OUT, LeftoutReason.DROPPED
    leftouts = tuple(Leftout(one, *drawn.out.get(one.id, by_hand)) for one in left)
    return Selection(Window(edition.at, edition.at), picks, leftouts)
