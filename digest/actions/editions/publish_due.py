"""Make and freeze the editions whose moment has come. Asking twice is harmless."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.actions.editions.drafts import (
    DraftMovedError,
    changes_since,
    draft_if_enough,
    redraw,
)
from digest.actions.editions.publish import freeze_draft, publish
from digest.actions.message.message_factory import MessageFactory
from digest.core.editions.edition import EditionState
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.timetable import (
    ON_TIME_WITHIN,
    Do,
    due_slot,
    judge_lateness,
    next_slots,
)
from digest.errors import UsageError
from digest.store.articles import visibility
from digest.store.database.database import Database
from digest.store.editions import audience, drafts, editions
from digest.store.editions.editions import StoredEdition
from digest.store.newsletters import slots
from digest.store.newsletters.slots import TakenError


@dataclass(frozen=True, slots=True)
class Event:
    """What the scheduler did about a slot, for the log and the admin."""

    newsletter: str
    at: datetime
    what: str
    why: str = ""
    edition: int | None = None


def publish_due(
    db: Database, factory: MessageFactory, newsletters: Sequence[Newsletter], now: datetime
) -> list[Event]:
    """Do what the timetable asks for: at most one edition per newsletter, however many slots
    passed; draw up the drafts of those that come; and freeze the drafts that may go.
    """
    events: list[Event] = []
    for newsletter in newsletters:
        events += _publish_slot(db, factory, newsletter, now)
        events += _draft_ahead(db, factory, newsletter, now)
        events += _freeze_drafts(db, factory, newsletter, now)
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


def _draft_ahead(
    db: Database, factory: MessageFactory, newsletter: Newsletter, now: datetime
) -> list[Event]:
    """Draw up the next edition before its moment, where that is wanted, and keep it up to date.

    Not any more once somebody edited or approved it.
    """
    if newsletter.draft_ahead is None:
        return []
    zone = ZoneInfo(newsletter.timezone)
    # A draft is brought up to date a last time when its moment has come.
    since = now - ON_TIME_WITHIN
    events = []
    for at in next_slots(newsletter.schedule, zone, since, 2):
        if at > now + newsletter.draft_ahead:
            break
        found = db.read(editions.at_moment, newsletter.slug, at)
        if found is None and at > now:
            made = draft_if_enough(db, factory, newsletter, at, now, planned=True)
            if made:
                events.append(Event(newsletter.slug, at, made.state, made.why, made.id))
        elif found and _is_untouched(db, found):
            with suppress(UsageError, DraftMovedError):  # it stays as it is
                if changes_since(db, factory, newsletter, found):
                    redraw(db, factory, newsletter, found, now)
    return events


def _is_untouched(db: Database, found: StoredEdition) -> bool:
    """Whether it is a draft that was made ahead, and nobody edited, approved or began to freeze."""
    return (
        found.state is EditionState.DRAFT
        and found.made < found.at
        and found.approved is None
        and not db.read(drafts.edits, found.id)
        and not db.read(audience.begun, found.id)
    )


def _freeze_drafts(
    db: Database, factory: MessageFactory, newsletter: Newsletter, now: datetime
) -> list[Event]:
    events = []
    for draft in db.read(editions.drafts):
        if draft.newsletter != newsletter.slug:
            continue
        if why := _approved(db, newsletter, draft, now):
            if db.read(visibility.withheld_of_edition, draft.id):
                continue  # a person has to look; `digest check` and the draft itself say why
            kept = freeze_draft(db, factory, newsletter, draft, now).edition
            events.append(Event(newsletter.slug, draft.at, kept.state, why, kept.id))
    return events


def _approved(db: Database, newsletter: Newsletter, draft: StoredEdition, now: datetime) -> str:
    """Why a draft waits no longer; "" if it does."""
    if db.read(audience.begun, draft.id):
        return "it was approved before, and not finished"
    if draft.at > now:
        return ""
    if draft.approved or newsletter.approval.policy == "auto":
        ahead = draft.made < draft.at
        do, why = judge_lateness(newsletter.late, now - draft.at)
        # What is drawn up late was judged before.
        return (why if ahead else "its moment has come") if not ahead or do is Do.SEND else ""
    approval = newsletter.approval
    if approval.policy == "auto_after" and draft.made + approval.delay <= now:
        return f"nobody objected for {approval.delay}"
    return ""


def freeze_due_drafts(
    db: Database, factory: MessageFactory, newsletters: Sequence[Newsletter], now: datetime
) -> list[Event]:
    """Freeze the drafts that may go and whose moment has come: for where no scheduler runs."""
    return [
        event
        for newsletter in newsletters
        for event in _freeze_drafts(db, factory, newsletter, now)
    ]
