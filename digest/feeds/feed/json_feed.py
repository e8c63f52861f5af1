"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from digest.errors import ArticleError
from digest.feeds.feed import media
from digest.feeds.feed.entry import (
    FeedEntry,
    Parsed,
    absolute,
    absolute_link,
    entry_moment,
    parsed,
    text_to_html,
)
from digest.feeds.feed.recode import as_utf8

_VERSION = "jsonfeed.org/version/1"


def is_json(body: bytes) -> bool:
    """Whether this may be JSON and can't be XML."""
    return body[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith((b"{", b"["))


def parse_json_feed(body: bytes, source: str, url: str, zone: tzinfo, most: int) -> Parsed:
    """Read a JSON feed that was found at `url`. Raises ArticleError if it is none."""
    try:
        feed = json.loads(as_utf8(body), strict=False)  # line ends within strings
    except (ValueError, RecursionError):
        raise ArticleError("not a feed: broken JSON") from None
    if not isinstance(feed, dict) or _VERSION not in _word(feed, "version"):
        raise ArticleError("not a feed: JSON of another kind")
    entries = feed.get("items")
    found = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    authors = tuple(_authors(feed))
    made = [_entry(one, authors, url, zone) for one in found]
    return parsed(made, source, len(found), most)


def _entry(one: dict[str, Any], authors: tuple[str, ...], url: str, zone: tzinfo) -> FeedEntry:
    link = _word(one, "url") or _word(one, "external_url")
    body = _word(one, "content_html")
    tags = one.get("tags")
    return FeedEntry(
        title=text_to_html(_word(one, "title")),
        body=absolute(body, url) if body else text_to_html(_word(one, "content_text")),
        summary=text_to_html(_word(one, "summary")),
        authors=tuple(_authors(one)) or authors,
        published=entry_moment(_word(one, "date_published"), zone)
        or entry_moment(_word(one, "date_modified"), zone),
        url=absolute_link(url, link) if link else "",
        guid=_word(one, "id"),
        categories=tuple(
            text_to_html(tag) for tag in (tags if isinstance(tags, list) else ()) if _is_word(tag)
        ),
        images=media.json_pictures(one, url),
        audio_url=media.json_recording(one, url),
    )


def _authors(one: dict[str, Any]) -> Iterator[str]:
    several = one.get("authors")
    for author in several if isinstance(several, list) else [one.get("author")]:
        if isinstance(author, dict) and (name := _word(author, "name")):
            yield name


def _word(one: dict[str, Any], key: str) -> str:
    value = one.get(key)
    if isinstance(value, int) and not isinstance(value, bool):  # an id, of careless feeds
        return str(value)
    return value if isinstance(value, str) else ""


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
