"""Plain text for templates: cleaned, shortened, wrapped, underlined."""

import re
import unicodedata
from textwrap import TextWrapper

WIDTH = 72
"""Columns of the plain-text part (RFC 3676 section 4.2 asks for less than 79)."""

# What no text needs and what ends an HTML document early or reorders the words after it: C0 and
# C1 controls but tab and line feed, directional embeddings and overrides, noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def scrub(text: str) -> str:
    """Text that every parser and encoder takes: no control characters, no lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return _UNWANTED.sub("", _SURROGATES.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Scrubbed, with every run of white space as one space."""
    return scrub(" ".join(text.split()))


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: whole sentences if they fill half of it, else whole words."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    sentence = max((m.end() for m in re.finditer(r"[.!?…]['’”\")]*(?= )", head)), default=0)
    if sentence >= limit // 2:
        return head[:sentence]
    words = head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head
    return words.rstrip(" ,;:.–—-") + "…"


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
    return "\n\n".join(filler.fill(p) for p in paragraphs(text))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which blank lines part; never an empty one."""
    return [line for part in re.split(r"\n\s*\n", text) if (line := one_line(part))]


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
