"""Values for tests. Name only what matters; everything else is plausible and always the same."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from digest.core.articles.article import Article, Image, Item, Related, Topic
from digest.core.articles.topic_rules import TopicRule
from digest.core.editions.edition import Edition, arrange
from digest.core.editions.selection import OTHER, Pick, Selection, Window
from digest.core.message.compose import OutgoingMessage, Recipient, Sender
from digest.core.message.fragments import Rendering
from digest.core.message.story_choice import StoryEntry
from digest.core.newsletters.newsletter import Approval, Newsletter, Publication, Rules
from digest.core.newsletters.timetable import Late, Schedule
from digest.core.readers.delivery_options import Calendar

MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
"""A slot of the weekly: Monday, 9 March 2026, 07:30 in Berlin."""

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = Calendar(MONDAY, BERLIN)


def calendar(now: datetime) -> Calendar:
    return Calendar(now, BERLIN)


MARK = "NDG5f3a91c07be24d68"

TOPICS = (
    TopicRule("world", "World", keywords=("embassy", "border", "ceasefire")),
    TopicRule("science", "Science", keywords=("telescope", "genome")),
    TopicRule("economy", "Economy", keywords=("tariff", "wages")),
)


def a_publication(**changes) -> Publication:
    plain = Publication(
        name="The Harbour Review",
        url="https://harbour.example",
        postal_address="1 Quay Street, 20457 Hamburg",
        language="en",
        timezone="Europe/Berlin",
    )
    return replace(plain, **changes)


def some_rules(**changes) -> Rules:
    plain = Rules(
        topics=(),
        lookback=timedelta(days=14),
        min_articles=1,
        max_articles=20,
        max_per_topic=6,
        max_per_author=4,
    )
    return replace(plain, **changes)


def a_newsletter(**changes) -> Newsletter:
    plain = Newsletter(
        slug="weekly",
        title="The Harbour Weekly",
        timezone="Europe/Berlin",
        schedule=Schedule("week", at=time(7, 30), weekdays=(0,)),
        late=Late("send_until", timedelta(hours=6)),
        approval=Approval(),
        rules=some_rules(),
        subject="{{ lead.title }}",
        preheader="",
        intro="",
        topics=TOPICS,
    )
    return replace(plain, **changes)


def an_article(
    title: str = "The tide gauge that never sleeps", *, topic: str = OTHER, **changes
) -> Article:
    """An article; its id and key follow from its title, `topic` is the slug of its only topic."""
    plain = Article(
        id=crc32(title.encode(errors="replace")) & 0x7FFFFFFF,
        key=f"key:{title}",
        title=title,
        authors=("Mara Lind",),
        published=MONDAY - timedelta(days=2),
        dated=True,
        url=f"https://harbour.example/{crc32(title.encode(errors='replace')):08x}",
        summary="What a harbour learns when it measures the same water for a hundred years.",
        body_html="<p>The gauge stands where the pilots drink their coffee.</p>",
        body_text="The gauge stands where the pilots drink their coffee.",
        words=690,
        photo_credit="",
        related=(),
        categories=(),
        topics=(Topic(topic, 1.0, f"under {topic}"),) if topic else (),
        topics_by="",
        source="articles/tide-gauge.md",
        content_hash=f"hash:{title}",
    )
    return replace(plain, **changes)


def an_item(title: str = "The tide gauge that never sleeps", **changes) -> Item:
    plain = Item(
        title=title,
        body_html="<p>The gauge stands where the pilots drink their coffee.</p>",
        body_text="The gauge stands where the pilots drink their coffee.",
        source="articles/tide-gauge.md",
        authors=("Mara Lind",),
        published=MONDAY - timedelta(days=2),
    )
    return replace(plain, **changes)


def an_image(**changes) -> Image:
    plain = Image(
        stem="3f2a91c07be24d685a10",
        width=1200,
        height=600,
        alt="The gauge on its pier",
        credit="Ines Rowe",
    )
    return replace(plain, **changes)


def related(*titles: str, url: str = "https://harbour.example/related") -> tuple[Related, ...]:
    """Further pieces with these titles; url="" makes them plain lines."""
    return tuple(Related(title, url and f"{url}/{n}") for n, title in enumerate(titles, 1))


def a_selection(*articles: Article, at: datetime = MONDAY) -> Selection:
    """These articles, best first, each under its first topic."""
    return Selection(
        window=Window(at - timedelta(days=14), at),
        picks=tuple(
            Pick(a, a.topics[0].slug if a.topics else OTHER, "a test wants it") for a in articles
        ),
        leftouts=(),
    )


def an_edition(
    *articles: Article, newsletter: Newsletter | None = None, at: datetime = MONDAY
) -> Edition:
    """An edition of these articles, the first being the lead; without any, of one."""
    chosen = a_selection(*(articles or (an_article(),)), at=at)
    return arrange(newsletter or a_newsletter(), chosen, at)


def an_entry(article: int = 1, **changes) -> StoryEntry:
    plain = StoryEntry(
        article=article,
        title=f"Story {article}",
        section=0,
        group=article,
        topic="world",
        topics=("world",),
        authors=("mara lind",),
        words=100,
        minutes=1,
    )
    return replace(plain, **changes)


def a_rendering(**changes) -> Rendering:
    link = f"http://127.0.0.1:8000/unsubscribe/{MARK}UNSUBSCRIBEZ"
    plain = Rendering(
        subject="The tide gauge that never sleeps",
        preheader="And two more stories from the harbour",
        html=f'<!DOCTYPE html>\n<html lang="en"><a href="{link}">Unsubscribe</a></html>',
        text=f"The tide gauge that never sleeps\n\nUnsubscribe:\n{link}\n",
        mark=MARK,
    )
    return replace(plain, **changes)


def a_sender(**changes) -> Sender:
    plain = Sender(
        name="The Harbour Review",
        address="weekly@harbour.example",
        reply_to="editors@harbour.example",
        bounce_address="bounces@harbour.example",
        domain="harbour.example",
    )
    return replace(plain, **changes)


def a_recipient(email: str = "ada@reader.example", **changes) -> Recipient:
    plain = Recipient(
        delivery=crc32(email.encode()) & 0x7FFFFFFF,
        edition=1,
        email=email,
        name="",
        unsubscribe="dG9rZW4tZm9yLXRlc3Rz.c2ln",
        preferences="Y2hvaWNlcy1mb3ItdGVzdHM.c2ln",
        read="cmVhZGluZy1mb3ItdGVzdHM.c2ln",
    )
    return replace(plain, **changes)


def an_envelope(rcpt_to: str = "ada@reader.example", **changes) -> OutgoingMessage:
    plain = OutgoingMessage(
        delivery=crc32(rcpt_to.encode()) & 0x7FFFFFFF,
        mail_from="bounces@harbour.example",
        rcpt_to=rcpt_to,
        message=b"Subject: The tide gauge\r\n\r\nThe tide gauge that never sleeps\r\n",
        message_id=f"<1.{crc32(rcpt_to.encode()):08x}@harbour.example>",
        date=MONDAY,
    )
    return replace(plain, **changes)
