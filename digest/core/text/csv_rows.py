"""CSV: lines to rows. A row that can't be read hides no other; where all is well, it is quick."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from digest.core.text.prose import one_line

MAX_ROW_CHARS = 100_000
"""Characters of a row that is read at all."""
MOST_LINES = 100
"""Lines of a row: a quotation mark that is open for longer was never closed."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell instead of showing it (OWASP: CSV injection)."""
LINES_PER_BLOCK = 500
"""Lines that are looked at together; of more, a processor has the first forgotten at the last."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the first line of a list says. `unknown` are names that mean nothing to us."""

    names: tuple[str, ...]
    delimiter: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of a row by column, or why it can't be read; it is on these lines, from 1."""

    line: int
    end: int
    cells: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RowBlock:
    """The cells of lines that are a row each, the first of them on `line`; some may be empty."""

    line: int
    cells: list[list[str]]


def read_rows(lines: Iterable[str], of: Columns) -> Iterator[CsvRow]:
    """The rows below the header, without empty ones."""
    for found in read_blocks(lines, of):
        if isinstance(found, CsvRow):
            yield found
            continue
        for line, cells in enumerate(found.cells, found.line):
            if any(cell.strip() for cell in cells):
                yield CsvRow(line, line, dict(zip(of.names, cells, strict=False)))


def read_blocks(
    lines: Iterable[str], of: Columns, together: int = LINES_PER_BLOCK
) -> Iterator[RowBlock | CsvRow]:
    """The rows below the header in their order: by the block where each is a line, else singly."""
    feed = _Feed(lines)
    while taken := feed.take(together):
        cells = _simple(taken, of.delimiter)
        if cells is None:
            yield from _rows(feed, of, feed.line)
        else:
            yield RowBlock(feed.line - len(taken) + 1, cells)


def _simple(lines: list[str], delimiter: str) -> list[list[str]] | None:
    """The rows of these lines, where each line is one and nothing is wrong with any."""
    if max(map(len, lines)) > MAX_ROW_CHARS:
        return None
    try:
        found = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found if len(found) == len(lines) else None


def _rows(feed: "_Feed", of: Columns, last: int) -> Iterator[CsvRow]:
    """The lines that were just taken, one row after the other, until the line `last` is done."""
    feed.take_back(0)
    reader = csv.reader(feed, delimiter=of.delimiter)
    while feed.line < last:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _OverlongError) as error:
            yield CsvRow(feed.first, feed.first, fault=str(error))
            feed.take_back()
            continue
        if feed.ended and feed.taken:
            yield CsvRow(feed.first, feed.first, fault=_OPEN)
            feed.take_back()
        elif any(cell.strip() for cell in cells):
            yield CsvRow(feed.first, feed.line, dict(zip(of.names, cells, strict=False)))


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

    def take(self, count: int) -> list[str]:
        """So many lines at once, fewer at the end."""
        again = [self._again.popleft() for _ in range(min(count, len(self._again)))]
        self.taken = again + list(islice(self._lines, count - len(again)))
        self.line += len(self.taken)
        return self.taken

    def begin(self) -> None:
        """The next line begins a row."""
        self.taken, self._size, self.ended = [], 0, False

    @property
    def first(self) -> int:
        """The line on which the row in hand begins."""
        return self.line - len(self.taken) + 1

    def take_back(self, kept: int = 1) -> None:
        """Give the lines in hand again, but for the first so many."""
        self.line -= len(self.taken) - kept
        self._again.extendleft(reversed(self.taken[kept:]))

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
        if len(line) > MAX_ROW_CHARS:
            raise _OverlongError("this line is too long to be a reader")
        if self._size > MAX_ROW_CHARS or len(self.taken) > MOST_LINES:
            raise _OverlongError(_OPEN)
        return line


@lru_cache(maxsize=10_000)
def list_in_cell(text: str) -> tuple[str, ...]:
    """The parts of `a;b`, or of `a, b`."""
    separator = ";" if ";" in text else ","
    parts = (one_line(part) for part in bare_cell(one_line(text)).split(separator))
    return tuple(part for part in parts if part)


def bare_cell(text: str) -> str:
    """Without the apostrophe that kept a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
