"""Lists of readers as CSV: a row to a reader, and back."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from digest.core.readers import delivery_options
from digest.core.readers.delivery_options import Calendar
from digest.core.readers.erasure import ERASED_PREFIX
from digest.core.readers.list_states import (
    email_column,
    plain,
    state_columns,
)
from digest.core.readers.reader import (
    NO_WANTS,
    NewReader,
    SubscriptionStanding,
    Wants,
)
from digest.core.readers.row_standing import (
    KEPT_COLUMNS,
    WaitingError,
    kept_of_row,
    stand_of_row,
    stands_of_rows,
)
from digest.core.text.csv_rows import (
    LINES_PER_BLOCK,
    Columns,
    CsvRow,
    RowBlock,
    bare_cell,
    list_in_cell,
    read_blocks,
)
from digest.core.text.email_address import address_key, parse_address, usual_keys
from digest.core.text.prose import one_line

CSV_COLUMNS = (
    "email",
    "name",
    "topics",
    "authors",
    "tier",
    "status",
    "tier_until",
    *delivery_options.OPTION_COLUMNS,
)


def csv_columns(header: str, mapping: Mapping[str, str] = MappingProxyType({})) -> Columns:
    """What the columns are, and what is between them. Raises ValueError with the reason.

    `mapping` says of columns, in any spelling, which of ours they are; "" for none.
    """
    if "\0" in header:
        raise ValueError("this is no text that we can read; save it as CSV in UTF-8")
    delimiter = max(",;\t|", key=header.count)
    row = next(csv.reader([header], delimiter=delimiter), [])
    names = _mapped([name.strip().lower() for name in row], mapping)
    if "email" not in names and (address := email_column(names)):
        names = tuple("email" if name == address else name for name in names)
    if "email" not in names:
        raise ValueError(
            f"the first line must name the columns, email among them ({', '.join(CSV_COLUMNS)});"
            f" it is {header.strip()[:80]!r}"
        )
    known = {*CSV_COLUMNS, *KEPT_COLUMNS, *state_columns(names)}
    for name in sorted(known):
        if names.count(name) > 1:
            raise ValueError(f"the first line names the column {name} more than once")
    known.add("")
    return Columns(names, delimiter, tuple(name for name in names if name not in known))


def _mapped(names: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    ours = {plain(name): to for name, to in mapping.items()}
    for name in mapping:
        if plain(name) not in map(plain, names):
            raise ValueError(f'there is no column "{name}"; there are: {", ".join(names)}')
    return tuple(ours.get(plain(name), name) for name in names)


C = TypeVar("C")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a list that is no reader; `line` counts from 1, the header included.

    `address` is what stood there for one; `person` is whose it is, if it can be read, and whether
    they must not be mailed all the same. `waits`: they are neither mailed nor kept out.
    """

    line: int
    reason: str
    address: str = ""
    person: NewReader | None = field(default=None, compare=False)
    waits: bool = field(default=False, compare=False)

    @property
    def kept_out(self) -> bool:
        """Whether the row says, beside what is wrong with it, that they must not be mailed."""
        return self.person is not None and self.person.standing is not SubscriptionStanding.ACTIVE


@dataclass(slots=True)
class Readers:
    """Readers of a list, the line of each, and the rows between them that are none."""

    readers: list[NewReader] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    end: int = 1
    """The last line that was looked at."""


def readers(
    lines: Iterable[str], of: Columns, calendar: Calendar, together: int = 5000
) -> Iterator[Readers]:
    """Everybody below the header, about so many lines at once; days are those of the calendar."""
    found, start = Readers(), 1
    for part in read_blocks(lines, of, min(together, LINES_PER_BLOCK)):
        if isinstance(part, CsvRow):
            _read_row(found, part, calendar)
        else:
            _read_block(found, part, of, calendar)
        if found.end >= start + together:
            yield found
            found, start = Readers(end=found.end), found.end
    yield found


def _read_row(into: Readers, row: CsvRow, calendar: Calendar) -> None:
    into.end = row.end
    if (email := row.cells.get("email", "").strip()).startswith(ERASED_PREFIX):
        into.marks.append(email)
        return
    try:
        if row.fault:
            raise ValueError(row.fault)
        into.readers.append(read_row(row.cells, calendar))
        into.lines.append(row.line)
    except ValueError as error:
        goes_on = f" (the row goes on to line {row.end}: is a quotation mark not closed?)"
        reason = f"{error}{goes_on if row.end > row.line else ''}"
        address = one_line(row.cells.get("email", ""))[:320]
        waits = isinstance(error, WaitingError)
        found = BadRow(row.line, reason, address, _person(row.cells), waits)
        if found.kept_out:
            found = replace(found, reason=f"{reason}; kept out all the same, as the list says")
        into.bad.append(found)


def _person(row: Mapping[str, str]) -> NewReader | None:
    try:
        person = read_row({"email": row.get("email", "")}, NO_CALENDAR)
        standing, exclusion = stand_of_row(row)
    except WaitingError:
        return person
    except ValueError:
        return None
    return person._replace(standing=standing, exclusion=exclusion)


def _read_block(into: Readers, block: RowBlock, of: Columns, calendar: Calendar) -> None:
    into.end = block.line + len(block.cells) - 1
    for start in range(0, len(block.cells), ROWS_PER_CHECK):
        some, line = block.cells[start : start + ROWS_PER_CHECK], block.line + start
        quick = _plain(some, of, calendar)
        if quick is not None:
            into.readers += quick
            into.lines += range(line, line + len(some))
            continue
        for number, cells in enumerate(some, line):
            if any(cell.strip() for cell in cells):
                row = dict(zip(of.names, cells, strict=False))
                _read_row(into, CsvRow(number, number, row), calendar)


NO_CALENDAR = Calendar(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
ROWS_PER_CHECK = 100
"""Rows that are looked at as one text."""
_ODD_LETTER = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u024f]")


def _plain(rows: list[list[str]], of: Columns, calendar: Calendar) -> list[NewReader] | None:
    """What `read_row` makes of these rows, in a tenth of the time; None if one is not so plain."""
    cells = list(zip(*rows, strict=False))  # of no more columns than the shortest row has
    if len(cells) < len(of.names):
        return None
    columns = dict(zip(of.names, cells, strict=False))
    if not columns.keys().isdisjoint(KEPT_COLUMNS):
        return None
    emails, nothing = columns["email"], ("",) * len(rows)
    names = columns.get("name", nothing)
    stands = stands_of_rows(columns, len(rows))
    keys = usual_keys(emails)
    if keys is None or _odd(names) or stands is None:
        return None
    tiers = columns.get("tier", nothing)
    try:
        ends = _ends(tiers, columns.get("tier_until"))
        wanted = _wanted(columns, len(rows), calendar)
    except ValueError:
        return None
    fields = zip(
        emails,
        keys,
        names,
        _each(_word, tiers),
        _each(list_in_cell, columns.get("topics", nothing)),
        _each(list_in_cell, columns.get("authors", nothing)),
        [standing for standing, _ in stands],
        ends,
        wanted,
        [exclusion for _, exclusion in stands],
        (None,) * len(rows),
        strict=True,
    )
    return list(map(partial(tuple.__new__, NewReader), fields))


def _odd(names: Sequence[str]) -> bool:
    """Whether one of them may be another after `one_line` and `bare_cell`."""
    text = f"| {' | '.join(filter(None, names)) or '|'} |"
    if not (text.isascii() and text.isprintable()) and _ODD_LETTER.search(text):
        return True
    return "  " in text or "| '" in text


def _each(read: Callable[[C], V], cells: Sequence[C]) -> list[V]:
    """What they say: one that occurs often is read once."""
    found = {cell: read(cell) for cell in set(cells)}
    return list(map(found.__getitem__, cells))


def _ends(tiers: Sequence[str], days: Sequence[str] | None) -> Sequence[date | None]:
    if days is None:
        return (None,) * len(tiers)
    both = list(zip(tiers, days, strict=True))
    return _each(lambda cells: delivery_options.last_day(*cells), both)


def _wanted(columns: Mapping[str, Sequence[str]], rows: int, calendar: Calendar) -> Sequence[Wants]:
    if columns.keys().isdisjoint(delivery_options.OPTION_COLUMNS):
        return (NO_WANTS,) * rows
    nothing = ("",) * rows
    said = list(
        zip(*(columns.get(name, nothing) for name in delivery_options.OPTION_COLUMNS), strict=True)
    )
    return _each(lambda cells: delivery_options.parse_options(cells, calendar), said)


def read_row(row: Mapping[str, str], calendar: Calendar) -> NewReader:
    """A reader from a row with lower-case column names. Raises ValueError with the reason."""
    email = bare_cell(row.get("email", "").strip())
    if not email:
        raise ValueError("no address in the column email")
    try:
        address = parse_address(email)
    except ValueError as error:
        raise ValueError(f'"{one_line(email)[:100]}" {error}') from None
    if "\ufffd" in email:
        raise ValueError(f'"{email[:100]}" has a letter that could not be read; save as UTF-8')
    standing, exclusion = stand_of_row(row)
    return NewReader(
        email=str(address),
        key=address_key(str(address)),
        name=bare_cell(one_line(row.get("name", ""))),
        tier=_word(row.get("tier", "")),
        topics=list_in_cell(row.get("topics", "")),
        authors=list_in_cell(row.get("authors", "")),
        standing=standing,
        tier_until=delivery_options.last_day(row.get("tier", ""), row.get("tier_until")),
        wants=delivery_options.parse_options(
            [row.get(name, "") for name in delivery_options.OPTION_COLUMNS], calendar
        ),
        exclusion=exclusion,
        kept=kept_of_row(row),
    )


@lru_cache(maxsize=1000)
def _word(text: str) -> str:
    return bare_cell(one_line(text))
