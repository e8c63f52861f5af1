"""Lists of readers, in and out."""

import csv
import gc
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from digest.core.readers.delivery_options import Calendar
from digest.core.readers.reader import AddedReader, Enrolment
from digest.core.readers.subscriber_csv import (
    CSV_COLUMNS,
    BadRow,
    Readers,
    csv_columns,
    readers,
    write_row,
)
from digest.core.text.charset import encoding
from digest.core.text.csv_rows import MAX_ROW_CHARS, Columns
from digest.errors import UsageError
from digest.store.database.database import Database, Tx
from digest.store.readers import subscribers
from digest.store.readers.bulk_insert import ADDED
from digest.store.readers.bulk_subscribe import enrol_all

LINES_PER_COMMIT = 10_000
"""Lines whose readers are enrolled in one transaction."""
CHUNK = 1 << 18
"""Characters that are read at once."""


MOST_TOLD = 1000
"""So many rows that are no readers are kept in mind; the report has them all."""

ReportRow = Callable[[int, str, str, str], None]
"""Hears of one row: its line, the address, what happened, and why."""
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What importing a list did; the first of the rows that are no readers, and how many are."""

    counts: dict[Enrolment, int]
    rejected: tuple[BadRow, ...]
    ignored: tuple[str, ...] = ()
    """Columns whose names mean nothing to us."""
    rejections: int = 0
    kept: int = 0
    """Readers whose own choices stay, though the list has others."""
    elsewhere: tuple[str, ...] = ()
    """Newsletters that the list has cadences of, and that it is not taken in for."""


def import_list(
    path: Path,
    db: Database,
    newsletters: Sequence[str],
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
    *,
    secret: str,
) -> Enrolled:
    """Enrol everybody in a CSV file; a bad row is reported and the rest goes on.

    Nobody who left comes back by this, and nobody's own choices are changed. `seen` hears of lines
    done, `told` of every row. By the `secret` we know who was forgotten. Raises UsageError if the
    file is no list of readers.
    """
    counts: Counter[Enrolment] = Counter()
    rejected: list[BadRow] = []
    rejections = kept = 0
    done, named = 0, set[str]()
    with opened(path) as file, _no_collector():
        columns = _columns(path, file)
        for some in readers(_lines(file), columns, calendar, LINES_PER_COMMIT):
            taken = _enrol(db, some, newsletters, calendar.now, secret)
            counts[Enrolment.ADDED] += (plain := taken.count(ADDED))
            if plain < len(taken):
                counts.update(one.result for one in taken if one != ADDED)
                kept += sum(one.kept for one in taken)
            rejections += len(some.bad)
            rejected += some.bad[: MOST_TOLD - len(rejected)]
            if "cadence" in columns.names:
                named |= {slug for one in some.readers for slug, _ in one.wants.cadences}
            if told:
                _tell(told, some, taken)
            seen(some.end - done)
            done = some.end
    return Enrolled(
        {result: counts[result] for result in Enrolment},
        tuple(rejected),
        columns.unknown,
        rejections,
        kept,
        tuple(sorted(named - {"", *newsletters})),
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python from looking for cycles: rows make none, and looking takes a while."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def rehearse_list(
    path: Path,
    db: Database,
    newsletters: Sequence[str],
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
    *,
    secret: str,
) -> Enrolled:
    """What `import_list` would do: it is done, to a copy of the store. Raises what it raises."""
    with TemporaryDirectory(prefix="digest-") as folder:
        copy = Path(folder) / db.path.name
        db.copy_to(copy)
        ours = Database(copy)
        try:
            return import_list(path, ours, newsletters, calendar, seen, told, secret=secret)
        finally:
            ours.close()


def _enrol(
    db: Database, some: Readers, newsletters: Sequence[str], now: datetime, secret: str
) -> list[AddedReader]:
    if not some.readers:
        return []
    return db.write(enrol_all, some.readers, newsletters, now, secret)


def _tell(told: ReportRow, some: Readers, taken: Sequence[AddedReader]) -> None:
    """Every row of a part, in the order of the lines."""
    bad = deque(some.bad)
    for line, reader, one_taken in zip(some.lines, some.readers, taken, strict=True):
        while bad and bad[0].line < line:
            one = bad.popleft()
            told(one.line, one.address, REJECTED, one.reason)
        told(line, reader.email, one_taken.result, one_taken.why)
    for one in bad:
        told(one.line, one.address, REJECTED, one.reason)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a list as text, in the encoding that it is in."""
    try:
        with path.open("rb") as raw:

            def chunks() -> Iterator[bytes]:
                raw.seek(0)
                return iter(lambda: raw.read(CHUNK), b"")

            found = encoding(chunks)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    with path.open(encoding=found, errors="replace", newline="") as file:
        yield file


def _columns(path: Path, file: TextIO) -> Columns:
    try:
        return csv_columns(file.readline(MAX_ROW_CHARS))
    except ValueError as error:
        raise UsageError(f"{path}:1: {error}") from None


def _lines(file: TextIO) -> Iterator[str]:
    """The lines; of an absurdly long one only so much that it shows."""
    return chain.from_iterable(_parts(file))


def _parts(file: TextIO) -> Iterator[list[str]]:
    while text := file.read(CHUNK):
        end = file.readline(MAX_ROW_CHARS + 1)
        yield StringIO(text + end, newline="").readlines()
        while len(end) > MAX_ROW_CHARS and not end.endswith(("\n", "\r")):
            end = file.readline(MAX_ROW_CHARS + 1)


def export_csv(db: Database, out: TextIO, calendar: Calendar) -> int:
    """Write every reader as CSV; returns how many. Breaks that are over by then leave no trace."""
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    return db.read(_export, writer, calendar)


def export_rows(db: Database, calendar: Calendar) -> list[dict[str, str]]:
    """Every reader as a row of the export, by column."""
    readers = subscribers.all_subscribers
    return db.read(lambda tx: [write_row(reader, calendar) for reader in readers(tx)])


def _export(tx: Tx, writer: "csv.DictWriter[str]", calendar: Calendar) -> int:
    count = 0
    for reader in subscribers.all_subscribers(tx):
        writer.writerow(write_row(reader, calendar))
        count += 1
    return count
