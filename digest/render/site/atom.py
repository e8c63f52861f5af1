"""Feeds of editions and of articles (RFC 4287)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from digest.render.words.plain_text import sound

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedPost:
    """One edition or article: its title, a line about it, where it is, and its moment.

    `id` is its name for good; empty where that is its address.
    """

    title: str
    summary: str
    url: str
    at: datetime
    id: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[tuple[str, str], ...] = ()
    """Slug and name of each."""


def atom_feed(
    title: str, author: str, language: str, url: str, page: str, posts: Iterable[FeedPost]
) -> bytes:
    """The feed at `url` of what is on `page`, newest first. Without posts it is of 1970."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language or "en"})
    posts = list(posts)
    _add(root, "title", title)
    _add(root, "id", url)
    _add(root, "updated", posts[0].at.isoformat() if posts else "1970-01-01T00:00:00+00:00")
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": url})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _add(ET.SubElement(root, "author"), "name", author)
    for post in posts:
        _enter(ET.SubElement(root, "entry"), post)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _enter(entry: ET.Element, post: FeedPost) -> None:
    _add(entry, "title", post.title)
    _add(entry, "id", post.id or post.url)
    _add(entry, "published", post.at.isoformat())
    _add(entry, "updated", post.at.isoformat())
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": post.url})
    for name in post.authors:
        _add(ET.SubElement(entry, "author"), "name", name)
    for slug, name in post.topics:
        ET.SubElement(entry, "category", {"term": slug, "label": sound(name)})
    if post.summary:
        _add(entry, "summary", post.summary)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = sound(text)
