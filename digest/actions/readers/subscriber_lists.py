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
from digest.core.readers.list_states import ListState, says_who_is_gone, state_columns, state_in
from digest.core.readers.reader import AddedReader, Enrolment, NewReader, SubscriptionStanding
from digest.core.readers.subscriber_csv import CSV_COLUMNS, BadRow, Readers, csv_columns, readers
from digest.core.readers.subscriber_csv_writer import write_row
from digest.core.text.charset import encoding
from digest.core.text.csv_rows import MAX_ROW_CHARS, Columns, read_rows
from digest.core.text.prose import one_line
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


def import_list(  # noqa: PLR0913 (each is an option of the command)
    path: Path,
    db: Database,
    newsletters: Sequence[str],
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
    *,
    secret: str,
    as_: ListState | None = None,
) -> Enrolled:
    """Enrol everybody in a CSV file; a bad row is reported and the rest goes on.

    Nobody who left comes back by this, and nobody's own choices are changed. `seen` hears of lines
    done, `told` of every row. By the `secret` we know who was forgotten. `as_` says of everybody in
    it what they are; what their row says counts if it is stricter. Raises UsageError if the file
    is no list of readers, or if it isn't clear who of it may be mailed.
    """
    expect_clear_states(path, as_)
    counts: Counter[Enrolment] = Counter()
    rejected: list[BadRow] = []
    rejections, kept, done, named = 0, 0, 0, set[str]()
    with opened(path) as file, _no_collector():
        columns = _columns(path, file)
        for some in readers(_lines(file), columns, calendar, LINES_PER_COMMIT):
            some.readers = _said_to_be(as_, some.readers)
            taken = _enrol(db, some, newsletters, calendar.now, secret)
            _count(counts, taken)
            kept += sum(one.kept for one in taken if one != ADDED)
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


def _count(counts: Counter[Enrolment], taken: Sequence[AddedReader]) -> None:
    counts[Enrolment.ADDED] += (plain := taken.count(ADDED))
    if plain < len(taken):
        counts.update(one.result for one in taken if one != ADDED)


def _said_to_be(as_: ListState | None, found: list[NewReader]) -> list[NewReader]:
    """These readers with what a person says that all of them are."""
    if as_ in {None, ListState.ACTIVE}:
        return found
    return [one._replace(standing=SubscriptionStanding.UNSUBSCRIBED) for one in found]


def expect_clear_states(path: Path, as_: ListState | None) -> None:
    """Read only the columns that say who may be mailed, and the name of the file.

    Raises UsageError where one of them isn't understood: nobody is mailed by a guess.
    """
    if as_ is None and says_who_is_gone(path.stem):
        raise UsageError(
            f"{path}: its name says that its people are not to be mailed. Say what they are:"
            " --as unsubscribed, --as bounced or --as complained; --as active if the name says"
            " something else"
        )
    with opened(path) as file:
        columns = _columns(path, file)
        asked = state_columns(columns.names)
        unknown: dict[str, Counter[str]] = {}
        for row in read_rows(_lines(file), columns) if asked else ():
            for name, column in asked.items():
                cell = row.cells.get(name, "")
                if not row.fault and state_in(column, cell) is None:
                    unknown.setdefault(name, Counter())[one_line(cell)[:40]] += 1
    if unknown:
        told = "; ".join(
            f"the column {name} has "
            + ", ".join(f'"{word}" ({count})' for word, count in words.most_common(5))
            for name, words in unknown.items()
        )
        raise UsageError(
            f"{path}: nothing was taken in, since it isn't clear who may be mailed: {told}. Write"
            " active, unsubscribed, bounced, complained or unconfirmed there; or take the column"
            " out, if it says something else"
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


def rehearse_list(  # noqa: PLR0913 (likewise)
    path: Path,
    db: Database,
    newsletters: Sequence[str],
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
    *,
    secret: str,
    as_: ListState | None = None,
) -> Enrolled:
    """What `import_list` would do: it is done, to a copy of the store. Raises what it raises."""
    with TemporaryDirectory(prefix="digest-") as folder:
        copy = Path(folder) / db.path.name
        db.copy_to(copy)
        ours = Database(copy)
        try:
            return import_list(
                path, ours, newsletters, calendar, seen, told, secret=secret, as_=as_
            )
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
