"""Articles from files: which files there are, how they are encoded, and who can read them."""

import codecs
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, tzinfo
from pathlib import Path

from digest.core.articles.article import Item
from digest.errors import ArticleError

LARGEST = 5_000_000
"""Bytes of a file that is read at all."""

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".ico"})
_XML = frozenset({".xml", ".rss", ".atom", ".rdf", ".opml"})
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
"""What a text begins with, and the encoding that it is in then."""
_FORMATS = (
    (b"%PDF", "a PDF; save its text as .txt"),
    (b"PK\x03\x04", "an office document or zip file; save its text as .txt"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"{\\rtf", "an RTF document; save its text as .txt"),
)
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE
)
_CHARSET_SAID = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,20})", re.IGNORECASE)
_BEFORE = r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*"
_PAGE = re.compile(rf"{_BEFORE}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(
    rf"{_BEFORE}(?:<!doctype\s+rss[^>]*>\s*)?<(?:rss|feed|rdf:rdf|opml)\b"
    r"|\s*\{(?=.*\bjsonfeed\.org\\?/version\b)",
    re.IGNORECASE | re.DOTALL,
)
_FRONT_MATTER = re.compile(r"(?:---|\+\+\+)[ \t]*\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield every file of these files and folders, once and in a stable order.

    Hidden files and folders, and pictures, are passed over unless named themselves. A path that
    doesn't exist or can't be opened is yielded like a file, so that `read` can say so and the rest
    goes on.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _files(path):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def read(path: Path, zone: tzinfo = UTC) -> list[Item]:
    """Return the articles in a file; dates without a time of day are midnight in `zone`.

    Raises ArticleError with the reason if it holds none or can't be read.
    """
    suffix = path.suffix.lower()
    data = _bytes(path)
    text = decode(data, is_page=suffix in _HTML)
    source = os.fsencode(path).decode("utf-8", "replace")
    start = text[:5000]
    is_page = bool(_PAGE.match(start))
    is_xml = suffix in _XML or start.lstrip().startswith("<?xml")
    if _FEED.match(start) or (is_xml and not is_page):
        return _saved_feed(data, source, zone)
    if suffix in _HTML or is_page:
        from digest.feeds.page import page  # half a second: only where there are pages

        return [page.read(text, source, zone)]
    from digest.feeds.file import markdown
    from digest.feeds.file import text_page as dump

    if suffix in _MARKDOWN or _FRONT_MATTER.match(text):
        return markdown.read_all(text, source, zone)
    return dump.read_all(text, source, zone)


def is_page(data: bytes, content_type: str = "") -> bool:
    """Whether what a server sent is a web page, and no feed that is only called one."""
    start = data[:5000].decode("latin-1").lstrip("\xef\xbb\xbf")
    if _PAGE.match(start):
        return True
    is_called = content_type.lower().startswith(("text/html", "application/xhtml"))
    return is_called and not _FEED.match(start) and not start.lstrip().startswith("<?xml")


def _saved_feed(data: bytes, source: str, zone: tzinfo) -> list[Item]:
    """Return everything that a feed holds: whoever saved it wants it all."""
    from digest.feeds.worker import isolated as apart

    items = apart.parse(data, source, zone=zone, most=sys.maxsize).items
    if not items:
        raise ArticleError("a feed with nothing to read in it")
    return list(items)


def decode(data: bytes, *, is_page: bool = False) -> str:
    """Return the text of a file: by its byte order mark, a page's own charset, UTF-8, or cp1252.

    Raises ArticleError if it is not text.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for mark, what in _FORMATS:
        if data.startswith(mark):
            raise ArticleError(what)
    if b"\0" in data or len(_CONTROL.findall(data)) > len(data) / 100:
        raise ArticleError("not a text file")
    declared = _CHARSET.search(data[:4096]) if is_page else None
    named = declared[1].decode("ascii") if declared else "utf-8"
    # Whatever could be read so far is no UTF-16 or UTF-32, whatever it says.
    for encoding in ("utf-8" if named.lower().startswith(("utf-16", "utf-32")) else named, "utf-8"):
        try:
            return str(data, encoding)
        except (UnicodeError, LookupError):
            continue
    return damaged(data)


def decoded(data: bytes, content_type: str) -> str:
    """Return the text of a page that a server sent: UTF-8 if it is, else as either of them says.

    Raises ArticleError if it is not text.
    """
    said = _CHARSET_SAID.search(content_type)
    with suppress(UnicodeError, LookupError):
        return str(data, "utf-8-sig")
    with suppress(UnicodeError, LookupError):
        if said and b"\0" not in data:
            return str(data, said[1])
    return decode(data, is_page=True)


def damaged(data: bytes) -> str:
    """Decode what is not quite UTF-8: as UTF-8 if most of it is, else as cp1252."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    return text if good > bad else data.decode("cp1252", "replace")


def _bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            next(path.iterdir(), None)
            raise ArticleError("a folder, not a file")
        if not stat.S_ISREG(found.st_mode):
            raise ArticleError("not a regular file")
        if found.st_size > LARGEST:
            raise ArticleError(f"too large for an article: over {LARGEST // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise ArticleError(reason) from None
    if not data.strip():
        raise ArticleError("no text: the file is empty")
    return data


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    try:
        entries = sorted(path.iterdir())
    except OSError:
        yield path
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.suffix.lower() in _PICTURES:
            continue
        # A link to a folder could lead round in a circle.
        if not (entry.is_symlink() and entry.is_dir()):
            yield from _files(entry)
