"""The page that unsubscribes: a button for people, one POST for mail programs (RFC 8058)."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.actions.readers import subscribe
from digest.actions.readers.subscribe import UnsubscribeLink
from digest.app import App
from digest.core.text.email_address import masked
from digest.web.http.headers import PRIVATE
from digest.web.http.pages import message, page, phrases_of
from digest.web.http.visitor import beginning
from digest.web.readers import preferences, unsubscribe_email

BODY_LOOKED_AT = 4096
"""So much of a POST is looked at. None of it is needed."""

METHODS = "GET, HEAD, OPTIONS, POST"

log = structlog.get_logger()


class Unsubscribe:
    """The handlers. `live` gives the app of now; what touches the store runs in a thread."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where they answer."""
        leaving = "/unsubscribe/{token:path}"
        return [
            Route(leaving, self.ask),
            Route(leaving, self.leave, methods=["POST"]),
            Route(leaving, self.options, methods=["OPTIONS"]),
        ]

    def ask(self, request: Request) -> Response:
        """Show the button. Looking changes nothing: mail scanners follow every link."""
        app = self._live()
        link = self._link(app, request)
        if link is None:
            return unknown_link(app)
        if not link.email:
            return _preview(app)
        if link.left:
            return message(app, phrases_of(app).left, _means(app, link))
        return page(
            app,
            "unsubscribe.html",
            private=True,
            newsletter=_title(app, link),
            email=masked(link.email),
        )

    async def leave(self, request: Request) -> Response:
        """Unsubscribe at once (RFC 8058): the token is all that it takes, whatever the body is."""
        app, link, answer = await run_in_threadpool(self._leave, request)
        body = await beginning(request, BODY_LOOKED_AT)
        if answer.status_code == HTTPStatus.OK and _is_one_click(body):
            return PlainTextResponse("You are unsubscribed.\n", headers=PRIVATE)
        if link and link.email and not link.left:
            answer.background = unsubscribe_email.farewell_task(app, link)
        return answer

    def _leave(self, request: Request) -> tuple[App, UnsubscribeLink | None, Response]:
        app = self._live()
        link = self._link(app, request)
        if link is None:
            return app, link, unknown_link(app)
        if not link.email:
            return app, link, _preview(app)
        subscribe.unsubscribe(app.db, link, app.clock())
        if not link.left:
            log.info("unsubscribed", newsletter=link.newsletter, subscription=link.subscription)
        return app, link, preferences.left_page(app, link.subscription, _means(app, link))

    def options(self, _: Request) -> Response:
        """What may be done with a link; the same for every link."""
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=PRIVATE | {"Allow": METHODS})

    def _link(self, app: App, request: Request) -> UnsubscribeLink | None:
        token = request.path_params["token"].removesuffix("/")
        return subscribe.subscription_of_link(app.db, token, app.secret)


def _is_one_click(body: bytes) -> bool:
    """Whether a mail program asks, not a person: RFC 8058, section 3.2, in either encoding."""
    return b"List-Unsubscribe" in body and b"One-Click" in body


def _title(app: App, link: UnsubscribeLink) -> str:
    """The newsletter's title; its slug if it has left the config since."""
    titles = {n.slug: n.title for n in app.settings.newsletter_values()}
    return titles.get(link.newsletter, link.newsletter)


def _means(app: App, link: UnsubscribeLink) -> str:
    return phrases_of(app).left_means(masked(link.email), _title(app, link))


def _preview(app: App) -> Response:
    say = phrases_of(app)
    return message(app, say.of_a_preview, say.of_a_preview_means)


def unknown_link(app: App) -> Response:
    """One answer for every token that isn't ours, so that it tells nobody which are."""
    say = phrases_of(app)
    return message(app, say.unknown_link, say.unknown_link_way_out, status=HTTPStatus.NOT_FOUND)
