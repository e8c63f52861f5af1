"""Which topics an article belongs to, by the [[topic]] rules of the config.

Every find counts points, by where it was found:

    the source's own category is the topic   10
    an author or a part of the address         6
    a keyword in the title                     4
    a keyword in the source's own summary      2
    a keyword in the text                      1, and less for each repetition: log2(1 + times)

Points from the text of a long article are damped, for the longer a text, the more likely a stray
mention. A topic is given from 2 points up: one mention of one keyword in the text is not enough,
three are, and so are two keywords once each in a text of ordinary length.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from digest.core import prose
from digest.core.article import Article, Item, Topic

ENOUGH = 2.0
"""Points from which a topic is given."""

_CATEGORY, _AUTHOR, _URL, _TITLE, _SUMMARY = 10.0, 6.0, 6.0, 4.0, 2.0
_ORDINARY = 800  # words; the text of a longer article is damped
_SHOWN = 4  # finds named in a reason
_METHOD = "1"  # part of the fingerprint: change it when the same rules give other topics

_NO_SPACES = re.compile(f"[{prose.CJK}{prose.BRAHMIC}]")
_WORD = re.compile(r"\w+")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[topic]]: an article belongs to it if any of these is found in it."""

    slug: str
    name: str
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


class Find(NamedTuple):
    """One reason for a topic: how much it counts, and a phrase for people."""

    points: float
    why: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A folded text and how often each word is in it."""

    text: str
    words: Counter[str]


@dataclass(frozen=True, slots=True)
class _Keyword:
    """A keyword ready to be counted.

    A single word is looked up in all its `forms`; for a phrase each set of `forms` must be there
    before `pattern` is tried, which costs fifty times as much; where words have no spaces there
    are no forms, and any place will do.
    """

    name: str
    folded: str
    forms: tuple[frozenset[str], ...]
    pattern: re.Pattern[str] | None

    def count(self, text: _Text) -> int:
        if not self.forms:
            return text.text.count(self.folded)
        if self.pattern is None:
            return sum(text.words[form] for form in self.forms[0])
        if all(not forms.isdisjoint(text.words) for forms in self.forms):
            return len(self.pattern.findall(text.text))
        return 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is looked at of an article, folded once for all rules."""

    title: _Text
    summary: _Text
    body: _Text
    authors: frozenset[str]
    url: str
    categories: frozenset[str]
    damping: float


def assign(article: Item | Article, rules: tuple[Rule, ...]) -> tuple[Topic, ...]:
    """Return the topics of an article, strongest first; equally strong ones in order of the rules.

    An article that no rule reaches gets none.
    """
    piece = _piece(article)
    compiled = _compile(rules)
    there = compiled.there(piece)
    topics = []
    for rule, keywords in zip(rules, compiled.keywords, strict=True):
        present = [keyword for keyword in keywords if keyword in there]
        finds = sorted(_finds(piece, rule, present), key=lambda find: -find.points)
        score = sum(find.points for find in finds)
        if score >= ENOUGH:
            topics.append(Topic(rule.slug, round(score, 2), _why(finds)))
    return tuple(sorted(topics, key=lambda topic: -topic.score))


def fingerprint(rules: tuple[Rule, ...]) -> str:
    """Return a short name for what these rules would decide; it changes when they do."""
    packed = json.dumps([_METHOD, [astuple(rule) for rule in rules]], separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:16]


def relabelled(articles: Iterable[Article], rules: tuple[Rule, ...]) -> list[Article]:
    """The articles with the topics that these rules give, whichever rules they came in under.

    So a changed [[topic]] counts at once, and nothing has to be imported again.
    """
    by = fingerprint(rules)
    return [
        article
        if article.topics_by == by
        else replace(article, topics=assign(article, rules), topics_by=by)
        for article in articles
    ]


def _finds(piece: _Piece, rule: Rule, keywords: list[_Keyword]) -> Iterator[Find]:
    if piece.categories & {_folded(rule.slug), _folded(rule.name)}:
        yield Find(_CATEGORY, f'filed under "{rule.name}"')
    for author in rule.authors:
        if _folded(author) in piece.authors:
            yield Find(_AUTHOR, f"by {author}")
    for part in rule.urls:
        if part and part.casefold() in piece.url:
            yield Find(_URL, f'"{part}" in the address')
    for keyword in keywords:
        if found := _keyword(piece, keyword):
            yield found


def _keyword(piece: _Piece, keyword: _Keyword) -> Find | None:
    title, summary = keyword.count(piece.title), keyword.count(piece.summary)
    body = keyword.count(piece.body)
    points = math.log2(1 + body) * piece.damping
    points += _TITLE * bool(title) + _SUMMARY * bool(summary)
    if not points:
        return None
    places = ["in the title"] * bool(title)
    if body:
        places.append("once in the text" if body == 1 else f"{body} times in the text")
    elif summary:
        places.append("in the summary")
    return Find(points, f'"{keyword.name}" {" and ".join(places)}')


def _why(finds: list[Find]) -> str:
    shown = ", ".join(find.why for find in finds[:_SHOWN])
    more = len(finds) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _piece(article: Item | Article) -> _Piece:
    # A summary that we made ourselves says nothing that the text does not; and an Item, which has
    # none yet, and the Article made from it must be judged by the same words.
    own = article.summary not in ("", prose.summary(article.body_text))
    body = _text(article.body_text)
    return _Piece(
        title=_text(article.title),
        summary=_text(article.summary if own else ""),
        body=body,
        authors=frozenset(_folded(name) for name in article.authors),
        url=article.url.casefold(),
        categories=frozenset(_folded(category) for category in article.categories),
        damping=min(1.0, math.sqrt(_ORDINARY / max(body.words.total(), 1))),
    )


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The keywords of each rule, and the words that make one worth counting."""

    keywords: tuple[tuple[_Keyword, ...], ...]
    by_form: dict[str, list[_Keyword]]
    anywhere: frozenset[_Keyword]

    def there(self, piece: _Piece) -> set[_Keyword]:
        """Return the keywords that may be in a piece: few of the hundreds there are."""
        words = piece.title.words.keys() | piece.summary.words.keys() | piece.body.words.keys()
        found = self.by_form.keys() & words
        return {keyword for form in found for keyword in self.by_form[form]} | self.anywhere


@lru_cache(maxsize=16)
def _compile(rules: tuple[Rule, ...]) -> _Compiled:
    keywords = tuple(tuple(_keywords(rule)) for rule in rules)
    by_form: dict[str, list[_Keyword]] = {}
    for keyword in chain.from_iterable(keywords):
        for form in keyword.forms[-1] if keyword.forms else ():
            by_form.setdefault(form, []).append(keyword)
    anywhere = frozenset(one for one in chain.from_iterable(keywords) if not one.forms)
    return _Compiled(keywords, by_form, anywhere)


def _keywords(rule: Rule) -> Iterator[_Keyword]:
    seen = set()
    for name in rule.keywords:
        folded = _folded(name)
        if folded and folded not in seen:
            seen.add(folded)
            yield _ready(name, folded)


def _ready(name: str, folded: str) -> _Keyword:
    if _NO_SPACES.search(folded):
        return _Keyword(name, folded, (), None)
    *words, last = _WORD.findall(folded) or [folded]
    forms = (*(frozenset({word}) for word in words), _forms(last))
    if not words and last == folded:
        return _Keyword(name, folded, forms, None)
    start = folded[: folded.rindex(last)]
    end = "|".join(re.escape(form) for form in sorted(forms[-1])) + re.escape(
        folded[len(start) + len(last) :]
    )
    spaced = "[ -]+".join(re.escape(part) for part in re.split(r"[ \-]+", start))
    return _Keyword(name, folded, forms, re.compile(rf"(?<!\w){spaced}(?:{end})(?!\w)"))


def _forms(word: str) -> frozenset[str]:
    """Return a word and its plurals. A possessive needs no form: its apostrophe ends the word."""
    forms = {word}
    if word[-1].isalpha():
        forms |= {word + "s", word + "es"}
    if re.search(r"[^aeiou]y\Z", word):  # embassy, embassies
        forms.add(word[:-1] + "ies")
    return frozenset(forms)


def _text(text: str) -> _Text:
    folded = _folded(text)
    return _Text(folded, Counter(_WORD.findall(folded)))


def _folded(text: str) -> str:
    """Return `text` for comparing: one line, case folded, straight apostrophes."""
    folded = unicodedata.normalize("NFC", text.casefold()).translate(_APOSTROPHES)
    return " ".join(folded.split())
