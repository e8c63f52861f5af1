"""Write to one reader: please confirm, welcome, goodbye, and that a trial ends."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from digest.actions.delivery.mailer import Mailer
from digest.actions.editions.plan import plan
from digest.actions.message.message_factory import MessageFactory
from digest.core.delivery.smtp_outcome import Verdict, judge
from digest.core.editions.edition import EditionState
from digest.core.message.compose import OutgoingMessage
from digest.core.message.single_email import WayOut
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.timetable import next_slots
from digest.core.readers.trial_expiry import Reminder
from digest.render.message import letters
from digest.render.message.build_context import build_context
from digest.render.message.letters import Button, Latest, SignupRequest
from digest.store.database.database import Database
from digest.store.editions import editions
from digest.store.transactional.trial_expiry import Ending

SENT_OR_SENDING = frozenset({EditionState.SENDING, EditionState.SENT})
EDITIONS_LOOKED_AT = 200
"""So many of the newest editions are looked at for the latest one of a newsletter."""


class LetterContext(Protocol):
    """What letters are written with; actions.delivery.deliver.DeliveryContext is one."""

    @property
    def db(self) -> Database:
        """The open store."""

    @property
    def press(self) -> MessageFactory:
        """What makes messages."""

    @property
    def mailers(self) -> Callable[[], Mailer]:
        """Connections to where mail goes."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time."""


async def ask_to_confirm(desk: LetterContext, to: str, asked: SignupRequest, url: str) -> Verdict:
    """Ask the owner of an address whether they want what was asked for in their name.

    `url` is the link that confirms. How often somebody may be asked is for the caller to decide.
    """
    press, now = desk.press, desk.clock()
    local = replace(asked, at=asked.at.astimezone(ZoneInfo(press.publication.timezone)))
    content = letters.confirmation(press.say, press.publication, local, url)
    return await mail(desk, press.letter(content, to, about=f"confirm {url}", date=now))


async def send_welcome_letter(
    desk: LetterContext, to: str, newsletter: Newsletter, subscription: int
) -> Verdict:
    """Welcome a new reader, with what the latest edition began with, if there was one."""
    press, now = desk.press, desk.clock()
    latest = await asyncio.to_thread(_latest, desk, newsletter)
    upcoming = next_slots(newsletter.schedule, ZoneInfo(newsletter.timezone), now, 1)
    leave = press.unsubscribe_url(subscription)
    content = letters.welcome(
        press.say,
        press.publication,
        newsletter,
        upcoming[0].astimezone(ZoneInfo(newsletter.timezone)) if upcoming else None,
        latest,
        [
            Button(press.say.choose, press.preferences_url(subscription)),
            Button(press.say.leave, leave),
        ],
    )
    envelope = press.letter(
        content,
        to,
        about=f"welcome {subscription} {now.isoformat()}",
        date=now,
        way_out=WayOut(leave, newsletter.slug, newsletter.title),
    )
    return await mail(desk, envelope)


def _latest(desk: LetterContext, newsletter: Newsletter) -> Latest | None:
    """The lead of the newest edition that went out, and where all of it can be read."""
    kept = next(
        (
            one
            for one in desk.db.read(editions.newest_editions, EDITIONS_LOOKED_AT)
            if one.newsletter == newsletter.slug and one.state in SENT_OR_SENDING
        ),
        None,
    )
    edition = plan(desk.db, newsletter, kept.at).shown if kept else None
    if kept is None or edition is None:
        return None
    press = desk.press
    lead = build_context(edition, press.publication, press.say, press.web_url).lead.public
    return Latest(lead, f"{press.web_url}/archive/{newsletter.slug}/{kept.id}")


def of_the_end(
    desk: LetterContext, one: Ending, newsletter: Newsletter, reminder: Reminder
) -> OutgoingMessage:
    """Tell a reader that their tier ends soon."""
    press = desk.press
    leave = press.unsubscribe_url(one.subscription)
    links = [
        Button(press.say.choose, press.preferences_url(one.subscription)),
        Button(press.say.leave, leave),
    ]
    publication = press.publication
    return press.letter(
        letters.trial(press.say, publication, newsletter.title, one.until, reminder, links),
        one.email,
        about=f"{one.notice} {one.subscription}",
        date=desk.clock(),
        way_out=WayOut(leave, newsletter.slug, newsletter.title),
    )


def of_goodbye(
    desk: LetterContext, to: str, newsletter: Newsletter, undo: str, about: str, now: datetime
) -> OutgoingMessage:
    """Say that somebody was unsubscribed; `undo` is the link that takes it back."""
    press = desk.press
    content = letters.goodbye(press.say, press.publication, newsletter.title, to, undo)
    return press.letter(content, to, about=f"{about} {now.isoformat()}", date=now)


async def mail(desk: LetterContext, envelope: OutgoingMessage, attempt: int = 1) -> Verdict:
    """Hand one message over, on a connection of its own."""
    mailer = desk.mailers()
    try:
        # There is no ledger of letters to write in between.
        outcome = await mailer.offer(envelope) or await mailer.complete()
    finally:
        # What was said is known; a farewell that fails changes nothing.
        with suppress(Exception):
            await mailer.close()
    return judge(outcome, attempt, desk.clock())
