"""Show exactly what would be sent. The ledger is untouched."""

from dataclasses import dataclass
from datetime import datetime

from digest.actions.plan import Plan, plan
from digest.actions.press import NOBODY, Press
from digest.actions.sift import set_in_type
from digest.core.address import key
from digest.core.envelope import Envelope, Mould
from digest.core.newsletter import Newsletter
from digest.core.reader import Reader
from digest.core.sheet import standard
from digest.errors import DigestError, UsageError
from digest.render.findings import Finding
from digest.render.lint import lint_message
from digest.store import sheets, subscribers
from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as a reader would get it, the plan behind it, and what is wrong with it.

    If the plan is of an edition that is kept, these are its very bytes.
    """

    envelope: Envelope
    subject: str
    plan: Plan
    findings: tuple[Finding, ...]


class NothingToShowError(DigestError):
    """There is too little for an edition at this moment."""


def preview(
    db: Database,
    press: Press,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    reader: str = "",
    to: str = "",
) -> Preview:
    """Compose the message for this moment, from the frozen edition if there is one.

    `reader` is the address of a subscriber whose message it shall be; `to` sends it to another
    address, with links that unsubscribe nobody. Raises NothingToShowError, or UsageError for a
    reader that we don't know.
    """
    planned = plan(db, newsletter, at)
    kept = planned.kept
    if kept:
        sheet = db.read(sheets.sheet, kept.id)
    else:
        planned, setting = set_in_type(press, planned)
        if planned.edition is None or setting is None:
            raise NothingToShowError(f"{newsletter.slug}: no edition at this moment: {planned.why}")
        sheet = press.sheet(planned.edition, setting)
    mould, subject = Mould(standard(sheet)), sheet.words.subject
    who = _reader(db, reader) if reader else None
    recipient = press.recipient(
        edition=kept.id if kept else 0,
        delivery=0,
        subscription=_subscription(who, newsletter) if who and not to else NOBODY,
        email=to or (who.email if who else press.sender.address),
        name=who.name if who and not to else "",
    )
    envelope = press.message(mould, recipient, now)
    return Preview(envelope, subject, planned, tuple(lint_message(envelope.message)))


def _reader(db: Database, email: str) -> Reader:
    found = db.read(subscribers.find, key(email))
    if found is None:
        raise UsageError(f"{email}: no such subscriber; `digest subscribers export` lists them")
    return found


def _subscription(reader: Reader, newsletter: Newsletter) -> int:
    for subscription in reader.subscriptions:
        if subscription.newsletter == newsletter.slug:
            return subscription.id
    raise UsageError(f"{reader.email} is not subscribed to {newsletter.slug}")
