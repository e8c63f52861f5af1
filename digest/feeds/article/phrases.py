"""The words by which the parts of a page are known, in every language at once or in one.

To teach the importer a language, add a `Language` to `languages` and to `LANGUAGES`, and pages in
it to tests/feeds/corpus; nothing else names a word.
"""

import re
from functools import lru_cache

from digest.feeds.article.languages.english import ENGLISH
from digest.feeds.article.languages.french import FRENCH
from digest.feeds.article.languages.german import GERMAN
from digest.feeds.article.languages.language import Language
from digest.feeds.article.languages.spanish import SPANISH

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH)
MONTHS = {
    name: number
    for language in LANGUAGES
    for number, names in enumerate(language.months, 1)
    for name in names
}
ZONES = {name: minutes for language in LANGUAGES for name, minutes in language.zones.items()}

_COMMON = [frozenset(language.common.split()) for language in LANGUAGES]
_SAMPLE = 20_000  # characters that are enough to know a language by
_WORD = re.compile(r"[^\W\d_]+")


def spoken(text: str, otherwise: Language) -> Language:
    """Return the language that `text` is in.

    It is the one with the most of its common words in it: two different ones at least, and more
    than any other has, else the text is taken to be in `otherwise`.
    """
    words = set(_WORD.findall(text[:_SAMPLE].lower()))
    scores = [len(words & common) for common in _COMMON]
    best = max(scores)
    if best < 2 or scores.count(best) > 1:
        return otherwise
    return LANGUAGES[scores.index(best)]


def any_of(field: str) -> str:
    """Return a pattern for what `field` is in any language."""
    return "(?:" + "|".join(getattr(language, field) for language in LANGUAGES) + ")"


@lru_cache(maxsize=64)
def whole(field: str, code: str = "") -> re.Pattern[str]:
    """Return the pattern of `field`, to be found as whole words; of one language or of any."""
    return re.compile(rf"(?<!\w){_of(field, code)}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=64)
def opening(field: str, code: str) -> re.Pattern[str]:
    """Return the pattern of `field` in one language, to be matched at the beginning of a text."""
    return re.compile(rf"[¡¿\"“«]?\s*{_of(field, code)}(?!\w)", re.IGNORECASE)


def _of(field: str, code: str) -> str:
    one = next((language for language in LANGUAGES if language.code == code), None)
    return f"(?:{getattr(one, field)})" if one else any_of(field)
