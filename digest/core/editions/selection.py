"""Which articles go into an edition, and why; the others, and why not."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from digest.core.articles.article import Article
from digest.core.articles.learning import HAND
from digest.core.newsletters.newsletter import Rules
from digest.core.newsletters.timetable import span

OTHER = ""
"""The section of articles that no topic rule reaches."""


_FULLER = 1.25
_NO_TOPIC = "no topic rule matches it"


@dataclass(frozen=True, slots=True)
class Window:
    """since < published <= until, both aware."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Pick:
    """An article that is in, under a topic's slug (OTHER where it has none), and why."""

    article: Article
    section: str
    why: str


@dataclass(frozen=True, slots=True)
class Leftout:
    """An article that was looked at and is not in, and why."""

    article: Article
    why: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The picks, best first, and everything that was left out."""

    window: Window
    picks: tuple[Pick, ...]
    leftouts: tuple[Leftout, ...]


def select(
    articles: Iterable[Article],
    rules: Rules,
    window: Window,
    seen: Set[int] = frozenset(),
    told: Set[int] = frozenset(),
) -> Selection:
    """Choose the articles of an edition, newest first; equal dates go by id.

    `seen` holds the ids of articles that an earlier edition of this newsletter already had, `told`
    the originals of those among them that are copies: never the same story twice. Of articles
    that tell one story, the first published is shown, unless another is a quarter longer.
    """
    articles = list(articles)
    told = told | seen | {_story(article) for article in articles if article.id in seen}
    picks: list[Pick] = []
    leftouts: list[Leftout] = []
    per_topic: Counter[str] = Counter()
    per_author: Counter[str] = Counter()
    shown = _shown(
        article
        for article in articles
        if not _outside(article, window, seen, told) and _section(article, rules)[0] is not None
    )
    for article in sorted(articles, key=lambda a: (a.published, a.id), reverse=True):
        section, why_in = _section(article, rules)
        why_out = (
            _outside(article, window, seen, told)
            or ("" if section is not None else why_in)
            or _again(article, shown)
            or _over(article, section or OTHER, len(picks), per_topic, per_author, rules)
        )
        if why_out:
            leftouts.append(Leftout(article, why_out))
            continue
        section = section or OTHER
        picks.append(Pick(article, section, why_in))
        per_topic[section] += 1
        per_author.update(set(article.authors))
    return Selection(window, tuple(picks), tuple(leftouts))


def _story(article: Article) -> int:
    """The original of a copy, else the article itself."""
    return article.id if article.copy_of is None else article.copy_of


def _shown(articles: Iterable[Article]) -> dict[int, Article]:
    """Which article is shown of each story that more than one tells."""
    stories: dict[int, list[Article]] = {}
    for article in articles:
        stories.setdefault(_story(article), []).append(article)
    return {story: _best(them) for story, them in stories.items() if len(them) > 1}


def _best(articles: list[Article]) -> Article:
    """The first published, unless another is clearly fuller."""
    first, *later = sorted(articles, key=lambda a: (a.published, a.id))
    fullest = max(later, key=lambda a: a.words)
    return fullest if fullest.words >= _FULLER * first.words else first


def _again(article: Article, shown: dict[int, Article]) -> str:
    instead = shown.get(_story(article), article)
    if instead.id == article.id:
        return ""
    return f'the same story as "{instead.title}" (article {instead.id})'


def _outside(article: Article, window: Window, seen: Set[int], told: Set[int]) -> str:
    if article.withheld:
        return str(article.withheld)
    if article.id in seen:
        return "an earlier edition had it"
    if _story(article) in told:
        return "an earlier edition had the same story"
    if article.published > window.until:
        return f"its date is after this edition ({article.published:%Y-%m-%d %H:%M} UTC)"
    if article.published <= window.since:
        return f"older than the lookback of {span(window.until - window.since)}"
    return ""


def _section(article: Article, rules: Rules) -> tuple[str | None, str]:
    """The strongest topic that the newsletter wants, and why; None where it wants none of them."""
    wanted = set(rules.topics)
    for topic in article.topics:
        if not wanted or topic.slug in wanted:
            return topic.slug, topic.why
    if wanted:
        return None, "none of this newsletter's topics"
    return OTHER, "set by hand to have no topic" if article.topics_by == HAND else _NO_TOPIC


def _over(
    article: Article,
    section: str,
    chosen: int,
    per_topic: Counter[str],
    per_author: Counter[str],
    rules: Rules,
) -> str:
    if chosen >= rules.max_articles:
        return f"max_articles = {rules.max_articles} is reached"
    if per_topic[section] >= rules.max_per_topic:
        return f"max_per_topic = {rules.max_per_topic} is reached"
    for author in article.authors:
        if per_author[author] >= rules.max_per_author:
            return f"max_per_author = {rules.max_per_author} is reached for {author}"
    return ""
