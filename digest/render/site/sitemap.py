"""Sitemaps (sitemaps.org, protocol 0.9) and robots.txt (RFC 9309)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_SITEMAP_ENTRIES = 50_000
"""Addresses that one sitemap may have."""


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """A page, and when it last changed, where that is known."""

    url: str
    changed: datetime | None = None


def sitemap(places: Iterable[SitemapPage]) -> bytes:
    """A sitemap of these pages, at most MOST of them."""
    return _listed("urlset", "url", places)


def index(urls: Iterable[str]) -> bytes:
    """A list of sitemaps."""
    return _listed("sitemapindex", "sitemap", map(SitemapPage, urls))


def robots_txt(closed: Iterable[str], sitemap_url: str) -> str:
    """What asks robots to stay away from these paths, and shows them the rest."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return "\n".join((*lines, "", f"Sitemap: {sitemap_url}", ""))


def _listed(root: str, name: str, places: Iterable[SitemapPage]) -> bytes:
    tree = ET.Element(root, {"xmlns": _SITEMAP})
    for place in places:
        entry = ET.SubElement(tree, name)
        ET.SubElement(entry, "loc").text = place.url
        if place.changed:
            ET.SubElement(entry, "lastmod").text = place.changed.isoformat()
    content: bytes = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
    return content
