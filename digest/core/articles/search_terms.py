"""Looking for articles by words of their titles and names: what counts as the same."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from digest.core.articles.author import PLAIN_LETTERS, Writer

MAX_QUERY_CHARS = 200
"""Characters of a question that are looked at."""
MOST_WORDS = 8
MOST_SPELLINGS = 8

# Accents, and the points of Hebrew and Arabic. Marks of other scripts are letters of theirs: the
# Japanese ga is a ka with one.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
# What is no letter; but vowel signs of India, Thailand and its neighbours stay with their letters.
_SIGNS = "\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3099\u309a"
_APART = re.compile(f"(?:(?![{_SIGNS}])[\\W_])+")
_SAME = PLAIN_LETTERS | str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def fold_words(text: str) -> str:
    """The words of a text with single spaces, without case, accents and punctuation.

    Compatible forms are one (full-width letters, ligatures), ß is ss, and Arabic letters are
    written in one way where typists differ.
    """
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain)).translate(_SAME)
    return unicodedata.normalize("NFC", _APART.sub(" ", plain)).strip()


def findable(title: str, names: Iterable[str]) -> str:
    """What an article is found by. Words with umlauts stand there in both spellings."""
    text = " ".join((title, *names))
    spelled = unicodedata.normalize("NFC", text).casefold()
    both = (word for word in spelled.split() if word.translate(_UMLAUTS) != word)
    return fold_words(f"{text} {' '.join(word.translate(_UMLAUTS) for word in both)}")


def search_terms(question: str, writers: Sequence[Writer] = ()) -> tuple[tuple[str, ...], ...]:
    """What must all be in an article's findable text: of each word, one of its spellings.

    Who is spelled in several ways by the [[author]] tables is found under all of them. Without
    words to look for it is empty.
    """
    words = dict.fromkeys(fold_words(question[:MAX_QUERY_CHARS]).split())
    known = [
        [fold_words(name) for name in (one.name, *one.aliases)] for one in writers if one.aliases
    ]
    return tuple(_spellings(word, known) for word in list(words)[:MOST_WORDS])


def _spellings(word: str, known: Iterable[Sequence[str]]) -> tuple[str, ...]:
    others = (name for names in known if any(word in name for name in names) for name in names)
    return tuple(dict.fromkeys((word, *(name for name in others if word not in name))))[
        :MOST_SPELLINGS
    ]
