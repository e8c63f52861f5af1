"""Readers who join: asked for in a form, confirmed by the owner of the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.actions.transactional import letters
from digest.actions.transactional.letters import LetterContext
from digest.core.delivery.state import DeliveryState
from digest.core.message.signed_token import sign, verify
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.double_opt_in import (
    Consent,
    ConsentStage,
    Quota,
    Refusal,
    Wish,
    network_of,
    origin_fingerprint,
    signup_refusal,
)
from digest.core.readers.erasure import erasure_mark, erasure_marks
from digest.core.readers.reader import SubscriptionStanding
from digest.render.message.letters import SignupRequest
from digest.store.database.database import Database, Tx
from digest.store.editions import confirmed_signup
from digest.store.message.signing_keys import remember_first_key
from digest.store.operations import personal_data
from digest.store.readers import double_opt_in, subscribers

CONFIRM = "confirm"
"""What the tokens of confirmation links are for."""


@dataclass(frozen=True, slots=True)
class SignupForm:
    """What a visitor sent, checked. `origin` is their IP address, empty if unknown."""

    email: str
    key: str
    newsletters: tuple[Newsletter, ...]
    name: str
    text: str
    origin: str = ""

    def wish(self, secret: str) -> Wish:
        """What is kept of it."""
        return Wish(
            email=self.email,
            key=self.key,
            newsletters=tuple(newsletter.slug for newsletter in self.newsletters),
            form=self.name,
            text=self.text,
            network=origin_fingerprint(network_of(self.origin), secret),
            origin=origin_fingerprint(self.origin, secret),
            mark=erasure_mark(self.key, secret),
        )


def ask(db: Database, form: SignupForm, quota: Quota, secret: str, now: datetime) -> int | Refusal:
    """Write down that somebody asked, and give the number of the letter to send; or why not.

    Too many at once are turned away without a write, so that a flood doesn't hold up a send.
    """
    wish = form.wish(secret)
    held = db.read(personal_data.marks_held_of, erasure_marks(form.key, secret))
    wish = replace(wish, mark=next(iter(held), wish.mark))
    refused = signup_refusal(db.read(double_opt_in.recent_requests, wish, now), quota)
    if refused is Refusal.BUSY:
        return refused
    return db.write(_ask, wish, quota, secret, now)


def _ask(tx: Tx, wish: Wish, quota: Quota, secret: str, now: datetime) -> int | Refusal:
    counts = double_opt_in.recent_requests(tx, wish, now)
    refused = signup_refusal(counts, quota)
    if refused is Refusal.BUSY:
        return refused
    remember_first_key(tx, secret, now)
    # Also what goes no further is counted, so that the limits tell nobody which addresses we know.
    consent = double_opt_in.add_consent(tx, wish.unnamed() if counts.forgotten else wish, now)
    return refused or consent


async def write_to(
    context: LetterContext, consent: int, form: SignupForm, web_url: str, secret: str
) -> str:
    """Send the letter that asks for a yes; gives the state of it. It is sent once, or not at all.

    Who gets none, because the mail server is down, may ask again after a few minutes.
    """
    now = context.clock()
    asked = SignupRequest(tuple(one.title for one in form.newsletters), now, form.origin)
    url = f"{web_url}/confirm/{sign(CONFIRM, consent, secret)}"
    verdict = await letters.ask_to_confirm(context, form.email, asked, url)
    if verdict.state is DeliveryState.SENT:
        await context.db.writing(double_opt_in.mailed, consent, now)
    return str(verdict.state)


def consent_of_link(db: Database, token: str, secret: str) -> Consent | None:
    """What the token of a confirmation link stands for; None if it isn't ours, or is forgotten."""
    number = verify(CONFIRM, token, secret)
    return db.read(double_opt_in.consent_by_id, number) if number else None


def confirm_signup(
    db: Database, consent: Consent, origin: str, secret: str, now: datetime
) -> dict[str, int] | None:
    """Subscribe who confirmed; gives the subscriptions that begin, by newsletter.

    Nothing begins if it was confirmed before: who left since must not come back by an old link.
    None if the address may not be mailed.
    """
    return db.write(_confirm, consent, origin_fingerprint(origin, secret), now)


def _confirm(tx: Tx, consent: Consent, origin: str, now: datetime) -> dict[str, int] | None:
    if consent.stage(now) is not ConsentStage.OPEN or not double_opt_in.mark_confirmed(
        tx, consent.id, origin, now
    ):
        return {}
    return confirmed_signup.join(
        tx, consent.wish.email, consent.wish.key, consent.wish.newsletters, now
    )


def confirmed_subscription(db: Database, consent: Consent) -> int:
    """What the owner of an address has of what they agreed to, if anything: it opens their page."""
    reader = db.read(subscribers.find_subscriber, consent.wish.key)
    found = reader.subscriptions if reader else ()
    theirs = (one for one in found if one.newsletter in consent.wish.newsletters)
    return next((one.id for one in theirs if one.standing is SubscriptionStanding.ACTIVE), 0)


async def send_welcome(
    context: LetterContext, to: str, begun: Sequence[tuple[Newsletter, int]]
) -> None:
    """Welcome a new reader to each newsletter."""
    for newsletter, subscription in begun:
        await letters.send_welcome_letter(context, to, newsletter, subscription)


def forget_unconfirmed(db: Database, keep: timedelta, now: datetime) -> None:
    """Let go of what nobody confirmed in time, and of proofs that are no longer needed."""
    db.write(double_opt_in.delete_expired, keep, now)
