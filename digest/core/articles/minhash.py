"""Whether two articles tell the same story in nearly the same words.

A text is the set of its runs of three words (of characters where words have no spaces). MinHash
keeps 64 numbers of the set, from one pass: every run falls into one of 64 bins, and each bin keeps
its least. Two texts share a bin's number as often as the sets overlap. The numbers are taken in
pairs, the 32 bands; texts that share a band are worth comparing, and `same` then decides.

P. Li, A. Owen, C.-H. Zhang: One Permutation Hashing (2012).
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from zlib import crc32

from digest.core.articles.keyword import fold_keyword
from digest.core.text import prose

BINS, BANDS = 64, 32
MIN_SHINGLES = 20
"""Runs that a text needs to be compared: shorter ones are alike by chance."""
ALIKE, CONTAINED = 0.4, 0.7
"""Shared runs from which two are the same: of both together, or of the shorter one."""
NEARLY_ALL = 0.95
"""Shared runs of both together from which two pieces of a series are the same."""

_RUN = 3
_ALL = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
_WORD = re.compile(r"\w++")
_TOKEN = re.compile(
    rf"[{prose.CJK}{prose.BRAHMIC}]|(?:(?![{prose.CJK}{prose.BRAHMIC}])\w)+", re.UNICODE
)


def shingles(text: str) -> frozenset[int]:
    """The runs of three words in a text, each as a number below 2**64."""
    folded = fold_keyword(text)
    # Most texts need no look at each character.
    tokens = (_WORD if folded.isascii() or not prose.UNSPACED.search(folded) else _TOKEN).findall(
        folded
    )
    runs = map(" ".join, zip(*(tokens[start:] for start in range(_RUN)), strict=False))
    return frozenset([crc32(run.encode()) * _MIX & _ALL for run in runs])


def bands(runs: Set[int]) -> tuple[int, ...]:
    """The 32 bands of a text, each a number for a signed 64-bit column; () for a short one."""
    if len(runs) < MIN_SHINGLES:
        return ()
    least = _least(runs)
    return tuple(_signed(_mixed(_mixed(n, least[2 * n]), least[2 * n + 1])) for n in range(BANDS))


def same(one: Set[int], other: Set[int]) -> bool:
    """Do two sets of runs tell the same story? Short ones never do."""
    shorter = min(len(one), len(other))
    if shorter < MIN_SHINGLES:
        return False
    shared = len(one & other)
    return shared >= CONTAINED * shorter or shared >= ALIKE * (len(one) + len(other) - shared)


@dataclass(frozen=True, slots=True)
class StoryText:
    """A text with what else tells whether it is another's story: where it stands, and since when.

    `runs` are its shingles, `url` is empty where it has no address.
    """

    runs: frozenset[int]
    url: str = ""
    title: str = ""
    published: datetime | None = None

    @property
    def site(self) -> str:
        """The host of its address, without "www."; empty without one."""
        return site_of(self.url)

    @property
    def day(self) -> date | None:
        """The day in UTC on which it was published."""
        return self.published.date() if self.published else None


def site_of(url: str) -> str:
    """The host of an address, without "www."; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # such as half an IPv6 address
        return ""


def same_story(one: StoryText, other: StoryText, near: Iterable[StoryText] = ()) -> bool:
    """Do two texts tell the same story?

    Two pieces of one site with addresses of their own, and another title or day, are a series
    rather than copies: recipes, weather, minutes, results. They are the same only if nearly all is,
    also without what others of the site, among those `near`, repeat.
    """
    if not _of_a_series(one, other):
        return same(one.runs, other.runs)
    if not _nearly_all(one.runs, other.runs):
        return False
    repeated: set[int] = set()
    for third in near:
        if third.site == one.site and third.url not in {one.url, other.url}:
            repeated |= third.runs
    own = one.runs - repeated, other.runs - repeated
    return not all(own) or _nearly_all(*own)


def _of_a_series(one: StoryText, other: StoryText) -> bool:
    if not one.site or one.site != other.site or one.url == other.url:
        return False
    return one.title.casefold() != other.title.casefold() or one.day != other.day


def _nearly_all(one: Set[int], other: Set[int]) -> bool:
    shared = len(one & other)
    enough = min(len(one), len(other)) >= MIN_SHINGLES or one == other
    return enough and shared >= NEARLY_ALL * (len(one) + len(other) - shared)


def _least(runs: Set[int]) -> list[int]:
    """The least of each bin; an empty bin takes that of the next full one."""
    found: list[int | None] = [None] * BINS
    for run in runs:
        place, value = run >> 58, run & (1 << 58) - 1
        now = found[place]
        if now is None or value < now:
            found[place] = value
    full = next(value for value in found if value is not None)
    least = []
    for now in reversed(found):
        full = _mixed(full, 1) if now is None else now
        least.append(full)
    return least[::-1]


def _mixed(seed: int, value: int) -> int:
    mixed = (seed * _MIX + value + 1) & _ALL
    return (mixed ^ mixed >> 29) * _MIX & _ALL


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
