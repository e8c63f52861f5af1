"""The lists of past editions, and their feeds."""

from collections.abc import Callable
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.core.editions.web_access import is_open
from digest.render.site import atom
from digest.render.words.language import long_date
from digest.render.words.links import edition_address
from digest.store.editions import archive
from digest.store.editions.archive import Issue
from digest.web.archive.article_rows import topic_url
from digest.web.archive.feeds import FEED_LENGTH, feed_response
from digest.web.http.pages import hidden, not_found, page, phrases_of, search_path
from digest.web.http.pagination import PAGE_LENGTH, asked_page


class ArchivePages:
    """The handlers. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/archive", self.everything),
            Route("/archive/{slug}", self.newsletter),
            Route("/archive/{slug}/feed.xml", self.feed),
        ]

    def everything(self, request: Request) -> Response:
        """The editions of all newsletters, newest first."""
        return self._list(request, "")

    def newsletter(self, request: Request) -> Response:
        """The editions of one newsletter, newest first."""
        slug = request.path_params["slug"]
        if not _known(self._live(), slug):
            return not_found(self._live())
        return self._list(request, slug)

    def _list(self, request: Request, slug: str) -> Response:
        app, which = self._live(), asked_page(request)
        if which is None:
            return not_found(app)
        found = app.db.read(
            archive.issues, slug, but=hidden(app), skip=which.skip, limit=which.limit
        )
        if not found and which.number > 1:
            return not_found(app)
        known = titles(app)
        listed = [slug] if slug else [one for one in known if _known(app, one)]
        return page(
            app,
            "archive.html",
            title=known.get(slug, slug) or phrases_of(app).archive,
            home=app.factory.web_url,
            search_url=search_path(app),
            turn=which.turn(_list_url(app, slug), len(found)),
            issues=[
                (one, url_of(app, one), known.get(one.newsletter, one.newsletter), day_of(app, one))
                for one in found[:PAGE_LENGTH]
            ],
            topics=archive_topics(app),
            feeds=[(known.get(one, one), feed_url(app, one)) for one in listed],
        )

    def feed(self, request: Request) -> Response:
        """The newest editions of a newsletter, for feed readers."""
        app, slug = self._live(), request.path_params["slug"]
        if not _known(app, slug):
            return not_found(app)
        publication = app.settings.publication
        newsletters = {one.slug: one for one in app.settings.newsletter_values()}
        open_to_all = is_open(newsletters.get(slug))
        content = atom.atom_feed(
            titles(app).get(slug, slug),
            publication.name,
            publication.language,
            feed_url(app, slug),
            _list_url(app, slug),
            (
                atom.FeedPost(
                    one.subject, one.preheader if open_to_all else "", url_of(app, one), one.at
                )
                for one in app.db.read(archive.issues, slug, limit=FEED_LENGTH)
            ),
        )
        return feed_response(request, content)


def archive_topics(app: App) -> list[tuple[str, str]]:
    """Names and addresses of the topics that there is something about, as the config has them."""
    return [
        (rule.name, topic_url(app, rule.slug))
        for rule in app.settings.topic_rules()
        if app.db.read(archive.has_topic, rule.slug, app.public_articles())
    ]


def titles(app: App) -> dict[str, str]:
    """What the newsletters are called."""
    return {one.slug: one.title for one in app.settings.newsletter_values()}


def url_of(app: App, issue: Issue) -> str:
    """The page of an edition."""
    return edition_address(app.factory.web_url, issue.newsletter, issue.at)


def feed_url(app: App, slug: str) -> str:
    """The feed of a newsletter's editions."""
    return f"{app.factory.web_url}/archive/{quote(slug)}/feed.xml"


def day_of(app: App, issue: Issue) -> str:
    """The day of an edition where its readers are."""
    settings = app.settings
    zones = {one.slug: one.timezone for one in settings.newsletter_values()}
    zone = ZoneInfo(zones.get(issue.newsletter, settings.publication.timezone))
    return long_date(issue.at.astimezone(zone).date(), settings.publication.language)


def _known(app: App, slug: str) -> bool:
    """Whether it is a newsletter of ours with an archive, or was one once."""
    if slug in hidden(app):
        return False
    return slug in titles(app) or bool(app.db.read(archive.issues, slug, limit=1))


def _list_url(app: App, slug: str) -> str:
    return f"{app.factory.web_url}/archive" + (f"/{quote(slug)}" if slug else "")
