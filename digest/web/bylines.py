"""The pages of who writes, and of what it is about."""

from collections.abc import Callable, Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.core import author, prose
from digest.core.article import Article
from digest.core.issue import key_of, slug_of
from digest.render.language import long_date
from digest.render.links import web_address
from digest.store import archive
from digest.web.paged import LENGTH, Page, asked
from digest.web.pages import missing, page, words


class Bylines:
    """The handlers. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [Route("/authors/{slug}", self.author), Route("/topics/{slug}", self.topic)]

    def author(self, request: Request) -> Response:
        """What somebody wrote, under every spelling of their name."""
        app, which = self._live(), asked(request)
        keys, name = _person(app, key_of(request.path_params["slug"]))
        if which is None or not name:
            return missing(app)
        found = app.db.read(
            archive.by_author, keys, app.clock(), skip=which.skip, limit=which.limit
        )
        return _listed(app, which, f"authors/{_path(keys[0])}", name, found)

    def topic(self, request: Request) -> Response:
        """What is about a topic of the config."""
        app, which = self._live(), asked(request)
        slug = request.path_params["slug"]
        names = {rule.slug: rule.name for rule in app.settings.topic_rules()}
        if which is None or slug not in names:
            return missing(app)
        found = app.db.read(archive.by_topic, slug, app.clock(), skip=which.skip, limit=which.limit)
        return _listed(app, which, f"topics/{quote(slug)}", names[slug], found)


def _person(app: App, key: str) -> tuple[tuple[str, ...], str]:
    """All comparison keys of a person, the first for their address, and their name; "" if none."""
    for writer in app.settings.writers():
        keys = tuple(dict.fromkeys(map(author.key, (writer.name, *writer.aliases))))
        if key in keys:
            return keys, writer.name
    known = app.db.read(archive.names, (key,))
    return (key,), known[0] if known else ""


def _path(key: str) -> str:
    return quote(slug_of(key), safe="")


def _listed(app: App, which: Page, path: str, title: str, found: Sequence[Article]) -> Response:
    if not found:
        return missing(app)
    return page(
        app,
        "articles.html",
        title=title,
        turn=which.turn(f"{app.press.web_url}/{path}", len(found)),
        stories=[_row(app, article) for article in found[:LENGTH]],
    )


def _row(app: App, article: Article) -> dict[str, object]:
    """What the page says of an article."""
    publication = app.settings.publication
    day = article.published.astimezone(ZoneInfo(publication.timezone)).date()
    named = {rule.slug: rule.name for rule in app.settings.topic_rules()}
    (credited,) = author.credited([article], app.settings.writers())
    return {
        "title": prose.one_line(article.title) or words(app).untitled,
        "url": web_address(article.url),
        "date": long_date(day, publication.language) if article.dated else "",
        "authors": [(name, _author_url(app, name)) for name in credited.authors],
        "topics": [
            (named[topic.slug], f"{app.press.web_url}/topics/{quote(topic.slug)}")
            for topic in article.topics
            if topic.slug in named
        ],
    }


def _author_url(app: App, name: str) -> str:
    return f"{app.press.web_url}/authors/{_path(author.key(name))}"
