"""Make, approve and freeze an edition. Asking twice is harmless."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from digest import failpoint
from digest.actions.editions.drafts import changes_since, make_draft
from digest.actions.editions.lint import FaultyError, encoded_refusal
from digest.actions.editions.plan import course_of, plan
from digest.actions.message.message_factory import MessageFactory
from digest.core.articles.article import Withheld
from digest.core.editions.draft import DraftChanges
from digest.core.editions.edition import EditionState
from digest.core.editions.personalise import allotter, plain_words
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.timetable import next_slots
from digest.errors import UsageError
from digest.store.articles import visibility
from digest.store.database.database import Database, Tx
from digest.store.delivery import give_up
from digest.store.editions import (
    audience,
    corrections,
    drafts,
    editions,
    received,
)
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.editions import StoredEdition
from digest.store.message import encoded_editions
from digest.store.newsletters.slots import TakenError

CANCELLED = EditionState.CANCELLED


class WithheldError(UsageError):
    """An article of a draft was hidden or removed after the draft was made."""

    def __init__(self, draft: StoredEdition, gone: Mapping[int, Withheld]) -> None:
        told = "; ".join(f"article {number} was {said}" for number, said in gone.items())
        again = f"`digest draft {draft.newsletter} --redraw` draws it up without"
        super().__init__(f"the draft of edition {draft.id} can't go out as it is: {told}. {again}")


class ChangedDraftError(UsageError):
    """A draft is not what would be drawn up now, and nobody said which of the two shall go."""

    def __init__(self, draft: StoredEdition, changes: DraftChanges, zone: ZoneInfo) -> None:
        since = f"{changes.since.astimezone(zone):%A %H:%M}"
        slug = draft.newsletter
        super().__init__(
            f"{changes} since {since}, when the draft of edition {draft.id} was drawn up."
            f" `digest draft {slug} --redraw` takes that over, `digest publish {slug} --as-is`"
            " sends the draft as it is"
        )


@dataclass(frozen=True, slots=True)
class Published:
    """An edition, and whether it was made just now."""

    edition: StoredEdition
    made: bool
    audience: int = 0


def moment_to_publish(
    db: Database, newsletter: Newsletter, at: datetime | None, now: datetime
) -> datetime:
    """The moment that a command without --at is about: that of an unfinished edition, else now."""
    if at is not None:
        return at
    open_one = db.read(editions.unfinished_edition, newsletter.slug)
    return open_one.at if open_one else now


def next_draft(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime | None,
    now: datetime,
) -> tuple[bool, StoredEdition]:
    """The edition of a moment, and whether it was made just now, as a draft.

    Without `at`, the draft that there is, else one for the next moment of the schedule. Raises
    FaultyError for a hard fault of its message, and TakenError if somebody else was faster.
    """
    waiting = [one for one in db.read(editions.drafts) if one.newsletter == newsletter.slug]
    if at is None and waiting:
        return False, waiting[-1]
    zone = ZoneInfo(newsletter.timezone)
    at = at or next(iter(next_slots(newsletter.schedule, zone, now, 1)), now)
    found = db.read(editions.at_moment, newsletter.slug, at)
    if found and not found.can_be_remade:
        return False, found
    return True, make_draft(db, factory, newsletter, at, now).kept


def publish(  # noqa: PLR0913 (each is an option of the command)
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    planned: bool = False,
    as_is: bool = False,
    early: bool = False,
    by: str = "",
) -> Published:
    """Freeze the edition for a moment: choose, render, fix the audience.

    For a moment that has an edition, that edition is returned as it is; a draft is approved by
    this, if it is asked for by hand: see `approve`. With approval required, a moment without an
    edition gets a draft. With too little to say the edition is held. So is a planned one whose
    message has a hard fault; asked for by hand, that raises FaultyError.
    """
    for _ in range(3):
        found = db.read(editions.at_moment, newsletter.slug, at)
        if found and found.state is EditionState.DRAFT and not planned:
            return approve(db, factory, newsletter, found, now, as_is=as_is, early=early, by=by)
        again = found and found.can_be_remade and not (planned and found.state is CANCELLED)
        if found and not again:
            return Published(found, made=False)
        try:
            made = make_draft(db, factory, newsletter, at, now, planned=planned)
            policy = newsletter.approval.policy
            if made.setting is None:
                return Published(made.kept, made=False)
            if policy == "required" or (planned and policy != "auto"):
                return Published(made.kept, made=True)
            if at > now and not early:
                db.write(drafts.approve_draft, made.kept.id, by, now)
                return Published(_fresh(db, made.kept), made=True)
            return _freeze(db, newsletter, made.kept, made.setting.words, now)
        except TakenError:
            continue  # somebody was faster: look again at what is there now
    raise TakenError(
        f"{newsletter.slug}: other processes make editions at this very moment; try again"
    )


def approve(  # noqa: PLR0913 (each is an option of the command)
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    draft: StoredEdition,
    now: datetime,
    *,
    as_is: bool = False,
    early: bool = False,
    by: str = "",
) -> Published:
    """Approve a draft: it is frozen as it was drawn up, or when its moment comes; `early` now.

    Raises ChangedDraftError if it would be another one by now, unless it shall go `as_is`,
    WithheldError if one of its articles was hidden or removed since, FaultyError for a hard fault.
    """
    if gone := db.read(visibility.withheld_of_edition, draft.id):
        raise WithheldError(draft, gone)
    if not as_is and (changes := changes_since(db, factory, newsletter, draft)):
        raise ChangedDraftError(draft, changes, ZoneInfo(newsletter.timezone))
    encoded = db.read(encoded_editions.encoded_edition, draft.id)
    if why := encoded_refusal(factory, encoded, now):
        raise FaultyError(f"{draft.newsletter}: can't go out like this: {why}")
    if draft.at > now and not early:
        db.write(drafts.approve_draft, draft.id, by, now)
        return Published(_fresh(db, draft), made=True)
    return freeze_draft(db, factory, newsletter, draft, now)


def freeze_draft(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    draft: StoredEdition,
    now: datetime,
) -> Published:
    """Freeze a draft as it was drawn up and edited, whatever its articles say by now."""
    encoded = db.read(encoded_editions.encoded_edition, draft.id)
    drawn = db.read(drafts.read_draft, draft.id)
    edition = drawn.edited.edition if drawn else plan(db, newsletter, draft.at).edition
    setting = factory.set(edition) if edition else None
    same = edition and setting and factory.encode(edition, setting).html == encoded.html
    words = setting.words if same and setting else partial(plain_words, encoded)
    return _freeze(db, newsletter, draft, words, now)


def _fresh(db: Database, kept: StoredEdition) -> StoredEdition:
    found = db.read(editions.by_id, kept.id)
    assert found is not None
    return found


def _freeze(
    db: Database,
    newsletter: Newsletter,
    draft: StoredEdition,
    words: Callable[[Choice], SubjectLine],
    now: datetime,
) -> Published:
    """Fix the audience, and what each of them gets. May be interrupted, and asked again."""
    db.write(give_up.give_up_before, draft.id, now)
    readers = None
    while readers is None:
        if not db.write(_enter_alike, newsletter, draft, now):
            _enter_each(db, newsletter, draft, words, now)
        failpoint.reach("before-seal")
        readers = db.write(audience.seal, draft.id, now)
    return Published(_fresh(db, draft), made=True, audience=readers)


def _enter_alike(tx: Tx, newsletter: Newsletter, draft: StoredEdition, now: datetime) -> bool:
    """Enter everybody in one statement if nobody chose or got anything; else False."""
    known = encoded_editions.story_entries(tx, draft.id)
    before = received.received_before(
        tx, newsletter.slug, draft.id, known, others=not newsletter.repeats
    )
    alike = not before.places and not corrections.of_edition(tx, draft.id)
    alike = alike and audience.is_uniform(
        tx, draft.id, draft.at, encoded_editions.flagged(tx, draft.id)
    )
    return alike and audience.fix_audience(tx, draft.id, now) >= 0


def _enter_each(
    db: Database,
    newsletter: Newsletter,
    draft: StoredEdition,
    words: Callable[[Choice], SubjectLine],
    now: datetime,
) -> None:
    encoded = db.read(encoded_editions.encoded_edition, draft.id)
    others = not newsletter.repeats
    before = db.read(
        received.received_before, newsletter.slug, draft.id, encoded.entries, others=others
    )
    telling = [one.id for one in db.read(corrections.of_edition, draft.id)]
    known = before, db.read(CorrectionRecipients.of, telling, newsletter.slug)
    course = course_of(db, newsletter, draft.at)
    share = allotter(newsletter, encoded, words, draft.at)
    after: int | None = 0
    while after is not None:
        after = db.write(audience.enter_some, draft.id, after, known, course, share, now)
