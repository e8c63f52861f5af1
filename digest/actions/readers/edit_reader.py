"""A reader's record, mended by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from digest.core.readers.erasure import erasure_marks
from digest.core.readers.reader import Reader
from digest.core.text.email_address import address_key, parse_address
from digest.errors import DigestError, UsageError
from digest.store.database.database import Database, Tx
from digest.store.operations import personal_data
from digest.store.readers import directory, subscribers
from digest.store.readers.directory import ReaderQuery


def look_up_readers(db: Database, query: ReaderQuery, limit: int) -> tuple[int, list[Reader]]:
    """How many readers there are of whom this is so, and the first so many, by address."""
    return db.read(directory.find_readers, query, limit)


def edit_reader(
    db: Database, email: str, details: Mapping[str, object], address: str, secret: str
) -> Reader:
    """Change what is held of a reader: details by column, and their address unless it is "".

    Raises UsageError for an address that isn't known, or can't be given to them.
    """
    return db.write(_edit, email, details, address, secret)


def _edit(tx: Tx, email: str, details: Mapping[str, object], address: str, secret: str) -> Reader:
    key = _known(tx, email)
    directory.change_details(tx, key, details)
    if address:
        try:
            fresh = str(parse_address(address))
        except ValueError as error:
            raise UsageError(f'"{address}" {error}') from None
        fresh_key = address_key(fresh)
        if fresh_key != key and directory.is_known(tx, fresh_key):
            raise UsageError(
                f"{fresh}: is a reader already, or may not be mailed;"
                f" `digest subscribers show {fresh}` says which"
            )
        if personal_data.marks_held_of(tx, erasure_marks(fresh_key, secret)):
            raise UsageError(f"{fresh}: was forgotten, and only its owner may come back")
        directory.change_address(tx, key, fresh_key, fresh)
        key = fresh_key
    found = subscribers.find_subscriber(tx, key)
    assert found is not None
    return found


def remove_from_newsletters(
    db: Database, email: str, newsletters: Sequence[str], now: datetime
) -> list[str]:
    """End these newsletters of a reader by hand; gives those that they read until now.

    Raises UsageError if the reader is unknown.
    """

    def remove(tx: Tx) -> list[str]:
        return directory.end_newsletters(tx, _known(tx, email), newsletters, now)

    return db.write(remove)


def take_back_removal(db: Database, email: str) -> list[tuple[str, str]]:
    """Take back that a reader was removed by hand, or that their address is dead.

    Raises UsageError if the reader is unknown, DigestError if there is nothing of that kind.
    """

    def take_back(tx: Tx) -> list[tuple[str, str]]:
        key = _known(tx, email)
        lifted = directory.lift_suppressions(tx, key)
        found = subscribers.find_subscriber(tx, key)
        if not lifted:
            why = "; ".join(one.why for one in found.suppressions) if found else ""
            raise DigestError(
                f"{email}: was not removed by hand, and the address isn't dead"
                + (f" ({why}): only they can take that back, by joining anew" if why else "")
            )
        return lifted

    return db.write(take_back)


def _known(tx: Tx, email: str) -> str:
    key = address_key(email)
    if subscribers.find_subscriber(tx, key) is None:
        raise UsageError(f"{email}: no such subscriber")
    return key
