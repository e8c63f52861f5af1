"""Where HTML says that its pictures are.

The tags are looked for as text: a tree would be built for nothing, and what is found is only ever
an address to be checked and words to be escaped.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from digest.core.articles.article import ImageLink
from digest.core.articles.identity import canonical
from digest.core.text import prose

LONGEST_ALT = 300

_IMG = re.compile(r"<img\b([^>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LAZY = ("data-src", "data-original", "data-lazy-src")
_SETS = ("srcset", "data-srcset")
_CANDIDATE = re.compile(r"(\S+)\s+(\d{1,5})w")
_WIDTH = re.compile(r"\d{1,5}")
_NARROW = 120  # CSS pixels that a picture says it is shown in: an icon, a portrait, a counter
_FINE = 1200  # pixels that are enough
_MOST = 20  # tags of one text


def images_of(markup: str, base: str = "") -> Iterator[ImageLink]:
    """Yield the pictures in HTML, in their order, as addresses on the web.

    Without a `base` paths stay as they are written.
    """
    for number, tag in enumerate(_IMG.finditer(markup)):
        if number >= _MOST:
            return
        said = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _attributes(tag[1])}
        if any(_is_narrow(said.get(side, "")) for side in ("width", "height")):
            continue
        sources = (_best(said), *(said.get(name, "") for name in ("src", *_LAZY)))
        for source in sources:
            if found := image_link(source, base, said.get("alt", "")):
                yield found
                break


def image_link(source: str, base: str = "", alt: str = "", credit: str = "") -> ImageLink | None:
    """Return where a picture is; None if that is no place that one could look at."""
    url = place(source, base)
    if not url:
        return None
    return ImageLink(
        url, prose.shorten(prose.one_line(alt), LONGEST_ALT), prose.one_line(credit)[:200]
    )


def place(source: str, base: str = "") -> str:
    """Return an address on the web, or without a `base` also a path; else ""."""
    source = source.strip()
    if not source or len(source) > 2000:
        return ""
    try:
        whole = urljoin(base, source) if base else source
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc:
        return whole if canonical(whole) else ""
    return "" if base else whole


def _attributes(tag: str) -> list[tuple[str, str, str, str]]:
    found: list[tuple[str, str, str, str]] = _ATTRIBUTE.findall(tag)
    return found


def _best(said: dict[str, str]) -> str:
    """The smallest of several sizes that is large enough, else the largest."""
    sized = [
        (int(width), source.strip(","))
        for name in _SETS
        for source, width in _CANDIDATE.findall(said.get(name, ""))
    ]
    fine = [one for one in sized if one[0] >= _FINE]
    _, source = min(fine) if fine else max(sized, default=(0, ""))
    return source


def _is_narrow(said: str) -> bool:
    found = _WIDTH.match(said.strip())
    return found is not None and not said.strip().endswith("%") and int(found[0]) < _NARROW
