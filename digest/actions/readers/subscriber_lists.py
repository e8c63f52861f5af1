"""Lists of readers, in and out."""

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.actions.readers.clear_states import expect_clear_states
from digest.actions.readers.list_file import columns_of, lines_of, opened
from digest.core.readers.delivery_options import Calendar
from digest.core.readers.list_states import ListState
from digest.core.readers.reader import AddedReader, Enrolment, NewReader, SubscriptionStanding
from digest.core.readers.reason import WEIGHTS, SuppressionReason
from digest.core.readers.row_standing import EXCLUDED, WAITS
from digest.core.readers.subscriber_csv import BadRow, Readers, readers
from digest.store.database.database import Database, Tx
from digest.store.newsletters import slots
from digest.store.readers.bulk_insert import ADDED
from digest.store.readers.bulk_subscribe import ERASED, enrol_all
from digest.store.readers.restore import restore_marks

LINES_PER_COMMIT = 10_000
"""Lines whose readers are enrolled in one transaction."""
MOST_TOLD = 1000
"""So many rows that are no readers are kept in mind; the report has them all."""

ReportRow = Callable[[int, str, str, str], None]
"""Hears of one row: its line, the address, what happened, and why."""
REJECTED = "rejected"


@dataclass(slots=True)
class NewsletterCounts:
    """How many readers of a list join a newsletter, leave it, and stay out of it as before."""

    joined: int = 0
    left: int = 0
    stayed_out: int = 0


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
    newsletters: dict[str, NewsletterCounts] = field(default_factory=dict)
    kept_out: int = 0
    """Of the rejected rows, those whose people must not be mailed, as their row says."""
    partly: int = 0
    """Of those who left earlier, those who still join or get one of these newsletters."""
    waiting: int = 0
    """Of the rejected rows, those whose people are neither mailed nor kept out."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a list is read, and for whom: `newsletters` that its readers join, `every` one that there
    is, who was forgotten (by the `secret`), what everybody in it is (`as_`; a stricter state of a
    row counts), and what its columns are (`mapping`, as of `csv_columns`).
    """

    newsletters: Sequence[str]
    secret: str
    every: Sequence[str] = ()
    as_: ListState | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


def import_list(
    path: Path,
    db: Database,
    options: ListOptions,
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
) -> Enrolled:
    """Enrol everybody in a CSV file; a bad row is reported and the rest goes on.

    Nobody who left comes back by this, and nobody's own choices are changed. `seen` hears of lines
    done, `told` of every row. Raises UsageError if the file is no list of readers, or if it isn't
    clear who of it may be mailed.
    """
    expect_clear_states(path, options.as_, options.mapping)
    sum_ = _Sum(options.newsletters)
    done = 0
    with opened(path) as file, _no_collector():
        columns = columns_of(path, file, options.mapping)
        for some in readers(lines_of(file), columns, calendar, LINES_PER_COMMIT):
            _hold_to(options.as_, some)
            taken = _enrol(db, some, options, calendar.now)
            sum_.add(some, taken, cadences="cadence" in columns.names)
            if told:
                _tell(told, some, taken)
            seen(some.end - done)
            done = some.end
    return sum_.enrolled(columns.unknown)


class _Sum:
    """Adds up what the parts of a list did."""

    def __init__(self, newsletters: Sequence[str]) -> None:
        self._counts: Counter[Enrolment] = Counter()
        self._rejected: list[BadRow] = []
        self._rejections = self._kept = self._kept_out = self._partly = self._waiting = 0
        self._named: set[str] = set()
        self._by_newsletter = {slug: NewsletterCounts() for slug in newsletters}

    def add(self, some: Readers, taken: Sequence[AddedReader], *, cadences: bool) -> None:
        plain = taken.count(ADDED)
        self._counts[Enrolment.ADDED] += plain
        for counts in self._by_newsletter.values():
            counts.joined += plain
        ours = taken[: len(some.readers)]
        for one in taken if plain < len(taken) else ():
            if one != ADDED:
                self._add_newsletters(one)
        if plain < len(ours):
            self._counts.update(one.result for one in ours if one != ADDED)
        self._waiting += sum(one.waits for one in some.bad)
        self._kept += sum(one.kept for one in ours if one != ADDED)
        self._partly += sum(
            len(one.stays_out) < len(self._by_newsletter)
            for one in ours
            if one.result is Enrolment.GONE and one != ERASED
        )
        self._kept_out += len(taken) - len(ours)
        self._rejections += len(some.bad)
        self._rejected += some.bad[: MOST_TOLD - len(self._rejected)]
        if cadences:
            self._named |= {slug for one in some.readers for slug, _ in one.wants.cadences}

    def _add_newsletters(self, one: AddedReader) -> None:
        for slug in one.joins or ():
            self._by_newsletter[slug].joined += 1
        for slug in one.leaves:
            self._by_newsletter[slug].left += 1
        for slug in one.stays_out:
            self._by_newsletter[slug].stayed_out += 1

    def enrolled(self, unknown: tuple[str, ...]) -> Enrolled:
        return Enrolled(
            {result: self._counts[result] for result in Enrolment},
            tuple(self._rejected),
            unknown,
            self._rejections,
            self._kept,
            tuple(sorted(self._named - {"", *self._by_newsletter})),
            self._by_newsletter,
            self._kept_out,
            self._partly,
            self._waiting,
        )


def _hold_to(as_: ListState | None, some: Readers) -> None:
    """Change these readers to what a person says that all of them are, where that is stricter."""
    if as_ in WAITS:
        waiting = [
            BadRow(line, WAITS[as_], reader.email, waits=True)
            for line, reader in zip(some.lines, some.readers, strict=True)
            if reader.standing is SubscriptionStanding.ACTIVE
        ]
        out = [
            (line, reader)
            for line, reader in zip(some.lines, some.readers, strict=True)
            if reader.standing is not SubscriptionStanding.ACTIVE
        ]
        some.lines, some.readers = [line for line, _ in out], [reader for _, reader in out]
        some.bad = sorted([*some.bad, *waiting], key=attrgetter("line"))
    elif as_ in EXCLUDED:
        reason = EXCLUDED[as_]
        some.readers = [_excluded(one, reason) for one in some.readers]
        some.bad = [
            replace(one, person=one.person and _excluded(one.person, reason)) for one in some.bad
        ]


def _excluded(reader: NewReader, reason: SuppressionReason) -> NewReader:
    gone = SubscriptionStanding.UNSUBSCRIBED
    if reader.standing is gone and WEIGHTS.index(reader.exclusion.reason) >= WEIGHTS.index(reason):
        return reader
    return reader._replace(standing=gone, exclusion=reader.exclusion._replace(reason=reason))


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
    options: ListOptions,
    calendar: Calendar,
    seen: Callable[[int], None] = lambda _: None,
    told: ReportRow | None = None,
) -> Enrolled:
    """What `import_list` would do: it is done, to a copy of the store. Raises what it raises."""
    with copied(db) as ours:
        return import_list(path, ours, options, calendar, seen, told)


@contextmanager
def copied(db: Database) -> Iterator[Database]:
    """A copy of the store to try something on."""
    with TemporaryDirectory(prefix="digest-") as folder:
        copy = Path(folder) / db.path.name
        db.copy_to(copy)
        ours = Database(copy)
        try:
            yield ours
        finally:
            ours.close()


def _enrol(
    db: Database, some: Readers, options: ListOptions, now: datetime
) -> Sequence[AddedReader]:
    """What became of the readers, then of those whose rows are none, and who are kept out."""
    found = [*some.readers, *(one.person for one in some.bad if one.person and one.kept_out)]
    if not found and not some.marks:
        return []
    return db.write(_take_in, found, some.marks, options, now)


def _take_in(
    tx: Tx, found: Sequence[NewReader], marks: Sequence[str], options: ListOptions, now: datetime
) -> list[AddedReader]:
    slots.know_all(tx, [*options.newsletters, *options.every], now)
    restore_marks(tx, marks, now)
    if not found:
        return []
    return enrol_all(tx, found, options.newsletters, now, options.secret)


def _tell(told: ReportRow, some: Readers, taken: Sequence[AddedReader]) -> None:
    """Every row of a part, in the order of the lines."""
    bad = deque((one.line, one.address, REJECTED, one.reason) for one in some.bad)
    for line, reader, one_taken in zip(some.lines, some.readers, taken, strict=False):
        while bad and bad[0][0] < line:
            told(*bad.popleft())
        told(line, reader.email, one_taken.result, one_taken.why)
    for row in bad:
        told(*row)
