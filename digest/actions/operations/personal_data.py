"""What is held about one person: shown, and forgotten."""

from dataclasses import dataclass
from datetime import datetime

from digest.core.readers.erasure import erasure_mark, erasure_marks
from digest.core.readers.reader import Reader
from digest.core.text.email_address import address_key
from digest.errors import UsageError
from digest.store.database.database import Database
from digest.store.operations import personal_data
from digest.store.operations.personal_data import PersonRows
from digest.store.readers import subscribers


@dataclass(frozen=True, slots=True)
class Person:
    """All that the store holds; `reader` is None for one who only asked to become one."""

    reader: Reader | None
    held: PersonRows


def show_person(db: Database, email: str, secret: str) -> Person:
    """Everything that the store holds about an address. Raises UsageError if it is nothing."""
    found = db.read(personal_data.held_about, address_key(email))
    if not any(found.values()):
        raise _unknown(db, email, secret)
    return Person(db.read(subscribers.find_subscriber, address_key(email)), found)


def forget_person(db: Database, email: str, secret: str, now: datetime) -> bool:
    """Let go of all that tells who somebody is, but for a mark that no list gets past.

    False if its bytes may still stand in the file, because another program is at work with it:
    asked again, they are wiped. Raises UsageError for an address of which there is nothing.
    """
    known = db.write(
        personal_data.erase_person,
        address_key(email),
        erasure_mark(address_key(email), secret),
        now,
    )
    if not known and not _forgotten(db, email, secret):
        raise UsageError(f"{email}: no such subscriber")
    return db.wipe()


def _forgotten(db: Database, email: str, secret: str) -> bool:
    marks = erasure_marks(address_key(email), secret)
    return any(db.read(personal_data.forgotten, mark) for mark in marks)


def _unknown(db: Database, email: str, secret: str) -> UsageError:
    if _forgotten(db, email, secret):
        return UsageError(f"{email}: was forgotten; only a mark is kept that keeps it out of lists")
    return UsageError(f"{email}: no such subscriber")
