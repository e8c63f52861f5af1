"""An edition of invented articles: what templates and settings make of it is their own doing."""

from datetime import datetime, timedelta
from itertools import cycle

from digest.core.article import Article, Related
from digest.core.newsletter import Newsletter
from digest.core.selection import OTHER, Pick, Selection, Window

_TITLES = (
    "The lamp that the town votes on",
    "Bread prices and the baker’s ledger",
    "A library opens at low tide",
    "Who owns the last ferry ticket",
    "The orchard behind the rail yard",
    "Seven bridges, one painter",
)
_AUTHORS = ("Ines Marlow", "Ines Marlow", "Oda Brandt", "Tomas Vey")
_WORDS = "Nobody had asked for it, and everybody came to look. What they saw was small and exact."


def specimen(newsletter: Newsletter, now: datetime) -> Selection:
    """Six articles under the topics of this newsletter, a writer's pieces among them."""
    topics = cycle(newsletter.rules.topics or [rule.slug for rule in newsletter.topics] or [OTHER])
    picks = tuple(
        Pick(_article(number, title, now), topic, "it is only an example")
        for number, (title, topic) in enumerate(zip(_TITLES, topics, strict=False), 1)
    )
    return Selection(Window(now - timedelta(days=7), now), picks, ())


def _article(number: int, title: str, now: datetime) -> Article:
    return Article(
        id=number,
        key=f"specimen {number}",
        title=title,
        authors=(_AUTHORS[number % len(_AUTHORS)],),
        published=now - timedelta(days=number),
        dated=True,
        url=f"https://specimen.example/{number}",
        summary=_WORDS,
        body_html=f"<p>{_WORDS}</p>",
        body_text=_WORDS,
        words=700 + number,
        photo_credit="",
        related=(Related("What the minutes say", "https://specimen.example/minutes"),),
        categories=(),
        topics=(),
        topics_by="",
        source="specimen",
        content_hash="",
    )
