"""From the bytes of a feed to its items: RSS 0.9 to 2.0, Atom, JSON Feed.

feedparser gets bytes only: whatever it is handed otherwise it takes for the name of a file or for
an address, and opens it. How long it takes is in the hands of whoever wrote the feed, so foreign
feeds are parsed by `feeds.worker.isolated`.
"""

import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import feedparser

from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.feed import json_feed, media
from digest.feeds.feed.entry import (
    FeedEntry,
    Parsed,
    absolute,
    entry_moment,
    parsed,
    text_to_html,
    text_to_paragraphs,
)
from digest.feeds.feed.limit_entries import MOST_ENTRIES, breaks_off, trimmed
from digest.feeds.feed.recode import as_utf8

_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_OPML = re.compile(rb"<opml\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!]", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def parse_feed(
    body: bytes,
    source: str,
    url: str = "",
    content_type: str = "",
    zone: tzinfo = UTC,
    most: int = MOST_ENTRIES,
) -> Parsed:
    """Read a feed. `source` is what its items are said to be from, `url` where it was found.

    A day without a time is midnight in `zone`. Raises ArticleError with the reason if it is none.
    """
    if json_feed.is_json(body):
        return json_feed.parse_json_feed(body, source, url, zone, most)
    text = as_utf8(body, content_type)
    if not text.strip():
        raise ArticleError("not a feed: the answer is empty")
    data, total = trimmed(text, most)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # Our own sanitiser does that, and what it has not seen is never used.
        found = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,  # absolute() does that, and in a third of the time
        )
    except Exception as error:  # markup that is broken enough makes it stumble over itself
        raise ArticleError("a feed too broken to be read") from error
    if not found.entries and (not found.version or _PAGE.match(body[:5000])):
        raise ArticleError(_refusal(body))
    feed_authors = _authors(found.feed) if found.version.startswith("atom") else ()
    entries = [_entry(one, feed_authors, url, zone) for one in found.entries]
    if not entries and found.bozo:
        raise ArticleError("a broken feed without any whole entry")
    cut = bool(found.bozo) and breaks_off(data)
    made = parsed(entries[:-1] if cut else entries, source, max(total - cut, 0), most)
    if cut:
        return Parsed(made.items, ("it breaks off; its last entry was left out", *made.notes))
    return made


def _refusal(body: bytes) -> str:
    start = body[:5000]
    if _PAGE.match(start):
        return "a web page, not a feed"
    if _OPML.search(start):
        return "a list of feeds, not a feed; name each as [[feed]] in the config"
    return "not a feed"


def _entry(
    one: Mapping[str, Any], feed_authors: tuple[str, ...], url: str, zone: tzinfo
) -> FeedEntry:
    body, summary = _body(one), _html(_detail(one, "summary_detail"))
    return FeedEntry(
        title=_html(_detail(one, "title_detail")),
        body=body,
        summary="" if summary == body else summary,
        authors=_authors(one) or feed_authors,
        published=_published(one, zone),
        url=str(one.get("feedburner_origlink") or one.get("link") or "").strip(),
        guid=str(one.get("id") or ""),
        categories=tuple(_categories(one)),
        images=media.pictures(one, url),
        audio_url=media.entry_recording(one, url),
    )


def _body(one: Mapping[str, Any]) -> str:
    """The longest text that an entry has."""
    texts = [_html(part) for part in _details(one, "content")]
    return max(texts, key=len, default="")


def _details(one: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """What feedparser has several of; an element of the same name can put text in its place."""
    value = one.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _detail(one: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = one.get(key)
    return value if isinstance(value, Mapping) else {}


def _html(detail: Mapping[str, Any]) -> str:
    text = str(detail.get("value") or "")
    if detail.get("type") == "text/plain":
        return text_to_html(text)
    # What is called HTML and has no tags was written as text.
    if not _TAG.search(text):
        return text_to_paragraphs(text)
    return absolute(text, str(detail.get("base") or ""))


def _authors(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_name(each) for each in _details(one, "authors") if each.get("name"))


def _name(author: Mapping[str, Any]) -> str:
    """Return a name. feedparser cuts addresses of newer domains apart: "ple (Ada Park"."""
    name = str(author["name"])
    return name.rpartition("(")[2] if author.get("email") else name


def _published(one: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    for key in ("published", "created", "updated"):
        if key not in one:  # feedparser would give another in its place
            continue
        said, read = str(one.get(key) or ""), one.get(f"{key}_parsed")
        if said and (when := entry_moment(said, zone, _instant(read))):
            return when
    return None


def _instant(read: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(read), UTC) if read else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _categories(one: Mapping[str, Any]) -> Iterator[str]:
    for tag in _details(one, "tags"):
        name = prose.one_line(str(tag.get("label") or tag.get("term") or ""))
        if name and len(name) < 100 and not _ADDRESS.match(name):
            yield text_to_html(name)
