"""Plain text for templates: wrapped, underlined, and which way it runs."""

import unicodedata
from textwrap import TextWrapper

from digest.core import prose

WIDTH = 72
"""Columns of the plain-text part (RFC 3676 section 4.2 asks for less than 79)."""


def wrap(text: str, bullet: str = "") -> str:
    """Paragraphs (blank line between) filled to WIDTH columns, hung under a bullet if one is given.

    Words longer than a line stay whole: an address has to stay one.
    """
    filler = TextWrapper(
        width=WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n\n".join(filler.fill(p) for p in prose.paragraphs(text))


def underline(text: str, character: str = "=") -> str:
    """The text, wrapped, and below it a line as wide as its widest line."""
    lines = wrap(text)
    widest = max((columns(line) for line in lines.splitlines()), default=0)
    return f"{lines}\n{character * min(widest, WIDTH)}"


def columns(text: str) -> int:
    """How many columns of a terminal it takes: wide characters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
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
