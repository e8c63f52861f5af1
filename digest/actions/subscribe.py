"""Readers in and out: lists, single addresses, and leaving."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from digest.core.address import key
from digest.core.reader import Enrolment, NewReader, Reader
from digest.core.roster import (
    COLUMNS,
    LONGEST,
    Columns,
    Row,
    columns,
    read_row,
    rows,
    write_row,
)
from digest.core.token import verify
from digest.errors import DigestError, UsageError
from digest.store import subscribers
from digest.store.database import Database, Tx
from digest.store.enrolment import enrol_all

BATCH = 1000
"""Rows enrolled in one transaction."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a list that is no reader; `line` counts from 1, the header included."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What importing a list did."""

    counts: dict[Enrolment, int]
    rejected: tuple[BadRow, ...]
    ignored: tuple[str, ...] = ()
    """Columns whose names mean nothing to us."""


def import_list(
    path: Path,
    db: Database,
    newsletters: Sequence[str],
    now: datetime,
    seen: Callable[[int], None] = lambda _: None,
) -> Enrolled:
    """Enrol everybody in a CSV file; a bad row is reported and the rest goes on.

    Nobody who left comes back by this. `seen` hears of lines done. Raises UsageError if the file
    is no list of readers.
    """
    counts = dict.fromkeys(Enrolment, 0)
    rejected: list[BadRow] = []
    batch: list[NewReader] = []
    done = 0

    def flush(line: int) -> None:
        nonlocal done
        for result in db.write(enrol_all, batch, newsletters, now):
            counts[result] += 1
        batch.clear()
        seen(line - done)
        done = line

    with _opened(path) as file:
        columns = _columns(path, file)
        row = Row(1, 1)
        for row in rows(_lines(file), columns):
            try:
                batch.append(_reader(row))
            except ValueError as error:
                rejected.append(BadRow(row.line, str(error)))
            if len(batch) >= BATCH:
                flush(row.end)
    flush(row.end)
    return Enrolled(counts, tuple(rejected), columns.unknown)


def _reader(row: Row) -> NewReader:
    """Raises ValueError with the reason if it is none."""
    if row.fault:
        raise ValueError(row.fault)
    try:
        return read_row(row.cells)
    except ValueError as error:
        if row.end == row.line:
            raise
        raise ValueError(
            f"{error} (the row goes on to line {row.end}: is a quotation mark not closed?)"
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a list as text: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252."""
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    encoding = "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            codecs.getincrementaldecoder("utf-8-sig")().decode(start)
        except UnicodeDecodeError:
            encoding = "cp1252"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield file


def _columns(path: Path, file: TextIO) -> Columns:
    try:
        return columns(file.readline(LONGEST))
    except ValueError as error:
        raise UsageError(f"{path}:1: {error}") from None


def _lines(file: TextIO) -> Iterator[str]:
    """The lines; of an absurdly long one only so much that it shows."""
    while line := file.readline(LONGEST + 1):
        rest = line
        while len(rest) > LONGEST and not rest.endswith(("\n", "\r")):
            rest = file.readline(LONGEST + 1)
        yield line


def add(db: Database, reader: NewReader, newsletters: Sequence[str], now: datetime) -> Enrolment:
    """Subscribe one reader. Raises DigestError if they left: only they can come back."""
    return db.write(_add, reader, newsletters, now)


def _add(tx: Tx, reader: NewReader, newsletters: Sequence[str], now: datetime) -> Enrolment:
    (result,) = enrol_all(tx, [reader], newsletters, now)
    if result is Enrolment.GONE:
        raise DigestError(  # and the transaction is undone
            f"{reader.email} left earlier or may not be mailed, so nothing was changed;"
            f" `digest subscribers show {reader.email}` says why"
        )
    return result


def show(db: Database, email: str) -> Reader:
    """Everything that we hold about a reader. Raises UsageError if it is nothing."""
    found = db.read(subscribers.find, key(email))
    if found is None:
        raise UsageError(f"{email}: no such subscriber")
    return found


def remove(db: Database, email: str, now: datetime) -> None:
    """End everything that goes to an address, for good. Raises UsageError if it is unknown."""
    if not db.write(subscribers.remove, key(email), "removed by hand", now):
        raise UsageError(f"{email}: no such subscriber")


def export(db: Database, out: TextIO) -> int:
    """Write every reader as CSV; returns how many."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    return db.read(_export, writer)


def everyone(db: Database) -> list[dict[str, str]]:
    """Every reader as a row of the export, by column."""
    return db.read(lambda tx: [write_row(reader) for reader in subscribers.everyone(tx)])


def _export(tx: Tx, writer: "csv.DictWriter[str]") -> int:
    count = 0
    for reader in subscribers.everyone(tx):
        writer.writerow(write_row(reader))
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Link:
    """What an unsubscribe link is about. `email` is empty for the link of a preview."""

    subscription: int
    email: str
    newsletter: str
    left: bool


def look(db: Database, token: str, secret: str) -> Link | None:
    """What a token stands for; None if we never signed it or the reader is forgotten."""
    subscription = verify("unsubscribe", token, secret)
    if subscription is None:
        return None
    if subscription == 0:
        return Link(0, "", "", left=False)
    found = db.read(subscribers.subscription, subscription)
    if found is None:
        return None
    email, newsletter, standing = found
    return Link(subscription, email, newsletter, left=standing != "active")


def ended(db: Database, subscription: int) -> datetime | None:
    """When a subscription ended; None if it didn't."""
    return db.read(subscribers.ended, subscription)


def leave(db: Database, link: Link, now: datetime) -> None:
    """Unsubscribe at once and for good (RFC 8058); doing it again changes nothing."""
    if link.subscription:
        db.write(subscribers.leave, link.subscription, "unsubscribed by their link", now)
