"""One person under several spellings."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.core.articles.article import Article

PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Latin letters that are no other letter with an accent, and what they are compared as."""
_AFTER = re.compile(r"\s*[,|·•(/–—]\s*|\s+-\s+")  # Mara Lind, Staff Writer · Mara Lind (Hamburg)
_BEFORE = re.compile(r"(?:(?:dr|prof|mr|mrs|ms|mx|sir|dame)\b\.?\s+)+", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_APART = re.compile(r"[\s.\-‐]+")
_QUOTES = re.compile("['’‘ʼ`´]")


@dataclass(frozen=True, slots=True)
class Writer:
    """One [[author]]: a name as it is to be printed, and other spellings of it."""

    name: str
    aliases: tuple[str, ...] = ()


def author_key(name: str) -> str:
    """Return what all usual spellings of a name have in common.

    Case, accents of Latin letters, dots, hyphens, titles before and jobs after the name, and the
    initials of middle names don't count. "M. Lind" stays another than "Mara Lind": nobody knows.
    """
    main, *rest = _AFTER.split(name.strip(), maxsplit=1)
    if rest and _SUFFIX.fullmatch(rest[0]):
        main += f" {rest[0]}"  # Mara Lind, Jr.
    elif rest and " " not in main and name.strip()[len(main) :].lstrip().startswith(","):
        main = f"{rest[0]} {main}"  # Lind, Mara
    main = _BEFORE.sub("", main, count=1) or main
    parts = [part for part in _APART.split(_QUOTES.sub("", main)) if part]
    if parts and parts[0].isupper() and len(parts[0]) == 2 and not main.isupper():
        parts[:1] = parts[0]  # JK Rowe, J. K. Rowe
    plain = [_plain(part) for part in parts]
    if len(plain) > 2 and len(plain[0]) > 1:
        plain = [plain[0], *(part for part in plain[1:-1] if len(part) > 1), plain[-1]]
    return " ".join(plain) or name.strip().casefold()


def one_case(name: str) -> bool:
    """Is a name written in capitals only, or without any, as bylines often are?"""
    return name.isupper() or name.islower()


def credited(articles: Iterable[Article], writers: Sequence[Writer]) -> list[Article]:
    """The articles with the names that the [[author]] tables give to who wrote them."""
    names = {author_key(alias): writer.name for writer in writers for alias in writer.aliases}
    names |= {author_key(writer.name): writer.name for writer in writers}
    return [_credited(article, names) if names else article for article in articles]


def spellings(name: str, writers: Iterable[Writer]) -> tuple[str, ...]:
    """Every spelling of a name that the [[author]] tables know; at least itself."""
    wanted = author_key(name)
    for writer in writers:
        known = (writer.name, *writer.aliases)
        if wanted in map(author_key, known):
            return (name, *known)
    return (name,)


def _credited(article: Article, names: dict[str, str]) -> Article:
    people = dict.fromkeys(names.get(author_key(name), name) for name in article.authors)
    return replace(article, authors=tuple(people))


def _plain(part: str) -> str:
    """Return letters without case, and Latin ones without accents."""
    plain = []
    for letter in unicodedata.normalize("NFC", part.casefold()):
        base = unicodedata.normalize("NFD", letter)
        plain.append(base[0] if base[0].isascii() else letter)
    return "".join(plain).translate(PLAIN_LETTERS)
