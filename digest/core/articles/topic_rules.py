"""Which topics an article belongs to, by the [[topic]] rules of the config.

Every find counts points, by where it was found:

    the feed that it came from               100
    a category                                10
    an author or a part of the address         6
    a keyword in the title                     4
    a keyword in the source's own summary      2
    a keyword in the text                      1, and less for each repetition: log2(1 + times)

A feed decides: somebody filed all of it by hand, and words don't outweigh that. Points from the
text of a long article are damped, for the longer a text, the more likely a stray mention. A keyword
that is in many of the store's articles counts less (see idf). One word of `negative` anywhere
in title, summary or text, and the keywords of that rule don't count at all.

A topic is given from 2 points up: one mention of one keyword in the text is not enough, three are,
and so are two keywords once each in a text of ordinary length. Many feeds give only a line or two:
in a text of at most 60 words points count twice if else no topic were given, so that one mention
is enough.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from digest.core.articles.article import Access, Article, Item, Topic
from digest.core.articles.author import author_key
from digest.core.articles.identity import canonical
from digest.core.articles.idf import EQUAL_IDF, Idf
from digest.core.articles.keyword import FoldedText, Keyword, fold_keyword, fold_text, keywords
from digest.core.text import prose

MIN_TOPIC_POINTS = 2.0
"""Points from which a topic is given."""

_CATEGORY, _FEED, _AUTHOR, _URL, _TITLE, _SUMMARY = 10.0, 100.0, 6.0, 6.0, 4.0, 2.0
_ORDINARY = 800  # words; the text of a longer article is damped
_SHORT, _TEASER = 60, 2.0  # words; a text as short as a summary counts as much as one
_SHOWN = 4  # finds named in a reason
_METHOD = "4"  # part of the fingerprint: change it when the same rules give other topics


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One [[topic]]: an article belongs to it if any of these is found in it.

    `negative` are words that switch the keywords off; `feeds` are addresses of feeds; `categories`
    are names that sources file it under, besides slug and name. `access` is who may read its
    articles whole, and decides nothing about what belongs to it.
    """

    slug: str
    name: str
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    access: Access = Access.EVERYONE  # the last field: `fingerprint` leaves it out


class Find(NamedTuple):
    """One reason for a topic: how much it counts, and a phrase for people."""

    points: float
    why: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is looked at of an article, folded once for all rules."""

    title: FoldedText
    summary: FoldedText
    body: FoldedText
    authors: frozenset[str]
    url: str
    feed: str
    categories: frozenset[str]
    damping: float
    short: bool

    def has(self, keyword: Keyword) -> bool:
        return any(keyword.count(part) for part in (self.title, self.summary, self.body))


def assign(
    article: Item | Article, rules: tuple[TopicRule, ...], idf: Idf = EQUAL_IDF
) -> tuple[Topic, ...]:
    """Return the topics of an article, strongest first; equally strong ones in order of the rules.

    An article that no rule reaches gets none.
    """
    piece = _piece(article)
    compiled = _compile(rules)
    there = compiled.there(piece)
    found: list[tuple[float, _Ready, list[Find]]] = []
    for ready in compiled.rules:
        present = [keyword for keyword in ready.keywords if keyword in there]
        if present and any(piece.has(keyword) for keyword in ready.negative):
            present = []
        finds = sorted(_finds(piece, ready, present, idf), key=lambda find: -find.points)
        found.append((sum(find.points for find in finds), ready, finds))
    if piece.short and all(score < MIN_TOPIC_POINTS for score, _, _ in found):
        found = [(_TEASER * score, ready, finds) for score, ready, finds in found]
    topics = [
        Topic(ready.rule.slug, round(score, 2), _why(finds))
        for score, ready, finds in found
        if score >= MIN_TOPIC_POINTS
    ]
    return tuple(sorted(topics, key=lambda topic: -topic.score))


def against(article: Item | Article, rules: tuple[TopicRule, ...]) -> frozenset[str]:
    """Return the slugs of the rules that have a negative word in this article."""
    piece = _piece(article)
    return frozenset(
        ready.rule.slug
        for ready in _compile(rules).rules
        if any(piece.has(keyword) for keyword in ready.negative)
    )


def measure(articles: Iterable[Article], rules: tuple[TopicRule, ...]) -> Idf:
    """Count in how many of these articles each keyword of the rules is."""
    compiled = _compile(rules)
    found = dict.fromkeys((one.folded for ready in compiled.rules for one in ready.keywords), 0)
    total = 0
    for article in articles:
        total += 1
        piece = _piece(article)
        for name in {one.folded for one in compiled.there(piece) if piece.has(one)}:
            found[name] += 1
    return Idf(total, found)


def rules_fingerprint(rules: tuple[TopicRule, ...]) -> str:
    """Return a short name for what these rules would decide; it changes when they do."""
    deciding = [astuple(rule)[:-1] for rule in rules]
    packed = json.dumps([_METHOD, deciding], separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:16]


def _finds(piece: _Piece, ready: "_Ready", keywords: list[Keyword], idf: Idf) -> Iterator[Find]:
    rule = ready.rule
    if filed := piece.categories & ready.categories.keys():
        yield Find(_CATEGORY, f'filed under "{ready.categories[min(filed)]}"')
    if piece.feed in ready.feeds:
        yield Find(_FEED, f"from the feed {piece.feed}")
    for author in rule.authors:
        if author_key(author) in piece.authors:
            yield Find(_AUTHOR, f"by {author}")
    for part in rule.urls:
        if part and part.casefold() in piece.url:
            yield Find(_URL, f'"{part}" in the address')
    for keyword in keywords:
        if found := _keyword(piece, keyword, idf.weight(keyword.folded)):
            yield found


def _keyword(piece: _Piece, keyword: Keyword, weight: float) -> Find | None:
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
    return Find(points * weight, f'"{keyword.name}" {" and ".join(places)}')


def _why(finds: list[Find]) -> str:
    shown = ", ".join(find.why for find in finds[:_SHOWN])
    more = len(finds) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _piece(article: Item | Article) -> _Piece:
    # A summary that we made ourselves says nothing that the text does not; and an Item, which has
    # none yet, and the Article made from it must be judged by the same words.
    own = bool(article.summary) and article.summary != prose.summary(article.body_text)
    body = fold_text(article.body_text)
    return _Piece(
        title=fold_text(article.title),
        summary=fold_text(article.summary if own else ""),
        body=body,
        authors=frozenset(author_key(name) for name in article.authors),
        url=article.url.casefold(),
        feed=canonical(article.source),
        categories=frozenset(fold_keyword(category) for category in article.categories),
        damping=min(1.0, math.sqrt(_ORDINARY / max(body.words.total(), 1))),
        short=body.words.total() <= _SHORT,
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with everything in it ready to be compared; categories with their spelling."""

    rule: TopicRule
    keywords: tuple[Keyword, ...]
    negative: tuple[Keyword, ...]
    feeds: frozenset[str]
    categories: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The rules, and the words that make a keyword worth counting."""

    rules: tuple[_Ready, ...]
    by_form: dict[str, list[Keyword]]
    anywhere: frozenset[Keyword]

    def there(self, piece: _Piece) -> set[Keyword]:
        """Return the keywords that may be in a piece: few of the hundreds there are."""
        parts = (piece.title, piece.summary, piece.body)
        found = {form for part in parts for form in self.by_form.keys() & part.words.keys()}
        return {keyword for form in found for keyword in self.by_form[form]} | self.anywhere


@lru_cache(maxsize=16)
def _compile(rules: tuple[TopicRule, ...]) -> _Compiled:
    ready = tuple(_ready(rule) for rule in rules)
    every = list(chain.from_iterable(one.keywords for one in ready))
    by_form: dict[str, list[Keyword]] = {}
    for keyword in every:
        for form in keyword.forms[-1] if keyword.forms else ():
            by_form.setdefault(form, []).append(keyword)
    return _Compiled(ready, by_form, frozenset(one for one in every if not one.forms))


def _ready(rule: TopicRule) -> _Ready:
    names = (rule.name, *rule.categories)
    return _Ready(
        rule=rule,
        keywords=tuple(keywords(rule.keywords)),
        negative=tuple(keywords(rule.negative)),
        feeds=frozenset(filter(None, map(canonical, rule.feeds))),
        categories={fold_keyword(rule.slug): rule.name}
        | {fold_keyword(name): name for name in names},
    )
