"""What feeds have beside words: pictures, and recordings to listen to."""

from collections.abc import Iterator, Mapping
from typing import Any

from digest.core.articles.article import ImageLink
from digest.feeds.html.html_images import image_link, place

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif")
_RECORDINGS = (".mp3", ".m4a", ".ogg", ".opus", ".aac")

Part = Mapping[str, Any]


def pictures(one: Part, base: str) -> tuple[ImageLink, ...]:
    """The pictures that feedparser found in an entry: its media (largest first), enclosures,
    thumbnail, and the episode's cover.
    """
    media = [part for part in _parts(one, "media_content") if _is("image", part, _PICTURES)]
    enclosed = [part for part in _enclosures(one) if _is("image", part, _PICTURES)]
    thumbnails = _parts(one, "media_thumbnail")
    cover = one.get("image")
    credited = [str(part.get("content") or "") for part in _parts(one, "media_credit")]
    found = [
        *sorted(media, key=_width, reverse=True),
        *enclosed,
        *sorted(thumbnails, key=_width, reverse=True),
        *([cover] if isinstance(cover, Mapping) else []),
    ]
    credit = credited[0] if len(media) == 1 and len(credited) == 1 else ""
    made = (image_link(_address(part), base, credit=credit) for part in found)
    return tuple(each for each in made if each)


def entry_recording(one: Part, base: str) -> str:
    """Where one can listen to an entry, or ""."""
    for part in (*_enclosures(one), *_parts(one, "media_content")):
        if _is("audio", part, _RECORDINGS) and (url := place(_address(part), base)):
            return url
    return ""


def json_pictures(one: Part, base: str) -> tuple[ImageLink, ...]:
    """The pictures of an entry of a JSON Feed."""
    said = [one.get("image"), one.get("banner_image")]
    said += [part.get("url") for part in _attached(one, "image")]
    made = (image_link(source, base) for source in said if isinstance(source, str))
    return tuple(each for each in made if each)


def json_recording(one: Part, base: str) -> str:
    """Where one can listen to an entry of a JSON Feed, or ""."""
    for part in _attached(one, "audio"):
        url = part.get("url")
        if isinstance(url, str) and (found := place(url, base)):
            return found
    return ""


def _enclosures(one: Part) -> list[Part]:
    return [part for part in _parts(one, "links") if part.get("rel") == "enclosure"]


def _attached(one: Part, kind: str) -> Iterator[Part]:
    for part in _parts(one, "attachments"):
        if str(part.get("mime_type") or "").lower().startswith(f"{kind}/"):
            yield part


def _parts(one: Part, key: str) -> list[Part]:
    """What there are several of; an element of the same name can put text in its place."""
    value = one.get(key)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _is(kind: str, part: Part, suffixes: tuple[str, ...]) -> bool:
    said = str(part.get("type") or "").lower()
    if said or part.get("medium"):
        return said.startswith(f"{kind}/") or (not said and part.get("medium") == kind)
    return _address(part).partition("?")[0].lower().endswith(suffixes)


def _address(part: Part) -> str:
    return str(part.get("url") or part.get("href") or "")


def _width(part: Part) -> int:
    said = str(part.get("width") or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
