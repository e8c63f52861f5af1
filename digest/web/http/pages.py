"""The pages as responses."""

from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from digest.app import App
from digest.errors import TemplateError
from digest.render.words.language import Phrases
from digest.web.http.headers import PRIVATE, policy

log = structlog.get_logger()


def phrases_of(app: App) -> Phrases:
    """Our own words in the publication's language; in English if its catalogue is broken."""
    language = app.settings.publication.language
    try:
        return app.renderer.phrases(language)
    except TemplateError:
        log.exception("web.catalogue")
        return Phrases(language)


def page(
    app: App, name: str, status: int = 200, *, private: bool = False, **values: object
) -> Response:
    """A page from a template in web/. `private` keeps it out of caches and search engines."""
    html = app.renderer.page(name, publication=app.settings.publication_value(), **values)
    headers = {"Content-Security-Policy": policy(html)} | (PRIVATE if private else {})
    return HTMLResponse(html, status, headers)


def hidden(app: App) -> tuple[str, ...]:
    """The newsletters whose past editions are nowhere to be seen."""
    return tuple(one.slug for one in app.settings.newsletter_values() if one.archive == "none")


def search_path(app: App) -> str:
    """Where the box to search in leads: without a site, since forms may go to our own only."""
    return f"{urlsplit(app.factory.web_url).path}/search"


def message(
    app: App,
    title: str,
    *text: str,
    status: int = 200,
    private: bool = True,
    link: tuple[str, str] | None = None,
    undo: str = "",
) -> Response:
    """A page that only says something, with a link as (label, address).

    `undo` is where the button posts to that takes back what was done.

    It is shown even if the templates are broken.
    """
    values = {"title": title, "text": text, "link": link, "undo": undo}
    try:
        return page(app, "message.html", status, private=private, **values)
    except TemplateError:
        log.exception("web.template")
        return PlainTextResponse("\n\n".join((title, *text)) + "\n", status, PRIVATE)


def not_found(app: App) -> Response:
    """There is no such page."""
    say = phrases_of(app)
    return message(app, say.missing, say.missing_way_out, status=HTTPStatus.NOT_FOUND)
