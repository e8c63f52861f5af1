"""The pages of past editions, as a reader without wishes got them."""

from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.core import sheet as sheets_of
from digest.core.issue import moment_of
from digest.render import atom, webcopy
from digest.render.language import long_date
from digest.render.links import edition_address
from digest.store import archive, sheets
from digest.store.archive import Issue
from digest.web.feeds import LENGTH as FEED_LENGTH
from digest.web.feeds import feed
from digest.web.headers import policy
from digest.web.paged import LENGTH, asked
from digest.web.pages import missing, page, search_path, words

KEPT = 8
"""So many editions are held ready: what is frozen never changes."""


class Archive:
    """The handlers. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live
        self._ready: OrderedDict[int, tuple[str, str]] = OrderedDict()

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/archive", self.everything),
            Route("/archive/{slug}", self.newsletter),
            Route("/archive/{slug}/feed.xml", self.feed),
            Route("/archive/{slug}/{edition}", self.edition),
        ]

    def everything(self, request: Request) -> Response:
        """The editions of all newsletters, newest first."""
        return self._list(request, "")

    def newsletter(self, request: Request) -> Response:
        """The editions of one newsletter, newest first."""
        slug = request.path_params["slug"]
        if not _known(self._live(), slug):
            return missing(self._live())
        return self._list(request, slug)

    def _list(self, request: Request, slug: str) -> Response:
        app, which = self._live(), asked(request)
        if which is None:
            return missing(app)
        found = app.db.read(archive.issues, slug, skip=which.skip, limit=which.limit)
        if not found and which.number > 1:
            return missing(app)
        titles = _titles(app)
        listed = [slug] if slug else [one for one in titles if _known(app, one)]
        return page(
            app,
            "archive.html",
            title=titles.get(slug, slug) or words(app).archive,
            home=app.press.web_url,
            search_url=search_path(app),
            turn=which.turn(_list_url(app, slug), len(found)),
            issues=[
                (one, _url(app, one), titles.get(one.newsletter, one.newsletter), _date(app, one))
                for one in found[:LENGTH]
            ],
            feeds=[(titles.get(one, one), _feed_url(app, one)) for one in listed],
        )

    def feed(self, request: Request) -> Response:
        """The newest editions of a newsletter, for feed readers."""
        app, slug = self._live(), request.path_params["slug"]
        if not _known(app, slug):
            return missing(app)
        publication = app.settings.publication
        content = atom.feed(
            _titles(app).get(slug, slug),
            publication.name,
            publication.language,
            _feed_url(app, slug),
            _list_url(app, slug),
            (
                atom.Post(one.subject, one.preheader, _url(app, one), one.at)
                for one in app.db.read(archive.issues, slug, limit=FEED_LENGTH)
            ),
        )
        return feed(request, content)

    def edition(self, request: Request) -> Response:
        """One edition, by its moment or its number."""
        app, slug = self._live(), request.path_params["slug"]
        issue = _find(app, slug, request.path_params["edition"])
        if issue is None:
            return missing(app)
        html, mark = self._body(app, issue.id)
        images = webcopy.images(html)
        values = {
            "issue": issue,
            "title": _titles(app).get(slug, slug),
            "canonical": _url(app, issue),
            "feed": _feed_url(app, slug),
            "image": next((url for url in images if "/images/" in url), ""),
            "home": app.press.web_url,
        }
        publication = app.settings.publication_value()
        head, bar = (
            app.renderer.page(f"edition_{part}.html", publication=publication, **values)
            for part in ("head", "bar")
        )
        whole = webcopy.page_of(html, mark, app.press.web_url, head, bar)
        return HTMLResponse(whole, headers={"Content-Security-Policy": policy(whole, images)})

    def _body(self, app: App, edition: int) -> tuple[str, str]:
        """The HTML of an edition, and the mark of the slots in it."""
        ready = self._ready.pop(edition, None)
        if ready is None:
            frozen = app.db.read(sheets.sheet, edition)
            ready = (sheets_of.public(frozen), frozen.mark)
        self._ready[edition] = ready
        while len(self._ready) > KEPT:
            self._ready.popitem(last=False)
        return ready


def _find(app: App, slug: str, name: str) -> Issue | None:
    at = moment_of(name)
    if at is not None:
        return app.db.read(archive.issue, slug, at=at)
    if name.isascii() and name.isdigit() and len(name) < 20:
        return app.db.read(archive.issue, slug, number=int(name))
    return None


def _known(app: App, slug: str) -> bool:
    """Whether it is a newsletter of ours, or was one once."""
    return slug in _titles(app) or bool(app.db.read(archive.issues, slug, limit=1))


def _titles(app: App) -> dict[str, str]:
    return {one.slug: one.title for one in app.settings.newsletter_values()}


def _list_url(app: App, slug: str) -> str:
    return f"{app.press.web_url}/archive" + (f"/{quote(slug)}" if slug else "")


def _url(app: App, issue: Issue) -> str:
    return edition_address(app.press.web_url, issue.newsletter, issue.at)


def _feed_url(app: App, slug: str) -> str:
    return f"{app.press.web_url}/archive/{quote(slug)}/feed.xml"


def _date(app: App, issue: Issue) -> str:
    """The day of an edition where its readers are."""
    settings = app.settings
    zones = {one.slug: one.timezone for one in settings.newsletter_values()}
    zone = ZoneInfo(zones.get(issue.newsletter, settings.publication.timezone))
    return long_date(issue.at.astimezone(zone).date(), settings.publication.language)
