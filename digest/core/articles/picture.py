"""Which pictures an article may have, when they are looked for, and which are worth keeping."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from digest.core.articles.article import Change, Image, ImageLink

MOST_LINKS = 3
"""Pictures of one article that are tried, the likeliest first."""
MAX_PICTURE_TRIES = 3
"""Fetches in which a picture that can't be had is tried again."""

WIDE = (1200, 600)
SMALL = (240, 160)
"""Pixels of the two files: twice what is shown, for screens with fine pixels."""
SMALLEST = SMALL
_LONGEST = 3.0  # of the longer side to the shorter one: beyond that it is a banner or a rule

_FURNITURE = re.compile(
    r"(?:^|[\W_])(?:logo|icons?|favicon|avatar|gravatar|sprite|pixel|spacer|blank|badge|button"
    r"|tracker|tracking|beacon|emoji|smiley|captcha|placeholder|1x1)(?:[\W_]|[2-9]x|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ImageState:
    """What came of looking for an article's picture at the addresses `asked`.

    `tries` counts the failures since they last changed.
    """

    asked: tuple[str, ...] = ()
    image: Image | None = None
    why: str = ""
    tries: int = 0


def likely(links: Iterable[ImageLink]) -> tuple[ImageLink, ...]:
    """Return the pictures that are worth a look: each once, no logos and counters, a few at most.

    What one of them lacks in words, another of the same address may have.
    """
    found: dict[str, ImageLink] = {}
    for link in links:
        if _is_furniture(link.url):
            continue
        known = found.get(link.url)
        if known:
            link = ImageLink(link.url, known.alt or link.alt, known.credit or link.credit)
        found[link.url] = link
    return tuple(found.values())[:MOST_LINKS]


def is_picture_due(state: ImageState | None, links: tuple[ImageLink, ...], change: Change) -> bool:
    """Whether the picture of an article is to be looked for, now that its source names these.

    Of an article that is unchanged only another path counts: the rest of an address is often a
    signature that is new with every answer.
    """
    if state is None:
        return bool(links)
    urls = tuple(link.url for link in links)
    if not urls:
        return change is Change.EDITED and state.image is not None
    if change is Change.EDITED and urls != state.asked:
        return True
    if [url.partition("?")[0] for url in urls] != [url.partition("?")[0] for url in state.asked]:
        return True
    return bool(state.why) and state.tries < MAX_PICTURE_TRIES


def picture_objection(width: int, height: int) -> str:
    """Return why a picture of this size, in pixels, is none for an article, or ""."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return f"it is too small: {width:,} × {height:,} pixels"
    if max(width, height) > _LONGEST * min(width, height):
        return f"it is a strip: {width:,} × {height:,} pixels"
    return ""


def _is_furniture(url: str) -> bool:
    try:
        name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    except ValueError:
        return True
    return bool(_FURNITURE.search(name))
