"""Make the editions that are due, or one by hand. Asking twice is harmless."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from digest import failpoint
from digest.actions.editions.drop_unrenderable import set_in_type
from digest.actions.editions.lint import FaultyError, freeze_refusal
from digest.actions.editions.plan import course_of, plan
from digest.actions.message.message_factory import MessageFactory
from digest.core.articles.article import Withheld
from digest.core.editions.edition import EditionReason, EditionState
from digest.core.editions.personalise import allotter, plain_words
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.timetable import Do, due_slot
from digest.core.transactional.admin_notice import FAULTY
from digest.errors import UsageError
from digest.store.articles import visibility
from digest.store.database.database import Database, Tx
from digest.store.delivery import give_up
from digest.store.editions import audience, corrections, editions, received
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.editions import StoredEdition
from digest.store.message import encoded_editions
from digest.store.newsletters import slots
from digest.store.newsletters.slots import TakenError


class WithheldError(UsageError):
    """An article of a draft was hidden or removed after the draft was made."""

    def __init__(self, draft: StoredEdition, gone: Mapping[int, Withheld]) -> None:
        told = "; ".join(f"article {number} was {said}" for number, said in gone.items())
        again = f"`digest cancel {draft.id}` and publish it anew"
        super().__init__(f"the draft of edition {draft.id} can't go out as it is: {told}. {again}")


@dataclass(frozen=True, slots=True)
class Published:
    """An edition, and whether it was made just now."""

    edition: StoredEdition
    made: bool
    audience: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What the scheduler did about a slot, for the log and the admin."""

    newsletter: str
    at: datetime
    what: str
    why: str = ""
    edition: int | None = None


def moment_to_publish(
    db: Database, newsletter: Newsletter, at: datetime | None, now: datetime
) -> datetime:
    """The moment that a command without --at is about: that of an unfinished edition, else now."""
    if at is not None:
        return at
    open_one = db.read(editions.unfinished_edition, newsletter.slug)
    return open_one.at if open_one else now


def publish(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    planned: bool = False,
) -> Published:
    """Freeze the edition for a moment: choose, render, fix the audience.

    For a moment that has an edition, that edition is returned as it is; a draft is approved by
    this, if it is asked for by hand. With too little to say the edition is held. So is a planned
    one whose message has a hard fault; asked for by hand, that raises FaultyError.
    """
    for _ in range(3):
        found = db.read(editions.at_moment, newsletter.slug, at)
        if found and found.state is EditionState.DRAFT and not planned:
            return approve(db, factory, newsletter, found, now)
        if found and found.state is not EditionState.HELD:
            return Published(found, made=False)
        draft, setting = set_in_type(factory, plan(db, newsletter, at))
        try:
            if draft.edition is None or setting is None:
                held = db.write(
                    editions.hold, newsletter.slug, at, draft.why, planned=planned, now=now
                )
                return Published(held, made=False)
            contents = factory.contents(draft.edition, draft.selection, setting)
            if why := freeze_refusal(factory, contents, now):
                return Published(_refuse(db, newsletter.slug, at, why, planned, now), made=False)
            failpoint.reach("after-plan")
            made = db.write(
                editions.make_edition, newsletter.slug, at, contents, planned=planned, now=now
            )
            failpoint.reach("after-make")
            if planned and newsletter.approval.policy != "auto":
                return Published(made, made=True)
            return _freeze(db, newsletter, made, setting.words, now)
        except TakenError:
            continue  # somebody was faster: look again at what is there now
    raise TakenError(
        f"{newsletter.slug}: other processes make editions at this very moment; try again"
    )


def _refuse(
    db: Database, slug: str, at: datetime, why: str, planned: bool, now: datetime
) -> StoredEdition:
    """Hold a planned edition; somebody who asked by hand is there to mend it."""
    if not planned:
        raise FaultyError(f"{slug}: can't go out like this: {why}. `digest lint` says more")
    faulty = EditionReason.FAULTY
    return db.write(editions.hold, slug, at, FAULTY + why, faulty, planned=planned, now=now)


def approve(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    draft: StoredEdition,
    now: datetime,
) -> Published:
    """Freeze a draft. It stays as it was drawn up, whatever its articles say by now.

    Raises WithheldError if one of them was hidden or removed since.
    """
    if gone := db.read(visibility.withheld_of_edition, draft.id):
        raise WithheldError(draft, gone)
    encoded = db.read(encoded_editions.encoded_edition, draft.id)
    anew = plan(db, newsletter, draft.at).edition
    setting = factory.set(anew) if anew else None
    same = anew and setting and factory.encode(anew, setting).html == encoded.html
    words = setting.words if same and setting else partial(plain_words, encoded)
    return _freeze(db, newsletter, draft, words, now)


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
    frozen = db.read(editions.by_id, draft.id)
    assert frozen is not None
    return Published(frozen, made=True, audience=readers)


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


def publish_due(
    db: Database, factory: MessageFactory, newsletters: Sequence[Newsletter], now: datetime
) -> list[Event]:
    """Do what the timetable asks for: at most one edition per newsletter, however many slots
    passed; and approve the drafts whose time to object is over.
    """
    events: list[Event] = []
    for newsletter in newsletters:
        events += _publish_slot(db, factory, newsletter, now)
        events += _approve_drafts(db, factory, newsletter, now)
    return events


def _publish_slot(
    db: Database, factory: MessageFactory, newsletter: Newsletter, now: datetime
) -> list[Event]:
    _, known_since = db.write(slots.know, newsletter.slug, now)
    last = db.read(slots.last_slot, newsletter.slug)
    since = max(known_since, last) if last else known_since
    decision = due_slot(
        newsletter.schedule, ZoneInfo(newsletter.timezone), newsletter.late, since, now
    )
    if decision is None:
        return []
    slug, at = newsletter.slug, decision.slot
    try:
        if decision.do is Do.SEND:
            published = publish(db, factory, newsletter, at, now, planned=True)
            kept = published.edition
            if not published.made and kept.state is not EditionState.HELD:
                return []  # another scheduler made it, or somebody by hand
            return [Event(slug, at, kept.state, kept.why or decision.why, kept.id)]
        outcome = "skipped" if decision.do is Do.SKIP else "asked"
        db.write(slots.decide, slug, at, outcome, decision.why, planned=True, now=now)
        return [Event(slug, at, outcome, decision.why)]
    except TakenError:
        return []  # another scheduler has it


def _approve_drafts(
    db: Database, factory: MessageFactory, newsletter: Newsletter, now: datetime
) -> list[Event]:
    events = []
    for draft in db.read(editions.drafts):
        if draft.newsletter != newsletter.slug:
            continue
        if why := _approved(db, newsletter, draft, now):
            if db.read(visibility.withheld_of_edition, draft.id):
                continue  # a person has to look; `digest check` and the draft itself say why
            kept = approve(db, factory, newsletter, draft, now).edition
            events.append(Event(newsletter.slug, draft.at, kept.state, why, kept.id))
    return events


def _approved(db: Database, newsletter: Newsletter, draft: StoredEdition, now: datetime) -> str:
    """Why a draft waits no longer; "" if it does."""
    approval = newsletter.approval
    if approval.policy == "auto" or db.read(audience.begun, draft.id):
        return "it was approved before, and not finished"
    if approval.policy == "auto_after" and draft.made + approval.delay <= now:
        return f"nobody objected for {approval.delay}"
    return ""
