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
    def factory(self) -> MessageFactory:
        """What makes messages."""

    @property
    def mailers(self) -> Callable[[], Mailer]:
        """Connections to where mail goes."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time."""


async def ask_to_confirm(
    context: LetterContext, to: str, asked: SignupRequest, url: str
) -> Verdict:
    """Ask the owner of an address whether they want what was asked for in their name.

    `url` is the link that confirms. How often somebody may be asked is for the caller to decide.
    """
    factory, now = context.factory, context.clock()
    local = replace(asked, at=asked.at.astimezone(ZoneInfo(factory.publication.timezone)))
    content = letters.confirmation(factory.say, factory.publication, local, url)
    return await mail(context, factory.letter(content, to, about=f"confirm {url}", date=now))


async def send_welcome_letter(
    context: LetterContext, to: str, newsletter: Newsletter, subscription: int
) -> Verdict:
    """Welcome a new reader, with what the latest edition began with, if there was one."""
    factory, now = context.factory, context.clock()
    latest = await asyncio.to_thread(_latest, context, newsletter)
    upcoming = next_slots(newsletter.schedule, ZoneInfo(newsletter.timezone), now, 1)
    leave = factory.unsubscribe_url(subscription)
    content = letters.welcome(
        factory.say,
        factory.publication,
        newsletter,
        upcoming[0].astimezone(ZoneInfo(newsletter.timezone)) if upcoming else None,
        latest,
        [
            Button(factory.say.choose, factory.preferences_url(subscription)),
            Button(factory.say.leave, leave),
        ],
    )
    envelope = factory.letter(
        content,
        to,
        about=f"welcome {subscription} {now.isoformat()}",
        date=now,
        way_out=WayOut(leave, newsletter.slug, newsletter.title),
    )
    return await mail(context, envelope)


def _latest(context: LetterContext, newsletter: Newsletter) -> Latest | None:
    """The lead of the newest edition that went out, and where all of it can be read."""
    kept = next(
        (
            one
            for one in context.db.read(editions.newest_editions, EDITIONS_LOOKED_AT)
            if one.newsletter == newsletter.slug and one.state in SENT_OR_SENDING
        ),
        None,
    )
    edition = plan(context.db, newsletter, kept.at).shown if kept else None
    if kept is None or edition is None:
        return None
    factory = context.factory
    lead = build_context(edition, factory.publication, factory.say, factory.web_url).lead.public
    return Latest(lead, f"{factory.web_url}/archive/{newsletter.slug}/{kept.id}")


def of_the_end(
    context: LetterContext, one: Ending, newsletter: Newsletter, reminder: Reminder
) -> OutgoingMessage:
    """Tell a reader that their tier ends soon."""
    factory = context.factory
    leave = factory.unsubscribe_url(one.subscription)
    links = [
        Button(factory.say.choose, factory.preferences_url(one.subscription)),
        Button(factory.say.leave, leave),
    ]
    publication = factory.publication
    return factory.letter(
        letters.trial(factory.say, publication, newsletter.title, one.until, reminder, links),
        one.email,
        about=f"{one.notice} {one.subscription}",
        date=context.clock(),
        way_out=WayOut(leave, newsletter.slug, newsletter.title),
    )


def of_goodbye(
    context: LetterContext, to: str, newsletter: Newsletter, undo: str, about: str, now: datetime
) -> OutgoingMessage:
    """Say that somebody was unsubscribed; `undo` is the link that takes it back."""
    factory = context.factory
    content = letters.goodbye(factory.say, factory.publication, newsletter.title, to, undo)
    return factory.letter(content, to, about=f"{about} {now.isoformat()}", date=now)


async def mail(context: LetterContext, envelope: OutgoingMessage, attempt: int = 1) -> Verdict:
    """Hand one message over, on a connection of its own."""
    mailer = context.mailers()
    try:
        # There is no ledger of letters to write in between.
        outcome = await mailer.offer(envelope) or await mailer.complete()
    finally:
        # What was said is known; a farewell that fails changes nothing.
        with suppress(Exception):
            await mailer.close()
    return judge(outcome, attempt, context.clock())
