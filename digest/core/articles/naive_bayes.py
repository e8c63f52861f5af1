"""A naive Bayes over the words of articles: what a topic that no keyword betrays reads like.

Each word counts once an article, so that one word said often convinces nobody. The words of every
article, of a topic or of none, make a background that competes with the topics: what reads like
nothing in particular gets no topic.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from digest.core.articles.keyword import fold_keyword
from digest.core.text import prose

MIN_ARTICLES_PER_TOPIC = 20
"""Articles of a topic below which it is not learned."""

_KNOWN = 15_000  # words kept, the most frequent first
_TWICE = 2  # a word of fewer articles tells nothing
_EVERYWHERE = 0.5  # nor does one of more than this part of all articles
_SMOOTHING = 0.1
_INDEPENDENT = 25  # so many words speak for themselves; of more, each says part of the same
_FEWEST = 5  # known words that an article needs
_SHOWN = 3

_WORD = re.compile(r"[^\W\d_]{3,}+")
_SPACED = re.compile(rf"(?:(?![{prose.CJK}{prose.BRAHMIC}])[^\W\d_]){{3,}}")
_UNSPACED = re.compile(f"[{prose.CJK}{prose.BRAHMIC}]+")


@dataclass(frozen=True)
class Model:
    """In how many articles of each topic each word is, and in how many of all."""

    articles: int = 0
    topics: tuple[str, ...] = ()
    words: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Per word: in all articles, then in those of each topic."""

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """All words in all articles, then in those of each topic."""
        return tuple(map(sum, zip(*self.words.values(), strict=True)))

    @cached_property
    def _spread(self) -> tuple[float, ...]:
        """What a count is a share of, per column."""
        return tuple(total + _SMOOTHING * len(self.words) for total in self.totals)

    @cached_property
    def _known(self) -> dict[str, tuple[float, ...]]:
        return {}

    def logs(self, word: str) -> tuple[float, ...]:
        """The logarithm of a word's share of all articles' words, then of those of each topic."""
        found = self._known.get(word)
        if found is None:
            shares = zip(self.words[word], self._spread, strict=True)
            found = tuple(math.log((count + _SMOOTHING) / of) for count, of in shares)
            self._known[word] = found
        return found


UNTRAINED = Model()
"""Knows no topic."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A topic, how sure (0 to 1), and the words that speak for it most."""

    slug: str
    confidence: float
    words: tuple[str, ...]


def telling_words(title: str, body: str) -> frozenset[str]:
    """The words of an article that may tell; of scripts without spaces, pairs of characters."""
    text = fold_keyword(f"{title}\n{body}")
    if text.isascii() or not prose.UNSPACED.search(text):
        return frozenset(_WORD.findall(text))
    found = set(_SPACED.findall(text))
    for run in _UNSPACED.findall(text):
        found.update(run[n : n + 2] for n in range(len(run) - 1))
    return frozenset(found)


def train(examples: Iterable[tuple[str, Set[str]]]) -> Model:
    """Learn from the words of articles, each with its topic, or "" where nobody knows."""
    every: Counter[str] = Counter()
    by_topic: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    articles = 0
    for slug, found in examples:
        articles += 1
        every.update(found)
        if slug:
            sizes[slug] += 1
            by_topic.setdefault(slug, Counter()).update(found)
    topics = tuple(sorted(slug for slug, size in sizes.items() if size >= MIN_ARTICLES_PER_TOPIC))
    if len(topics) < 2:
        return UNTRAINED
    telling = [
        (-count, word)
        for word, count in every.items()
        if _TWICE <= count <= max(_TWICE, _EVERYWHERE * articles)
    ]
    kept = [word for _, word in sorted(telling)[:_KNOWN]]
    counts = {word: (every[word], *(by_topic[slug][word] for slug in topics)) for word in kept}
    return Model(articles, topics, counts)


def classify(model: Model, found: Set[str], among: Set[str]) -> Guess | None:
    """Say which of the topics `among` an article with these words reads like; None: like none."""
    known = sorted(found & model.words.keys())
    slugs = [slug for slug in model.topics if slug in among]
    if len(known) < _FEWEST or not slugs:
        return None
    columns = [0, *(1 + model.topics.index(slug) for slug in slugs)]
    logs = [model.logs(word) for word in known]
    every = [sum(column) for column in zip(*logs, strict=True)]
    sums = [every[n] for n in columns]
    best = max(range(1, len(columns)), key=lambda i: sums[i])
    scale = min(1.0, _INDEPENDENT / len(known))
    rest = sum(math.exp(min(0.0, (one - sums[best])) * scale) for one in sums)
    if sums[0] > sums[best]:
        return None
    at = columns[best]
    gain = sorted(zip([row[at] - row[0] for row in logs], known, strict=True), reverse=True)
    told = tuple(word for points, word in gain[:_SHOWN] if points > 0)
    return Guess(slugs[best - 1], 1 / rest, told)
