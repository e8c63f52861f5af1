"""The list of readers, out: all that an import needs to have them as they were."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TextIO

from digest.core.readers.delivery_options import Calendar
from digest.core.readers.row_standing import KEPT_COLUMNS
from digest.core.readers.subscriber_csv import CSV_COLUMNS
from digest.core.readers.subscriber_csv_writer import kept_cells, said_by_status, write_row
from digest.core.text.email_address import address_key
from digest.store.database.database import Database, Tx
from digest.store.newsletters import slots
from digest.store.readers import restore, subscribers

READERS_AT_ONCE = 500


def export_csv(
    db: Database, out: TextIO, calendar: Calendar, newsletters: Sequence[str] = ()
) -> int:
    """Write every reader as CSV; returns how many. Breaks that are over by then leave no trace.

    Two more columns say what no other list does, where there is something to say: standings by
    newsletter, why and since when somebody isn't mailed, what they agreed to, who was forgotten.
    `newsletters` are those of the config: who reads not all of them is such a case.
    """
    return db.read(_export, out, calendar, newsletters)


def export_rows(db: Database, calendar: Calendar) -> list[dict[str, str]]:
    """Every reader as a row of the export, by column, with both more columns."""
    return db.read(lambda tx: list(_rows(tx, calendar, whole=True)))


def _export(tx: Tx, out: TextIO, calendar: Calendar, newsletters: Sequence[str]) -> int:
    whole = _says_more(tx, newsletters)
    columns = (*CSV_COLUMNS, *KEPT_COLUMNS) if whole else CSV_COLUMNS
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for row in _rows(tx, calendar, whole=whole):
        writer.writerow(row)
        count += 1
    if whole:
        for mark in restore.marks_held(tx):
            writer.writerow({"email": mark, "status": "unsubscribed"})
    return count


def _rows(tx: Tx, calendar: Calendar, *, whole: bool) -> Iterator[dict[str, str]]:
    if not whole:
        yield from (write_row(reader, calendar) for reader in subscribers.all_subscribers(tx))
        return
    readers = subscribers.all_subscribers(tx)
    while some := list(islice(readers, READERS_AT_ONCE)):
        consents = restore.consents_of(tx, [address_key(one.email) for one in some])
        for reader in some:
            kept = kept_cells(reader, consents.get(address_key(reader.email), ()))
            yield write_row(reader, calendar) | kept


def _says_more(tx: Tx, every: Sequence[str]) -> bool:
    """Whether there is more to say than one word for all newsletters of each reader."""
    if restore.any_consent(tx) or next(restore.marks_held(tx), None) is not None:
        return True
    newsletters = {*every, *slots.newsletters_read(tx)}
    readers = subscribers.all_subscribers(tx)
    return not all(said_by_status(reader, newsletters) for reader in readers)
