"""Who took the picture, from the line that says so."""

import re

from digest.core.text import prose
from digest.feeds.article.byline import author_names_in
from digest.feeds.article.phrases import any_of, whole

_LONGEST = 200
_NAME = rf"(?:[^\W_a-z]|[©@(]|{any_of('courtesy')}\b)"  # "Photography: a history" is none
_LINE = re.compile(
    rf"[(\[]?(?i:{any_of('photo')})\s*(?::|–|—|\s-\s|\|)\s*(?P<name>{_NAME}.*?)[)\]]?\.?"
)
_BY = re.compile(
    rf"[(\[]?(?i:{any_of('photo')})\s+(?i:{any_of('photo_by')})\s*(?P<name>[^\W\d_a-z].*?)[)\]]?\.?"
)
_OWNER = re.compile(r"[(\[]?©\s*(?P<name>[^\W\d_a-z][^\d]{1,80}?)[)\]]?\.?")
_RIGHTS = re.compile(r"right|recht|droit|derecho", re.IGNORECASE)
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
    if found := _BY.fullmatch(line):
        return found["name"].strip(" .") if _is_somebody(found["name"]) else ""
    found = _OWNER.fullmatch(line)
    return found["name"].strip(" .") if found and not _RIGHTS.search(line) else ""


def _is_somebody(name: str) -> bool:
    """Whether it is a person or an agency: "Picture of Dorian Gray" shows somebody too, alas."""
    first = re.split(r"\s*[/|,]\s*", name)[0]
    return len(name.split()) <= 8 and bool(author_names_in(first) or whole("role").search(first))


def credit_in(caption: str) -> str:
    """Return whom a caption credits at its end, or ""."""
    caption = prose.one_line(caption)
    found = _INSIDE.search(caption[-_LONGEST:])
    return found["name"].strip() if found else ""
