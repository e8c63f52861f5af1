"""Editions to try templates with, when they are loaded: one with everything, one with the least."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from digest.core.articles.article import Access, Article, Related, Topic
from digest.core.articles.correction import Correction
from digest.core.articles.topic_rules import TopicRule
from digest.core.editions.edition import Edition, arrange
from digest.core.editions.selection import OTHER, Pick, Selection, Window
from digest.core.newsletters.newsletter import Approval, Newsletter, Publication, Rules
from digest.core.newsletters.timetable import Late, Schedule
from digest.render.message.letters import Button, Content

MARK = "NDGspecimen"
WEB_URL = "https://read.specimen.example"
PUBLICATION = Publication(
    name="A Publication",
    url="https://specimen.example",
    postal_address="1 Specimen Street",
    language="en",
    timezone="UTC",
)
NEWSLETTER = Newsletter(
    slug="specimen",
    title="A Newsletter",
    timezone="UTC",
    schedule=Schedule("day", at=time(7)),
    late=Late("skip"),
    approval=Approval(),
    rules=Rules(
        topics=(),
        lookback=timedelta(days=7),
        min_articles=1,
        max_articles=20,
        max_per_topic=20,
        max_per_author=20,
    ),
    subject="{{ lead.title }}",
    preheader="",
    intro="Good morning.",
    topics=tuple(TopicRule(slug=slug, name=slug.title()) for slug in ("one", "two", "three")),
)
_DAY = datetime(2026, 3, 9, 7, tzinfo=UTC)


_UNLINKED = Correction(2, 2, "Another piece", "", "A name was wrong.", _DAY)


def full_specimen(newsletter: Newsletter = NEWSLETTER) -> Edition:
    """Several topics, a writer of two pieces, related pieces: whatever a template may show."""
    related = (Related("A related piece", "https://specimen.example/related"), Related("Another"))
    drawn = _edition(
        newsletter,
        _article(1, "one", related=related),
        _article(2, "one", authors=("Ada Ferrer",)),
        _article(3, "one", authors=("Ada Ferrer",), related=related),
        _article(4, "two", authors=("Bo Lin", "Cy Okafor")),
        _article(5, "three", authors=(), url=""),
        replace(_article(7, "three", related=related), access=Access.SUBSCRIBERS),
        _article(6, OTHER),
    )
    url = "https://specimen.example/wrong"
    wrong = (Correction(1, 1, "A piece", url, "A number.", _DAY), _UNLINKED)
    return replace(drawn, corrections=wrong)


def bare(newsletter: Newsletter = NEWSLETTER) -> Edition:
    """One story that is a title and nothing else."""
    return _edition(newsletter, _article(1, OTHER, authors=(), url="", text="", dated=False))


def letter_specimen(name: str) -> Content:
    """A letter with everything that one may have."""
    return Content(
        name=name,
        subject="A letter",
        heading="A letter",
        paragraphs=("The first paragraph of it.", "The second one."),
        reason="It is a specimen.",
        button=Button("A button", "https://specimen.example/button"),
        facts=(("A fact", "its value"),),
        items=("An item", "Another"),
        commands=(("What it does", "digest status"),),
        small=("In small print.",),
        links=(Button("A link", "https://specimen.example/link"),),
    )


def _edition(newsletter: Newsletter, *articles: Article) -> Edition:
    picks = tuple(
        Pick(article, article.topics[0].slug if article.topics else OTHER, "a specimen")
        for article in articles
    )
    window = Window(_DAY - timedelta(days=7), _DAY)
    return arrange(newsletter, Selection(window, picks, ()), _DAY)


def _article(
    number: int,
    topic: str,
    *,
    authors: tuple[str, ...] = ("Dee Sample",),
    url: str = "https://specimen.example/article",
    text: str = "The first sentence of it. The second one.",
    dated: bool = True,
    related: tuple[Related, ...] = (),
) -> Article:
    return Article(
        id=number,
        key=f"specimen:{number}",
        title=f"Specimen number {number}",
        authors=authors,
        published=_DAY - timedelta(hours=number),
        dated=dated,
        url=url,
        summary="",
        body_html="",
        body_text=text,
        words=690 if text else 0,
        photo_credit="",
        related=related,
        categories=(),
        topics=(Topic(topic, 1.0, "a specimen"),) if topic else (),
        topics_by="",
        source="specimen",
        content_hash=f"specimen:{number}",
    )
