"""A list of readers as a file: its encoding, its columns, its lines."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import TextIO

from digest.core.readers.subscriber_csv import csv_columns
from digest.core.text.charset import encoding
from digest.core.text.csv_rows import MAX_ROW_CHARS, Columns
from digest.errors import UsageError

CHUNK = 1 << 18
"""Characters that are read at once."""


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


def columns_of(path: Path, file: TextIO, mapping: Mapping[str, str]) -> Columns:
    """What its first line says. Raises UsageError where that is no header of a list."""
    try:
        return csv_columns(file.readline(MAX_ROW_CHARS), mapping)
    except ValueError as error:
        raise UsageError(f"{path}:1: {error}") from None


def lines_of(file: TextIO) -> Iterator[str]:
    """The lines; of an absurdly long one only so much that it shows."""
    return chain.from_iterable(_parts(file))


def _parts(file: TextIO) -> Iterator[list[str]]:
    while text := file.read(CHUNK):
        end = file.readline(MAX_ROW_CHARS + 1)
        yield StringIO(text + end, newline="").readlines()
        while len(end) > MAX_ROW_CHARS and not end.endswith(("\n", "\r")):
            end = file.readline(MAX_ROW_CHARS + 1)
