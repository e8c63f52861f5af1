"""Who took the picture, from the line that says so."""

import re

from digest.core import prose
from digest.feeds.phrases import any_of

_LONGEST = 200
_NAME = r"(?:[^\W_a-z]|[©@(]|(?:via|courtesy|by|from)\b)"  # "Photography: a history" is none
_LINE = re.compile(
    rf"[(\[]?(?i:{any_of('photo')})\s*(?::|–|—|\s-\s|\|)\s*(?P<name>{_NAME}.*?)[)\]]?\.?"
)
_BY = re.compile(
    rf"[(\[]?(?i:{any_of('photo')})\s+(?i:by|courtesy\s+of)\s+(?P<name>[^\W\d_a-z].*?)[)\]]?\.?"
)
_INSIDE = re.compile(
    rf"[(\[]?\b{any_of('photo')}\s*(?::|\bby\b)\s*(?P<name>[^()\[\].:]{{2,120}}?)\s*[)\]]?\.?\s*\Z",
    re.IGNORECASE,
)


def credit(line: str) -> str:
    """Return whom a line of text credits with the picture, or "" if it is no such line."""
    line = prose.one_line(line)
    if not line or len(line) > _LONGEST:
        return ""
    if found := _LINE.fullmatch(line):
        return found["name"].strip(" .")
    found = _BY.fullmatch(line)
    return found["name"].strip(" .") if found and len(found["name"].split()) <= 8 else ""


def credit_in(caption: str) -> str:
    """Return whom a caption credits at its end, or ""."""
    caption = prose.one_line(caption)
    found = _INSIDE.search(caption[-_LONGEST:])
    return found["name"].strip() if found else ""
