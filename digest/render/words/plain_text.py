"""Plain text for templates: wrapped, underlined, and which way it runs."""

import unicodedata
from functools import lru_cache

from digest.core.text import prose

WIDTH = prose.TEXT_WIDTH
"""Columns of the plain-text part."""

_CONTROLS = bytes({*range(32), 127} - {*b"\t\n\r"})


def sound(text: str) -> str:
    """The text as parsers and encoders take it: without control characters, if it has any.

    libxml2 ends a document at some of them, or at a lone surrogate, without an error.
    """
    try:
        octets = text.encode()
    except UnicodeEncodeError:
        return prose.visible(text)
    return text if len(octets.translate(None, _CONTROLS)) == len(octets) else prose.visible(text)


def wrap(text: str, bullet: str = "") -> str:
    """Paragraphs (blank line between) filled to WIDTH columns, hung under a bullet if one is given.

    Words longer than a line stay whole: an address has to stay one.
    """
    parts = prose.plain_paragraphs(text) if "\n" in text else [" ".join(text.split())]
    return "\n\n".join(_fill(part, bullet) for part in parts if part)


def _fill(text: str, bullet: str) -> str:
    lines = prose.fill(text, WIDTH - len(bullet))
    return bullet + lines.replace("\n", "\n" + " " * len(bullet))


def underline(text: str, character: str = "=") -> str:
    """The text, wrapped, and below it a line as wide as its widest line."""
    lines = wrap(text)
    widest = max((display_width(line) for line in lines.splitlines()), default=0)
    return f"{lines}\n{character * min(widest, WIDTH)}"


def display_width(text: str) -> int:
    """How many columns of a terminal it takes: wide characters two, combining marks none."""
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def reading_direction(text: str) -> str:
    """Which way a text runs by its first letter with a direction: "rtl", "ltr" or ""."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""


_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}


def apart(text: str, around: str) -> str:
    """The text with direction marks that keep it together in a line that runs the other way.

    Without them a full stop or a number beside a Latin name jumps to its other side in an Arabic
    sentence. Marks, not isolates: mail programs that know only the marks are still about. `around`
    is "ltr" or "rtl"; text that runs all the same way comes back as it is.
    """
    if around == "ltr" and text.isascii():
        return text
    return _apart(text, around)


@lru_cache(maxsize=2048)
def _apart(text: str, around: str) -> str:
    mark = _MARKS[around]
    own = reading_direction(text)
    if own in {"", around} and not _mixed(text, around):
        return text
    inner = _MARKS[own]
    bare = text.strip(mark + inner) if own != around else text.strip(mark)
    return mark + inner + bare + inner + mark if own != around else mark + bare + mark


def _mixed(text: str, around: str) -> bool:
    """Whether anything in it runs against the line."""
    against = {"L"} if around == "rtl" else {"R", "AL"}
    return any(unicodedata.bidirectional(character) in against for character in text)
