"""Lists of readers as CSV: lines to rows, one row to a reader, and back."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from digest.core.address import key, parse
from digest.core.prose import one_line
from digest.core.reader import NewReader, Reader, Standing

COLUMNS = ("email", "name", "topics", "authors", "tier", "status")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell instead of showing it (OWASP: CSV injection)."""

ACTIVE = {"", "active", "subscribed", "enabled", "confirmed"}
GONE = {"unsubscribed", "left", "blocked", "blocklisted", "suppressed", "bounced", "inactive"}

LONGEST = 100_000
"""Characters of a row that is read at all."""
MOST_LINES = 100
"""Lines of a row: a quotation mark that is open for longer was never closed."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the first line of a list says. `unknown` are names that mean nothing to us."""

    names: tuple[str, ...]
    delimiter: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column, or why it can't be read; it is on these lines, from 1."""

    line: int
    end: int
    cells: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


def columns(header: str) -> Columns:
    """What the columns are, and what is between them. Raises ValueError with the reason."""
    if "\0" in header:
        raise ValueError("this is no text that we can read; save it as CSV in UTF-8")
    delimiter = max(",;\t", key=header.count)
    row = next(csv.reader([header], delimiter=delimiter), [])
    names = tuple(name.strip().lower() for name in row)
    if "email" not in names:
        raise ValueError(
            f"the first line must name the columns, email among them ({', '.join(COLUMNS)});"
            f" it is {header.strip()[:80]!r}"
        )
    for name in COLUMNS:
        if names.count(name) > 1:
            raise ValueError(f"the first line names the column {name} more than once")
    return Columns(names, delimiter, tuple(name for name in names if name not in {*COLUMNS, ""}))


def rows(lines: Iterable[str], of: Columns) -> Iterator[Row]:
    """The rows below the header, without empty ones. A row that can't be read hides no other."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=of.delimiter)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _OverlongError) as error:
            yield Row(feed.first, feed.first, fault=str(error))
            feed.take_back()
            continue
        if feed.ended and feed.taken:
            yield Row(feed.first, feed.first, fault=_OPEN)
            feed.take_back()
        elif any(cell.strip() for cell in cells):
            yield Row(feed.first, feed.line, dict(zip(of.names, cells, strict=False)))


_OPEN = "a quotation mark is opened here and never closed"


class _OverlongError(Exception):
    """A row that goes on for too long."""


class _Feed:
    """Gives the CSV reader its lines, and knows which of them make the row in hand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 1  # the header
        self.ended = False
        self._size = 0

    def begin(self) -> None:
        """The next line begins a row."""
        self.taken, self._size, self.ended = [], 0, False

    @property
    def first(self) -> int:
        """The line on which the row in hand begins."""
        return self.line - len(self.taken) + 1

    def take_back(self) -> None:
        """Give the row's lines again, but for its first."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.line = self.first

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.taken.append(line)
        self.line += 1
        self._size += len(line)
        if len(line) > LONGEST:
            raise _OverlongError("this line is too long to be a reader")
        if self._size > LONGEST or len(self.taken) > MOST_LINES:
            raise _OverlongError(_OPEN)
        return line


def read_row(row: Mapping[str, str]) -> NewReader:
    """A reader from a row with lower-case column names. Raises ValueError with the reason."""
    email = _bare(row.get("email", "").strip())
    if not email:
        raise ValueError("no address in the column email")
    try:
        address = parse(email)
    except ValueError as error:
        raise ValueError(f'"{one_line(email)[:100]}" {error}') from None
    if "\ufffd" in email:
        raise ValueError(f'"{email[:100]}" has a letter that could not be read; save as UTF-8')
    status = one_line(row.get("status", "")).lower()
    if status not in ACTIVE | GONE:
        raise ValueError(f'the status "{status[:100]}" is unknown; use active or unsubscribed')
    return NewReader(
        email=str(address),
        key=key(str(address)),
        name=_bare(one_line(row.get("name", ""))),
        tier=_bare(one_line(row.get("tier", ""))),
        topics=_list(row.get("topics", "")),
        authors=_list(row.get("authors", "")),
        standing=Standing.ACTIVE if status in ACTIVE else Standing.UNSUBSCRIBED,
    )


def write_row(reader: Reader) -> dict[str, str]:
    """A reader as a row that is safe to open in a spreadsheet and reads back as the same.

    Topics and authors that hold a semicolon are the exception: they come back as two.
    """
    active = any(one.standing is Standing.ACTIVE for one in reader.subscriptions)
    suppressed = any(not one.scope for one in reader.suppressions)
    values = {
        "email": reader.email,
        "name": one_line(reader.name),
        "topics": _joined(reader.topics),
        "authors": _joined(reader.authors),
        "tier": one_line(reader.tier),
        "status": "active" if active and not suppressed else "unsubscribed",
    }
    return {column: _quoted(value) for column, value in values.items()}


def _list(text: str) -> tuple[str, ...]:
    separator = ";" if ";" in text else ","
    parts = (one_line(part) for part in _bare(one_line(text)).split(separator))
    return tuple(part for part in parts if part)


def _joined(parts: tuple[str, ...]) -> str:
    """As `_list` reads them: "Lind, Mara;" is one author, "Lind, Mara" would be two."""
    text = ";".join(one_line(part) for part in parts)
    return f"{text};" if len(parts) == 1 and "," in text else text


def _quoted(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
