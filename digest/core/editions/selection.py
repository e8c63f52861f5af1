"""Which articles go into an edition, and why; the others, and why not."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.articles.article import Article
from digest.core.articles.learning import HAND
from digest.core.articles.minhash import site_of
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


class LeftoutReason(StrEnum):
    """Why an article is not in: what decisions and counts go by."""

    NONE = ""
    WITHHELD = "withheld"
    """Hidden or removed."""
    ALREADY_SENT = "already_sent"
    SAME_STORY = "same_story"
    NOT_YET = "not_yet"
    TOO_OLD = "too_old"
    OTHER_TOPICS = "other_topics"
    LIMIT = "limit"
    """`max_articles`, `max_per_topic` or `max_per_author` is reached."""
    UNPRINTABLE = "unprintable"
    DROPPED = "dropped"
    """An editor took it out of the draft."""


@dataclass(frozen=True, slots=True)
class Leftout:
    """An article that was looked at and is not in, and why: in words, and as a fact."""

    article: Article
    why: str
    reason: LeftoutReason = LeftoutReason.NONE


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
        out = (
            _outside(article, window, seen, told)
            or (None if section is not None else (LeftoutReason.OTHER_TOPICS, why_in))
            or _again(article, shown)
            or _over(article, section or OTHER, len(picks), per_topic, per_author, rules)
        )
        if out:
            reason, why_out = out
            leftouts.append(Leftout(article, why_out, reason))
            continue
        section = section or OTHER
        picks.append(Pick(article, section, why_in))
        per_topic[section] += 1
        per_author.update(set(article.authors))
    return Selection(window, tuple(picks), tuple(leftouts))


Out = tuple[LeftoutReason, str] | None
"""Why an article is out, as a fact and in words; None if it is not."""


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
    """The first published, unless another is clearly fuller; of one site's, the newest."""
    sites = {site_of(article.url) for article in articles}
    if len(sites) == 1 and sites != {""}:
        return max(articles, key=lambda a: (a.published, a.id))
    first, *later = sorted(articles, key=lambda a: (a.published, a.id))
    fullest = max(later, key=lambda a: a.words)
    return fullest if fullest.words >= _FULLER * first.words else first


def _again(article: Article, shown: dict[int, Article]) -> Out:
    instead = shown.get(_story(article), article)
    if instead.id == article.id:
        return None
    why = f'the same story as "{instead.title}" (article {instead.id})'
    return LeftoutReason.SAME_STORY, why


def _outside(article: Article, window: Window, seen: Set[int], told: Set[int]) -> Out:
    if article.withheld:
        return LeftoutReason.WITHHELD, str(article.withheld)
    if article.id in seen:
        return LeftoutReason.ALREADY_SENT, "an earlier edition had it"
    if _story(article) in told:
        return LeftoutReason.ALREADY_SENT, "an earlier edition had the same story"
    if article.published > window.until:
        when = f"{article.published:%Y-%m-%d %H:%M} UTC"
        return LeftoutReason.NOT_YET, f"its date is after this edition ({when})"
    if article.published <= window.since:
        lookback = span(window.until - window.since)
        return LeftoutReason.TOO_OLD, f"older than the lookback of {lookback}"
    return None


def section_of(article: Article, rules: Rules) -> str:
    """The section of an article that is in whatever the rules say."""
    return _section(article, rules)[0] or OTHER


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
) -> Out:
    why = ""
    if chosen >= rules.max_articles:
        why = f"max_articles = {rules.max_articles} is reached"
    elif per_topic[section] >= rules.max_per_topic:
        why = f"max_per_topic = {rules.max_per_topic} is reached"
    else:
        over = (one for one in article.authors if per_author[one] >= rules.max_per_author)
        if author := next(over, ""):
            why = f"max_per_author = {rules.max_per_author} is reached for {author}"
    return (LeftoutReason.LIMIT, why) if why else None
