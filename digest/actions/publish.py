"""Make the editions that are due, or one by hand. Asking twice is harmless."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.actions.lint import FaultyError, refusal
from digest.actions.plan import plan
from digest.actions.press import Press
from digest.actions.sift import set_in_type
from digest.core.edition import EditionState
from digest.core.newsletter import Newsletter
from digest.core.notice import FAULTY
from digest.core.timetable import Do, due
from digest.store import audience, editions, slots
from digest.store.database import Database, Tx
from digest.store.editions import Contents, Kept
from digest.store.slots import TakenError


@dataclass(frozen=True, slots=True)
class Published:
    """An edition, and whether it was made just now."""

    edition: Kept
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


def moment(db: Database, newsletter: Newsletter, at: datetime | None, now: datetime) -> datetime:
    """The moment that a command without --at is about: that of an unfinished edition, else now."""
    if at is not None:
        return at
    open_one = db.read(editions.unfinished, newsletter.slug)
    return open_one.at if open_one else now


def publish(
    db: Database,
    press: Press,
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
            return Published(*db.write(_approve, found.id, now))
        if found and found.state is not EditionState.HELD:
            return Published(found, made=False)
        draft, setting = set_in_type(press, plan(db, newsletter, at))
        try:
            if draft.edition is None:
                held = db.write(
                    editions.hold, newsletter.slug, at, draft.why, planned=planned, now=now
                )
                return Published(held, made=False)
            contents = press.contents(draft.edition, draft.selection, setting)
            if why := refusal(press, contents, now):
                return Published(_refuse(db, newsletter.slug, at, why, planned, now), made=False)
            waits = planned and newsletter.approval.policy != "auto"
            return Published(*db.write(_make, newsletter.slug, at, contents, planned, waits, now))
        except TakenError:
            continue  # somebody was faster: look again at what is there now
    raise TakenError(
        f"{newsletter.slug}: other processes make editions at this very moment; try again"
    )


def _refuse(db: Database, slug: str, at: datetime, why: str, planned: bool, now: datetime) -> Kept:
    """Hold a planned edition; somebody who asked by hand is there to mend it."""
    if not planned:
        raise FaultyError(f"{slug}: can't go out like this: {why}. `digest lint` says more")
    return db.write(editions.hold, slug, at, FAULTY + why, planned=planned, now=now)


def _make(
    tx: Tx,
    slug: str,
    at: datetime,
    contents: Contents,
    planned: bool,
    waits: bool,
    now: datetime,
) -> tuple[Kept, bool, int]:
    made = editions.make(tx, slug, at, contents, planned=planned, now=now)
    if waits:
        return made, True, 0
    return _approve(tx, made.id, now)


def _approve(tx: Tx, edition: int, now: datetime) -> tuple[Kept, bool, int]:
    readers = audience.prepare(tx, edition, now)
    frozen = editions.by_id(tx, edition)
    assert frozen is not None
    return frozen, True, readers


def publish_due(
    db: Database, press: Press, newsletters: Sequence[Newsletter], now: datetime
) -> list[Event]:
    """Do what the timetable asks for: at most one edition per newsletter, however many slots
    passed; and approve the drafts whose time to object is over.
    """
    events: list[Event] = []
    for newsletter in newsletters:
        events += _publish_slot(db, press, newsletter, now)
        events += _approve_drafts(db, newsletter, now)
    return events


def _publish_slot(db: Database, press: Press, newsletter: Newsletter, now: datetime) -> list[Event]:
    _, known_since = db.write(slots.know, newsletter.slug, now)
    last = db.read(slots.last_slot, newsletter.slug)
    since = max(known_since, last) if last else known_since
    decision = due(newsletter.schedule, ZoneInfo(newsletter.timezone), newsletter.late, since, now)
    if decision is None:
        return []
    slug, at = newsletter.slug, decision.slot
    try:
        if decision.do is Do.SEND:
            published = publish(db, press, newsletter, at, now, planned=True)
            kept = published.edition
            if not published.made and kept.state is not EditionState.HELD:
                return []  # another scheduler made it, or somebody by hand
            return [Event(slug, at, kept.state, kept.why or decision.why, kept.id)]
        outcome = "skipped" if decision.do is Do.SKIP else "asked"
        db.write(slots.decide, slug, at, outcome, decision.why, planned=True, now=now)
        return [Event(slug, at, outcome, decision.why)]
    except TakenError:
        return []  # another scheduler has it


def _approve_drafts(db: Database, newsletter: Newsletter, now: datetime) -> list[Event]:
    approval = newsletter.approval
    if approval.policy != "auto_after":
        return []
    events = []
    for draft in db.read(editions.drafts):
        if draft.newsletter == newsletter.slug and draft.made + approval.delay <= now:
            kept, _, _ = db.write(_approve, draft.id, now)
            why = f"nobody objected for {approval.delay}"
            events.append(Event(newsletter.slug, draft.at, kept.state, why, kept.id))
    return events
