"""What search engines ask for: the list of public pages, and where they should not go."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.core.articles import author
from digest.render.site import sitemap
from digest.render.site.sitemap import MAX_SITEMAP_ENTRIES, SitemapPage
from digest.render.words.links import edition_address
from digest.store.database.database import LARGEST_ID
from digest.store.editions import archive
from digest.web.archive.article_rows import author_url
from digest.web.archive.edition_lists import archive_topics
from digest.web.archive.feeds import document
from digest.web.http.pages import hidden, not_found

CLOSED = ("unsubscribe/", "preferences/", "confirm/", "undo/", "read/", "search")
"""Pages of single readers, and those that are different for every question."""


class Sitemap:
    """The handlers. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/robots.txt", self.robots),
            Route("/sitemap.xml", self.sitemap),
            Route("/sitemap-{number:int}.xml", self.part),
        ]

    def robots(self, _: Request) -> Response:
        """What robots are asked; it counts only at the root of a host."""
        home = self._live().factory.web_url
        closed = [f"{urlsplit(home).path}/{path}" for path in CLOSED]
        return PlainTextResponse(sitemap.robots_txt(closed, f"{home}/sitemap.xml"))

    def sitemap(self, request: Request) -> Response:
        """All public pages; or the list of such lists, if they are too many for one."""
        app = self._live()
        every = places(app)
        if len(every) <= MAX_SITEMAP_ENTRIES:
            content = sitemap.sitemap(every)
        else:
            home = app.factory.web_url
            count = -(-len(every) // MAX_SITEMAP_ENTRIES)
            content = sitemap.index(f"{home}/sitemap-{n}.xml" for n in range(1, count + 1))
        return document(request, content, "application/xml")

    def part(self, request: Request) -> Response:
        """One of several lists, from 1."""
        app, number = self._live(), request.path_params["number"]
        every = places(app)
        some = (
            every[(number - 1) * MAX_SITEMAP_ENTRIES : number * MAX_SITEMAP_ENTRIES]
            if number
            else []
        )
        if not some or len(every) <= MAX_SITEMAP_ENTRIES:
            return not_found(app)
        return document(request, sitemap.sitemap(some), "application/xml")


def places(app: App) -> list[SitemapPage]:
    """Every page that is for everybody, each once; later ones are added behind earlier ones."""
    home = app.factory.web_url
    issues = app.db.read(archive.issues, but=hidden(app), limit=LARGEST_ID)[::-1]
    lists = dict.fromkeys(
        [one.slug for one in app.settings.newsletter_values() if one.slug not in hidden(app)]
        + [one.newsletter for one in issues]
    )
    return [
        SitemapPage(f"{home}/"),
        SitemapPage(f"{home}/archive"),
        *(SitemapPage(f"{home}/archive/{slug}") for slug in lists),
        *(SitemapPage(url) for _, url in archive_topics(app)),
        *(SitemapPage(edition_address(home, one.newsletter, one.at), one.at) for one in issues),
        *(SitemapPage(author_url(app, key)) for key in _writers(app)),
    ]


def _writers(app: App) -> list[str]:
    """Their comparison keys; of who has several, the one in the address of their page."""
    known = {
        author.author_key(alias): author.author_key(one.name)
        for one in app.settings.writers()
        for alias in one.aliases
    }
    keys = app.db.read(archive.published_author_keys, app.public_articles())
    return list(dict.fromkeys(known.get(key, key) for key in keys))
