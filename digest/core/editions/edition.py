"""An edition: what one issue of a newsletter holds, in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import ceil

from digest.core.articles.article import Article
from digest.core.articles.author import author_key
from digest.core.articles.correction import Correction
from digest.core.articles.teaser import in_public, is_withheld
from digest.core.editions.selection import OTHER, Pick, Selection
from digest.core.message.story_choice import Choice, StoryEntry
from digest.core.newsletters.newsletter import Newsletter
from digest.core.text import prose


class EditionState(StrEnum):
    """Where an edition is on its way; drawn in ARCHITECTURE.md."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    HELD = "held"
    CANCELLED = "cancelled"


class EditionReason(StrEnum):
    """Why an edition is held or paused: what decisions go by, beside the words for people."""

    NONE = ""
    TOO_FEW = "too_few"
    FAULTY = "faulty"
    """Its message has a hard fault."""
    BY_HAND = "by_hand"


class StoryLength(StrEnum):
    """How much of a story is printed in this edition, by an editor's word."""

    FULL = "full"
    SHORT = "short"
    """A sentence or two, without picture and related pieces."""
    TITLE = "title"
    """No summary either."""


@dataclass(frozen=True, slots=True)
class Group:
    """The pieces of one byline inside a section; `authors` is empty for unsigned pieces."""

    authors: tuple[str, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The pieces under one topic; slug is OTHER ("") for the catch-all section."""

    slug: str
    name: str
    groups: tuple[Group, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every piece of the section, in reading order."""
        return tuple(article for group in self.groups for article in group.articles)


@dataclass(frozen=True, slots=True)
class Carried:
    """A piece of an earlier edition, and the moment of the first edition that had it."""

    pick: Pick
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue: the lead story, then sections by topic, in each the authors' pieces together.

    The lead is not repeated in a section. `lead_topic` is the slug of the topic that it belongs
    to, `lead_section` its name. `at` is the moment it is made for (aware, UTC). `carried` has the
    articles that an earlier edition had, by id, and its moment: they are for readers who did not
    get them. They go back to the moment `back`. `corrections` are for those who got the old text.
    `lengths` and `notes` are an editor's, by the article's id: how much of it is printed, and what
    stands below it.
    """

    newsletter: Newsletter
    at: datetime
    lead: Article
    lead_section: str
    sections: tuple[Section, ...]
    lead_topic: str = OTHER
    carried: Mapping[int, datetime] = field(default_factory=dict)
    back: datetime | None = None
    corrections: tuple[Correction, ...] = ()
    lengths: Mapping[int, StoryLength] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    lead_by_hand: bool = False
    """Whether the lead is that of all who get it, also if another story is bigger."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article in it, lead first, in reading order."""
        return (self.lead, *(a for section in self.sections for a in section.articles))


def arrange(
    newsletter: Newsletter,
    selection: Selection,
    at: datetime,
    carried: Sequence[Carried] = (),
    back: datetime | None = None,
) -> Edition:
    """Put the picks in reading order. Raises ValueError for an empty selection: no empty mail.

    What is `carried` over from earlier editions stands behind the new pieces of its section.
    """
    if not selection.picks:
        raise ValueError("an edition needs at least one article")
    names = {rule.slug: rule.name for rule in newsletter.topics} | {OTHER: ""}
    order = {slug: n for n, slug in enumerate(_order(newsletter))}
    lead = _lead(selection.picks)
    rest = [pick for pick in (*selection.picks, *(one.pick for one in carried)) if pick is not lead]
    slugs = sorted(
        {pick.section for pick in rest}, key=lambda s: (s == OTHER, order.get(s, len(order)), s)
    )
    return Edition(
        newsletter=newsletter,
        at=at,
        lead=lead.article,
        lead_section=names.get(lead.section, lead.section),
        lead_topic=lead.section,
        carried={one.pick.article.id: one.at for one in carried},
        back=back,
        sections=tuple(
            Section(slug, names.get(slug, slug), _groups([p for p in rest if p.section == slug]))
            for slug in slugs
        ),
    )


def _lead(picks: tuple[Pick, ...]) -> Pick:
    """The week's big story: the longest piece that a topic rule reaches, the newest of equals."""
    return max(picks, key=lambda pick: (pick.section != OTHER, pick.article.words))


def _order(newsletter: Newsletter) -> tuple[str, ...]:
    """The newsletter's own order of topics, else that of the config."""
    return newsletter.rules.topics or tuple(rule.slug for rule in newsletter.topics)


def _groups(picks: list[Pick]) -> tuple[Group, ...]:
    """By byline; the byline with the best pick first, unsigned pieces last."""
    bylines: dict[tuple[str, ...], list[Article]] = {}
    for pick in picks:
        bylines.setdefault(pick.article.authors, []).append(pick.article)
    unsigned = bylines.pop((), [])
    groups = [Group(authors, tuple(articles)) for authors, articles in bylines.items()]
    return (*groups, Group((), tuple(unsigned))) if unsigned else tuple(groups)


WORDS_A_MINUTE = 230


def minutes(words: int) -> int:
    """How long so many words take to read; 0 where the length is unknown."""
    return ceil(words / WORDS_A_MINUTE)


def story_entries_of(edition: Edition) -> tuple[StoryEntry, ...]:
    """What choosing needs to know of each article, in reading order."""
    slugs = [section.slug for section in edition.sections]
    lead = slugs.index(edition.lead_topic) if edition.lead_topic in slugs else len(slugs)
    first = _entry(edition, edition.lead, lead, -1, edition.lead_topic)
    found = [replace(first, first=edition.lead_by_hand)]
    group = 0
    for number, section in enumerate(edition.sections):
        for together in section.groups:
            for article in together.articles:
                found.append(_entry(edition, article, number, group, section.slug))
                # Unsigned pieces are nobody's, so none belongs to another.
                group += not together.authors
            group += 1
    return tuple(found)


def _entry(edition: Edition, article: Article, section: int, group: int, topic: str) -> StoryEntry:
    belongs = {one.slug for one in article.topics} | ({topic} if topic != OTHER else set())
    return StoryEntry(
        article=article.id,
        title=prose.one_line(article.title),
        section=section,
        group=group,
        topic=topic,
        topics=tuple(sorted(belongs)),
        authors=tuple(author_key(name) for name in article.authors),
        words=article.words,
        minutes=minutes(article.words),
        since=edition.carried.get(article.id),
        locked=is_withheld(article),
    )


def shown_part(edition: Edition, choice: Choice) -> Edition:
    """The part of an edition that a choice shows, with its own lead and no empty section.

    What the choice shows a teaser of is there as that.
    """
    articles = edition.articles
    shown = {articles[place].id for place in choice.places}
    lead = articles[choice.lead]
    below = shown - {lead.id}
    slug, name = _under(edition, lead)
    return replace(
        edition,
        lead=_seen(lead, choice),
        lead_topic=slug,
        lead_section=name,
        sections=tuple(
            part for section in edition.sections if (part := _part(section, below, choice)).articles
        ),
    )


def without_carried(edition: Edition) -> Edition:
    """The edition without what earlier ones had: what a reader without wishes gets."""

    def own(section: Section) -> Section:
        groups = (
            replace(group, articles=tuple(a for a in group.articles if a.id not in edition.carried))
            for group in section.groups
        )
        return replace(section, groups=tuple(group for group in groups if group.articles))

    sections = tuple(part for one in edition.sections if (part := own(one)).articles)
    return replace(edition, sections=sections, carried={})


def _under(edition: Edition, article: Article) -> tuple[str, str]:
    for section in edition.sections:
        if article in section.articles:
            return section.slug, section.name
    return edition.lead_topic, edition.lead_section


def _seen(article: Article, choice: Choice) -> Article:
    return article if choice.is_open else in_public(article)


def _part(section: Section, shown: set[int], choice: Choice) -> Section:
    groups = (
        replace(group, articles=tuple(_seen(a, choice) for a in group.articles if a.id in shown))
        for group in section.groups
    )
    return replace(section, groups=tuple(group for group in groups if group.articles))
