"""The pages of who writes, and of what it is about, and their feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.core.articles import author
from digest.core.articles.article import Article
from digest.core.newsletters.permalinks import key_of
from digest.render.site import atom
from digest.store.editions import archive
from digest.store.editions.archive import Of
from digest.web.archive.article_rows import author_url, posts, story_rows, topic_url
from digest.web.archive.feeds import FEED_LENGTH, feed_response
from digest.web.http.pages import not_found, page, search_path
from digest.web.http.pagination import PAGE_LENGTH, asked_page


class ArticleQuery(Protocol):
    """Reads articles, newest first."""

    def __call__(self, *, skip: int = 0, limit: int = 30) -> Sequence[Article]:
        """So many of them."""


@dataclass(frozen=True, slots=True)
class ArticleList:
    """What one author wrote, or what is about one topic."""

    title: str
    url: str
    read: ArticleQuery

    @property
    def feed(self) -> str:
        """Where its feed is."""
        return f"{self.url}/feed.xml"


class Bylines:
    """The handlers. `live` gives the app of now.

    With `whole`, each list is read once and remembered: for who asks for all of their pages, one
    after the other, while nothing changes.
    """

    def __init__(self, live: Callable[[], App], *, whole: bool = False) -> None:
        self._live = live
        self._lists: dict[Of, Sequence[int]] | None = {} if whole else None

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/authors/{slug}", self.author),
            Route("/authors/{slug}/feed.xml", self.author_feed),
            Route("/topics/{slug}", self.topic),
            Route("/topics/{slug}/feed.xml", self.topic_feed),
        ]

    def author(self, request: Request) -> Response:
        """What somebody wrote, under every spelling of their name."""
        app = self._live()
        return _page(app, request, self._author(app, request))

    def author_feed(self, request: Request) -> Response:
        """The newest of it, for feed readers."""
        app = self._live()
        return _feed(app, request, self._author(app, request))

    def topic(self, request: Request) -> Response:
        """What is about a topic of the config."""
        app = self._live()
        return _page(app, request, self._topic(app, request))

    def topic_feed(self, request: Request) -> Response:
        """The newest of it, for feed readers."""
        app = self._live()
        return _feed(app, request, self._topic(app, request))

    def _author(self, app: App, request: Request) -> ArticleList | None:
        keys, name = _person(app, key_of(request.path_params["slug"]))
        if not name:
            return None
        return ArticleList(name, author_url(app, keys[0]), self._reading(app, Of(authors=keys)))

    def _topic(self, app: App, request: Request) -> ArticleList | None:
        slug = request.path_params["slug"]
        names = {rule.slug: rule.name for rule in app.settings.topic_rules()}
        if slug not in names:
            return None
        return ArticleList(names[slug], topic_url(app, slug), self._reading(app, Of(topic=slug)))

    def _reading(self, app: App, of: Of) -> ArticleQuery:
        def read(*, skip: int = 0, limit: int = 30) -> Sequence[Article]:
            if self._lists is None:
                return app.db.read(archive.by, of, app.public_articles(), skip=skip, limit=limit)
            if of not in self._lists:
                self._lists[of] = app.db.read(archive.every, of, app.public_articles())
            return app.db.read(archive.in_order, self._lists[of][skip : skip + limit])

        return read


def _person(app: App, key: str) -> tuple[tuple[str, ...], str]:
    """All comparison keys of a person, the first for their address, and their name; "" if none."""
    for writer in app.settings.writers():
        keys = tuple(dict.fromkeys(map(author.author_key, (writer.name, *writer.aliases))))
        if key in keys:
            return keys, writer.name
    known = app.db.read(archive.author_names, (key,))
    return (key,), known[0] if known else ""


def _page(app: App, request: Request, shelf: ArticleList | None) -> Response:
    which = asked_page(request)
    found = shelf.read(skip=which.skip, limit=which.limit) if shelf and which else ()
    if shelf is None or which is None or not found:
        return not_found(app)
    return page(
        app,
        "articles.html",
        title=shelf.title,
        feed=shelf.feed,
        home=app.factory.web_url,
        search_url=search_path(app),
        turn=which.turn(shelf.url, len(found)),
        stories=story_rows(app, found[:PAGE_LENGTH]),
    )


def _feed(app: App, request: Request, shelf: ArticleList | None) -> Response:
    found = shelf.read(limit=FEED_LENGTH) if shelf else ()
    if shelf is None or not found:
        return not_found(app)
    publication = app.settings.publication
    content = atom.atom_feed(
        f"{shelf.title} · {publication.name}",
        publication.name,
        publication.language,
        shelf.feed,
        shelf.url,
        posts(app, found, shelf.url),
    )
    return feed_response(request, content)
