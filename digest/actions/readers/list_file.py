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
            refuse_what_is_no_text(path, raw.read(2048))

            def chunks() -> Iterator[bytes]:
                raw.seek(0)
                return iter(lambda: raw.read(CHUNK), b"")

            found = encoding(chunks)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    with path.open(encoding=found, errors="replace", newline="") as file:
        yield file


def refuse_what_is_no_text(path: Path, start: bytes) -> None:
    """Raise UsageError for what one takes for a list by mistake, from how its file begins."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in start:
        raise UsageError(f"{path}: this is an Excel file; save it there as CSV UTF-8")
    if start.startswith(b"PK\x03\x04"):
        raise UsageError(f"{path}: this is a zip; `digest migrate readers` takes it as it is")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{path}: this is an old Excel file; save it there as CSV UTF-8")
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise UsageError(
            f"{path}: this is a web page and no list: perhaps the page that asks to log in."
            " Download the list again, logged in"
        )
    if text.startswith((b"<?xml", b"%pdf", b"{\\rtf")):
        raise UsageError(f"{path}: this is no list of readers; save one as CSV in UTF-8")


def columns_of(path: Path, file: TextIO, mapping: Mapping[str, str]) -> Columns:
    """What its first line says. Raises UsageError where that is no header of a list."""
    return _columns_in(path, file.readline(MAX_ROW_CHARS), mapping)


def columns_and_lines(
    path: Path, file: TextIO, mapping: Mapping[str, str]
) -> tuple[Columns, Iterator[str], int]:
    """Likewise, then the lines below, and how many lines the header has: none where every line is
    an address.
    """
    first = file.readline(MAX_ROW_CHARS)
    if "@" in first and not any(mark in first for mark in ",;\t|"):
        return Columns(("email",), "\t", ()), chain([first], lines_of(file)), 0
    return _columns_in(path, first, mapping), lines_of(file), 1


def _columns_in(path: Path, header: str, mapping: Mapping[str, str]) -> Columns:
    try:
        return csv_columns(header, mapping)
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
