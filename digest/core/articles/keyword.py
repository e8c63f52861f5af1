"""Keywords, and finding them in a text as a reader would: any case, plurals, whole words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.core.text import prose

_NO_SPACES = re.compile(f"[{prose.CJK}{prose.BRAHMIC}]")
_WORD = re.compile(r"\w++")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text and how often each word is in it."""

    text: str
    words: Counter[str]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword ready to be counted.

    A single word is looked up in all its `forms`; for a phrase each set of `forms` must be there
    before `pattern` is tried, which costs fifty times as much; where words have no spaces there
    are no forms, and any place will do.
    """

    name: str
    folded: str
    forms: tuple[frozenset[str], ...]
    pattern: re.Pattern[str] | None

    def count(self, text: FoldedText) -> int:
        """How often it is in the text."""
        if not self.forms:
            return text.text.count(self.folded)
        if self.pattern is None:
            return sum(text.words[form] for form in self.forms[0])
        if all(not forms.isdisjoint(text.words) for forms in self.forms):
            return len(self.pattern.findall(text.text))
        return 0


def fold_text(plain: str) -> FoldedText:
    """Make a text ready to be looked at."""
    folded = fold_keyword(plain)
    return FoldedText(folded, Counter(_WORD.findall(folded)))


def keywords(names: Iterable[str]) -> Iterator[Keyword]:
    """Make keywords ready to be counted; empty ones and repetitions are left out."""
    seen = set()
    for name in names:
        folded = fold_keyword(name)
        if folded and folded not in seen:
            seen.add(folded)
            yield _ready(name, folded)


def fold_keyword(plain: str) -> str:
    """Return a text for comparing: one line, case folded, straight apostrophes."""
    folded = unicodedata.normalize("NFC", plain.casefold()).translate(_APOSTROPHES)
    return " ".join(folded.split())


def _ready(name: str, folded: str) -> Keyword:
    if _NO_SPACES.search(folded):
        return Keyword(name, folded, (), None)
    *words, last = _WORD.findall(folded) or [folded]
    forms = (*(frozenset({word}) for word in words), _forms(last))
    if not words and last == folded:
        return Keyword(name, folded, forms, None)
    start = folded[: folded.rindex(last)]
    end = "|".join(re.escape(form) for form in sorted(forms[-1])) + re.escape(
        folded[len(start) + len(last) :]
    )
    spaced = "[ -]+".join(re.escape(part) for part in re.split(r"[ \-]+", start))
    return Keyword(name, folded, forms, re.compile(rf"(?<!\w){spaced}(?:{end})(?!\w)"))


def _forms(word: str) -> frozenset[str]:
    """Return a word and its plurals. A possessive needs no form: its apostrophe ends the word."""
    forms = {word}
    if word[-1].isalpha():
        forms |= {word + "s", word + "es"}
    if re.search(r"[^aeiou]y\Z", word):  # embassy, embassies
        forms.add(word[:-1] + "ies")
    return frozenset(forms)
