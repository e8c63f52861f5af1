"""Who wrote an article and when, from the line that says so.

Written by Ada Park on March 3, 2024
By Ada Park and Ben Ito, Staff Writers | 3 March 2024 | 5 min read
Ada Park · Updated 2024-03-03
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from digest.core.articles.identity import clean_authors
from digest.core.text import prose
from digest.feeds.article import dates
from digest.feeds.article.phrases import MONTHS, any_of, whole

_LONGEST = 250
_SEPARATOR = re.compile(r"\s*[|•·—–]+\s*|\s+[-/]\s+")
_BY = re.compile(rf"{any_of('by')}(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE)
_BY_NAME = re.compile(rf"{any_of('by_name')}(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE)
_LABEL = rf"(?:{any_of('published')}|{any_of('updated')})"
_NO_PART = re.compile(rf"(?:{_LABEL}\W*|\(?{any_of('reading_time')}\)?|\W+)?", re.IGNORECASE)
_BEFORE_DATE = re.compile(rf"(?:[\s,;:(]|\b(?:{any_of('on')}|{_LABEL})\b)*\Z", re.IGNORECASE)
_UPDATED = re.compile(rf"\b{any_of('updated')}\b", re.IGNORECASE)
_AFFILIATION = re.compile(rf"(?:\s*,)?\s+{any_of('affiliation')}\s+(?=[^\W\d_a-z])")
_BETWEEN = re.compile(rf"\s*[,;&+]\s*(?:{any_of('conjunction')}\s+)?|\s+{any_of('conjunction')}\s+")
_PLACE = re.compile(r"\A([^,]+\s[^,]+),\s*([^\s,]+)\Z")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|i{2,3}|iv", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]{1,40}\)?\Z")
_JOB = re.compile(rf"(?:{any_of('role')}\s+)+(?=\S+\s+\S)", re.IGNORECASE)
_FULL_STOP = re.compile(r"(?<![JSjs]r)(?<!\b[^\W\d_])\.\Z")
_DEGREE = re.compile(r"ph\.?\s?d\.?|m\.?d\.?|m\.?[ab]\.?|esq\.?", re.IGNORECASE)
_PARTICLE = re.compile(
    r"a[fl]|ap|aus|bin|bint|d[aeiou]|de[lnrs]|dos?|das|e|el|en|ibn|la|las|le|los|lo|op|san|st|te[nr]"
    r"|the|t|van|vo[nm]|y|zu[mr]?|[dlo]['’]\w.*"
)
_NO_START = re.compile(r"a|an|the|this|that|these|my|our|your|his|her|its|all", re.IGNORECASE)
_NO_NAME = re.compile(rf"{any_of('weekdays')}|{'|'.join(MONTHS)}", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\d!?:;<>{}@#\"“”/\\=]")


@dataclass(frozen=True, slots=True)
class ParsedByline:
    """What a line says of the authors and the date; either may be missing."""

    authors: tuple[str, ...] = ()
    published: datetime | None = None
    explicit: bool = False
    """Whether it says "by"; a bare name or date may be something else."""
    loose: bool = False
    """Whether it is only a name and a date, such as "New York, March 3, 2024" seems to be, too."""


@lru_cache(maxsize=256)  # a page asks for each line again and again
def byline(line: str, zone: tzinfo, *, day_first: bool = False) -> ParsedByline | None:
    """Read one line of plain text; None if it is anything but a byline or a line with a date.

    `day_first` is as for `dates.find`.
    """
    line = prose.one_line(line).strip("*_()[] ")
    if not line or len(line) > _LONGEST:
        return None
    rest, published, dated, set_off = _without_dates(line, zone, day_first)
    parts = [part for part in _SEPARATOR.split(rest) if not _NO_PART.fullmatch(part)]
    if not parts:
        return ParsedByline((), published) if dated else None
    explicit = [after for part in parts if (after := _written_by(part))]
    if any(
        len(part.split()) > 6 and not (_written_by(part) or author_names_in(part)) for part in parts
    ):
        return None
    if explicit:
        written = [author_names_in(part) for part in explicit]
        people = clean_authors(name for part in written for name in part)
        return ParsedByline(people, published, explicit=True) if all(written) else None
    return _unmarked(line, parts, published, dated=dated, set_off=set_off)


def _unmarked(
    line: str, parts: list[str], published: datetime | None, *, dated: bool, set_off: bool
) -> ParsedByline | None:
    """Read the parts of a line without "by": names, a date, perhaps a job."""
    people = author_names_in(parts[0])
    full = all(map(_plausible, people)) and _are_full(people)
    alone = full and len(parts) == 1
    if dated and set_off and people and all(" " in name or not name.isascii() for name in people):
        return ParsedByline(people, published)
    if alone and _names_a_job(parts[0]):
        return ParsedByline(people, published)
    if alone and dated and line.startswith(f"{parts[0]},"):
        return ParsedByline(people, published, loose=True)
    return None


def author_names_in(text: str) -> tuple[str, ...]:
    """Return the people in a list of authors, without jobs and degrees; () if it is no such list.

    An agency is kept where nobody else is named.
    """
    text = prose.one_line(text)
    text = _written_by(text) or text
    text = _AFFILIATION.split(text, maxsplit=1)[0]
    if (place := _PLACE.match(text)) and not _SUFFIX.fullmatch(place[2]):
        text = place[1]  # Ada Park, Berlin
    people: list[str] = []
    others: list[str] = []
    for part in (_without_job(part.strip()) for part in _BETWEEN.split(text)):
        if _SUFFIX.fullmatch(part) and people:
            people[-1] += f" {part}"
        elif whole("role").search(part) or part.startswith("The "):
            others.append(part)
        elif part and not _DEGREE.fullmatch(part):
            people.append(_FULL_STOP.sub("", part))
    return clean_authors(people or others[:1]) if all(map(_plausible, people)) else ()


def _without_job(part: str) -> str:
    """Return the name after a job ("Staff Writer Ada Park") or before an agency in brackets."""
    part = _IN_BRACKETS.sub("", part)
    found = _JOB.match(part)
    return part[found.end() :] if found and not whole("role").search(part, found.end()) else part


def _written_by(part: str) -> str:
    """Return what follows "by" in a part of a line, or ""."""
    if found := _BY.match(part):
        return part[found.end() :]
    found = _BY_NAME.match(part)
    rest = part[found.end() :] if found else ""
    return rest if whole("role").search(rest) or (rest and _are_full(author_names_in(rest))) else ""


def _names_a_job(text: str) -> bool:
    """Whether a name is followed by a job ("Ada Park, Staff Writer")."""
    first, comma, job = _AFFILIATION.split(text, maxsplit=1)[0].partition(",")
    role = whole("role")
    return bool(comma and len(job.split()) <= 4 and role.search(job) and not role.search(first))


def _are_full(people: tuple[str, ...]) -> bool:
    """Whether these are people with first and last names, and no words such as "Haus zu Haus"."""
    words = [name.casefold().split() for name in people if not name[0].islower()]
    return 0 < len(words) == len(people) and all(len(set(w)) == len(w) > 1 for w in words)


def _plausible(name: str) -> bool:
    """Whether a text may be a person's name: few words, with capitals where names have them."""
    words = name.split()
    if not 0 < len(words) <= 6 or len(name) > 60 or _NO_LETTER.search(name):
        return False
    if _NO_START.fullmatch(words[0]) or (len(words) == 1 and _NO_NAME.fullmatch(name)):
        return False
    ends = (words[0], words[-1])
    capital = [not word[0].islower() or bool(_PARTICLE.fullmatch(word)) for word in words]
    return all(capital) and not all(word[0].islower() for word in ends)


def _without_dates(
    line: str, zone: tzinfo, day_first: bool
) -> tuple[str, datetime | None, bool, bool]:
    """Return the line with a bar for each date; the date of publication; whether there was any
    date; and whether something other than a comma or "on" set it off.
    """
    published = updated = None
    dated = set_off = False
    while found := dates.find_date(line, zone, day_first=day_first):
        before = _BEFORE_DATE.split(line[: found.start], maxsplit=1)[0]
        if _UPDATED.search(line[len(before) : found.start]):
            updated = updated or found.when
        else:
            published = published or found.when
        dated = True
        set_off = set_off or not before or bool(_SEPARATOR.search(line[: found.start]))
        line = f"{before} | {line[found.end :].lstrip(' ,;.)')}"
    return line, published or updated, dated, set_off
