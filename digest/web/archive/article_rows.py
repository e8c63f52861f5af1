"""Articles as lists of pages and as feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from digest.actions.articles.topics import in_topics
from digest.app import App
from digest.core.articles import author
from digest.core.articles.article import Article
from digest.core.articles.teaser import by_topic, in_public
from digest.core.newsletters.permalinks import author_slug
from digest.core.text import prose
from digest.render.site.atom import FeedPost
from digest.render.words.language import long_date
from digest.render.words.links import edition_address, followable_url
from digest.store.editions import archive
from digest.web.http.pages import phrases_of


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What a page says of an article; authors and topics are (name, address)."""

    title: str
    url: str
    date: str
    authors: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]


def story_rows(app: App, found: Sequence[Article]) -> list[StoryRow]:
    """What a page says of each article."""
    publication = app.settings.publication
    zone, places = ZoneInfo(publication.timezone), _places(app, found)
    return [
        StoryRow(
            title=_title(app, article),
            url=places[article.id],
            date=long_date(article.published.astimezone(zone).date(), publication.language)
            if article.dated
            else "",
            authors=tuple(
                (name, author_url(app, author.author_key(name))) for name in article.authors
            ),
            topics=tuple((name, topic_url(app, slug)) for slug, name in _topics(app, article)),
        )
        for article in author.credited(found, app.settings.writers())
    ]


def posts(app: App, found: Sequence[Article], page: str) -> list[FeedPost]:
    """What a feed says of each article; `page` is where those are that have no address."""
    places, summaries = _places(app, found), _summaries(app, found)
    return [
        FeedPost(
            title=_title(app, article),
            summary=summaries[article.id],
            url=places[article.id] or page,
            at=article.published,
            id=uuid5(NAMESPACE_URL, f"{app.factory.web_url}/{article.key}").urn,
            authors=article.authors,
            topics=tuple(_topics(app, article)),
        )
        for article in author.credited(found, app.settings.writers())
    ]


def _summaries(app: App, found: Sequence[Article]) -> dict[int, str]:
    """What everybody may read of each, by the topics that it stands under and those of now."""
    rules = app.settings.topic_rules()
    closed = in_topics(app.db, by_topic(found, rules), rules)
    return {article.id: prose.one_line(in_public(article).summary) for article in closed}


def author_url(app: App, key: str) -> str:
    """The page of who has this comparison key."""
    return f"{app.factory.web_url}/authors/{quote(author_slug(key), safe='')}"


def topic_url(app: App, slug: str) -> str:
    """The page of a topic."""
    return f"{app.factory.web_url}/topics/{quote(slug)}"


def _title(app: App, article: Article) -> str:
    return prose.one_line(article.title) or phrases_of(app).untitled


def _topics(app: App, article: Article) -> list[tuple[str, str]]:
    named = {rule.slug: rule.name for rule in app.settings.topic_rules()}
    return [(one.slug, named[one.slug]) for one in article.topics if one.slug in named]


def _places(app: App, found: Sequence[Article]) -> dict[int, str]:
    """Where one can read each: at its own address, else in the edition that had it, else ""."""
    places = {article.id: followable_url(article.url) for article in found}
    homeless = [number for number, url in places.items() if not url]
    for number, issue in (
        app.db.read(archive.printed, homeless, app.public_articles().newsletters).items()
        if homeless
        else ()
    ):
        places[number] = edition_address(app.factory.web_url, issue.newsletter, issue.at)
    return places
