"""An edition: what one issue of a newsletter holds, in its order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.article import Article
from digest.core.newsletter import Newsletter
from digest.core.selection import OTHER, Pick, Selection


class EditionState(StrEnum):
    """Where an edition is on its way; drawn in ARCHITECTURE.md."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    HELD = "held"
    CANCELLED = "cancelled"


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
class Edition:
    """One issue: the lead story, then sections by topic, in each the authors' pieces together.

    The lead is not repeated in a section. `lead_section` is the name of the topic that it belongs
    to. `at` is the moment it is made for (aware, UTC).
    """

    newsletter: Newsletter
    at: datetime
    lead: Article
    lead_section: str
    sections: tuple[Section, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article in it, lead first, in reading order."""
        return (self.lead, *(a for section in self.sections for a in section.articles))


def arrange(newsletter: Newsletter, selection: Selection, at: datetime) -> Edition:
    """Put the picks in reading order. Raises ValueError for an empty selection: no empty mail."""
    if not selection.picks:
        raise ValueError("an edition needs at least one article")
    names = {rule.slug: rule.name for rule in newsletter.topics} | {OTHER: ""}
    order = {slug: n for n, slug in enumerate(_order(newsletter))}
    lead = _lead(selection.picks)
    rest = [pick for pick in selection.picks if pick is not lead]
    slugs = sorted(
        {pick.section for pick in rest}, key=lambda s: (s == OTHER, order.get(s, len(order)), s)
    )
    return Edition(
        newsletter=newsletter,
        at=at,
        lead=lead.article,
        lead_section=names.get(lead.section, lead.section),
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
