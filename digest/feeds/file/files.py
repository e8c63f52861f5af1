"""Articles from files: which files there are, how they are encoded, and who can read them."""

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from pathlib import Path

from digest.core.articles.article import Item
from digest.errors import ArticleError
from digest.feeds.file import wxr
from digest.feeds.html.charset import decode

MAX_FILE_BYTES = 5_000_000
"""Bytes of a file that is read at all."""

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".ico"})
_XML = frozenset({".xml", ".rss", ".atom", ".rdf", ".opml"})
_BEFORE = r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*"
_PAGE = re.compile(rf"{_BEFORE}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(
    rf"{_BEFORE}(?:<!doctype\s+rss[^>]*>\s*)?<(?:rss|feed|rdf:rdf|opml)\b"
    r"|\s*\{(?=.*\bjsonfeed\.org\\?/version\b)",
    re.IGNORECASE | re.DOTALL,
)
_FRONT_MATTER = re.compile(r"(?:---|\+\+\+)[ \t]*\n")


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


def read_file(path: Path, zone: tzinfo = UTC) -> list[Item]:
    """Return the articles in a file; dates without a time of day are midnight in `zone`.

    Raises ArticleError with the reason if it holds none or can't be read.
    """
    suffix = path.suffix.lower()
    data = _bytes(path)
    if wxr.is_wxr(data):
        return _of_wordpress(path, zone)
    text = decode(data, is_page=suffix in _HTML)
    source = os.fsencode(path).decode("utf-8", "replace")
    start = text[:5000]
    is_page = bool(_PAGE.match(start))
    is_xml = suffix in _XML or start.lstrip().startswith("<?xml")
    if _FEED.match(start) or (is_xml and not is_page):
        return _saved_feed(data, source, zone)
    if suffix in _HTML or is_page:
        from digest.feeds.page import page  # half a second: only where there are pages

        return [page.read_html_page(text, source, zone)]
    from digest.feeds.file import markdown, text_page

    if suffix in _MARKDOWN or _FRONT_MATTER.match(text):
        return markdown.read_markdowns(text, source, zone)
    return text_page.read_text_pages(text, source, zone)


def _of_wordpress(path: Path, zone: tzinfo) -> list[Item]:
    """The posts of an export of WordPress; those that aren't published are withheld."""
    counts = wxr.WxrCounts()
    items = list(wxr.read_wxr(path, os.fsencode(path).decode("utf-8", "replace"), zone, counts))
    if not items:
        broken = " that breaks off" if counts.cut else ""
        raise ArticleError(f"an export of WordPress{broken}, without any post")
    return items


def is_page(data: bytes, content_type: str = "") -> bool:
    """Whether what a server sent is a web page, and no feed that is only called one."""
    start = data[:5000].decode("latin-1").lstrip("\xef\xbb\xbf")
    if _PAGE.match(start):
        return True
    is_called = content_type.lower().startswith(("text/html", "application/xhtml"))
    return is_called and not _FEED.match(start) and not start.lstrip().startswith("<?xml")


def _saved_feed(data: bytes, source: str, zone: tzinfo) -> list[Item]:
    """Return everything that a feed holds: whoever saved it wants it all."""
    from digest.feeds.worker import isolated

    items = isolated.parse_feed_isolated(data, source, zone=zone, most=sys.maxsize).items
    if not items:
        raise ArticleError("a feed with nothing to read in it")
    return list(items)


def _bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            next(path.iterdir(), None)
            raise ArticleError("a folder, not a file")
        if not stat.S_ISREG(found.st_mode):
            raise ArticleError("not a regular file")
        if found.st_size > MAX_FILE_BYTES:
            raise ArticleError(f"too large for an article: over {MAX_FILE_BYTES // 1_000_000} MB")
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
