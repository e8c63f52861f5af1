"""Readers one by one: added, shown, removed, and leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.core.message.signed_token import verify
from digest.core.readers.reader import Enrolment, NewReader, Reader
from digest.core.text.email_address import address_key
from digest.errors import DigestError, UsageError
from digest.store.database.database import Database, Tx
from digest.store.readers import subscribers
from digest.store.readers.bulk_subscribe import enrol_all


def add_subscriber(
    db: Database, reader: NewReader, newsletters: Sequence[str], now: datetime, secret: str
) -> Enrolment:
    """Subscribe one reader. Raises DigestError if they left: only they can come back."""
    return db.write(_add, reader, newsletters, now, secret)


def _add(
    tx: Tx, reader: NewReader, newsletters: Sequence[str], now: datetime, secret: str
) -> Enrolment:
    ((result, *_),) = enrol_all(tx, [reader], newsletters, now, secret)
    if result is Enrolment.GONE:
        raise DigestError(  # and the transaction is undone
            f"{reader.email} left earlier or may not be mailed, so nothing was changed;"
            f" `digest subscribers show {reader.email}` says why"
        )
    return result


def show(db: Database, email: str) -> Reader:
    """Everything that we hold about a reader. Raises UsageError if it is nothing."""
    found = db.read(subscribers.find_subscriber, address_key(email))
    if found is None:
        raise UsageError(f"{email}: no such subscriber")
    return found


def remove_subscriber(db: Database, email: str, now: datetime) -> None:
    """End everything that goes to an address, for good. Raises UsageError if it is unknown."""
    if not db.write(subscribers.suppress_address, address_key(email), subscribers.REMOVED, now):
        raise UsageError(f"{email}: no such subscriber")


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """What an unsubscribe link is about. `email` is empty for the link of a preview."""

    subscription: int
    email: str
    newsletter: str
    left: bool


def subscription_of_link(db: Database, token: str, secret: str) -> UnsubscribeLink | None:
    """What a token stands for; None if we never signed it or the reader is forgotten."""
    subscription = verify("unsubscribe", token, secret)
    if subscription is None:
        return None
    if subscription == 0:
        return UnsubscribeLink(0, "", "", left=False)
    found = db.read(subscribers.subscription_by_id, subscription)
    if found is None:
        return None
    email, newsletter, standing = found
    return UnsubscribeLink(subscription, email, newsletter, left=standing != "active")


def subscription_ended(db: Database, subscription: int) -> datetime | None:
    """When a subscription ended; None if it didn't."""
    return db.read(subscribers.ended_at, subscription)


def unsubscribe(db: Database, link: UnsubscribeLink, now: datetime) -> None:
    """Unsubscribe at once and for good (RFC 8058); doing it again changes nothing."""
    if link.subscription:
        db.write(subscribers.end_subscription, link.subscription, "unsubscribed by their link", now)
