"""Corrections: what was wrong in an article that readers have already, and what changed in it."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

FIXES = "fixes"
"""The flag of a message that tells of any correction; those of each are `flag`."""
MAX_PLACES_SHOWN = 5
"""Changed places of a text that are shown."""
MAX_WORDS_SHOWN = 12
"""Words of such a place that are shown."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Correction:
    """What an editor says was wrong in an article, and when they said so.

    Readers who got it in other words before that are told. `title` and `url` are the article's.
    """

    id: int
    article: int
    title: str
    url: str
    note: str
    at: datetime

    @property
    def flag(self) -> str:
        """The flag of core.message.story_choice for readers who are told of it."""
        return flag(self.id)


@dataclass(frozen=True, slots=True)
class TextChange:
    """A place of a text: its words before and after; one of them is empty where none were."""

    before: str
    after: str


def flag(correction: int) -> str:
    """The flag for readers who are told of the correction of this number."""
    return f"fix{correction}"


def correction_flags(corrections: tuple[int, ...]) -> tuple[str, ...]:
    """The flags of a reader who is told of these."""
    return (*map(flag, corrections), FIXES) if corrections else ()


@lru_cache(maxsize=10_000)
def corrections_of(code: str) -> frozenset[int]:
    """The corrections that a choice tells of, from its flags or its code."""
    return frozenset(int(one) for one in re.findall(r"\bfix([0-9]+)\b", code))


def changes(before: str, after: str) -> tuple[TextChange, ...]:
    """The first few places in which two texts differ, in words."""
    return tuple(
        one for one, _ in zip(_changes(before, after), range(MAX_PLACES_SHOWN), strict=False)
    )


def _changes(before: str, after: str) -> Iterator[TextChange]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield TextChange(_shown(old[i:j]), _shown(new[k:m]))


def _shown(words: list[str]) -> str:
    return " ".join(words[:MAX_WORDS_SHOWN]) + (" …" if len(words) > MAX_WORDS_SHOWN else "")
