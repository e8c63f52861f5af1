"""Whether two articles tell the same story in nearly the same words.

A text is the set of its runs of three words (of characters where words have no spaces). MinHash
keeps 64 numbers of the set, from one pass: every run falls into one of 64 bins, and each bin keeps
its least. Two texts share a bin's number as often as the sets overlap. The numbers are taken in
pairs, the 32 bands; texts that share a band are worth comparing, and `same` then decides.

P. Li, A. Owen, C.-H. Zhang: One Permutation Hashing (2012).
"""

import re
from collections.abc import Set
from zlib import crc32

from digest.core.articles.keyword import fold_keyword
from digest.core.text import prose

BINS, BANDS = 64, 32
MIN_SHINGLES = 20
"""Runs that a text needs to be compared: shorter ones are alike by chance."""
ALIKE, CONTAINED = 0.4, 0.7
"""Shared runs from which two are the same: of both together, or of the shorter one."""

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
