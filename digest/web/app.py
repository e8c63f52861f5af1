"""The web site as one ASGI application."""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.app import App
from digest.errors import StoreError
from digest.web.archive.authors_and_topics import Bylines
from digest.web.archive.edition_lists import ArchivePages
from digest.web.archive.edition_page import Reading
from digest.web.archive.images import Images
from digest.web.archive.logo import Pictures
from digest.web.archive.search import Search
from digest.web.archive.sitemap import Sitemap
from digest.web.health import HealthRoute
from digest.web.http.headers import EVERYWHERE, policy
from digest.web.http.pages import message, not_found, phrases_of
from digest.web.readers import preferences, signup
from digest.web.readers.preferences import Choices
from digest.web.readers.signup import Signup
from digest.web.readers.unsubscribe import Unsubscribe, unknown_link

log = structlog.get_logger()

LOST = {
    "unsubscribe": unknown_link,
    "confirm": signup.unknown_confirmation,
    "preferences": preferences.unknown_token,
    "read": signup.unknown_confirmation,
}
"""What is said of an address below these that nothing answers to."""


def site(live: Callable[[], App]) -> Starlette:
    """Every page. `live` gives the app of now."""

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND:
            first = request.scope["path"].split("/")[1]  # a token may have a line break in it
            return LOST.get(first, not_found)(live())
        say = phrases_of(live())
        answer = message(live(), say.refused, say.refused_way_out, status=error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    def unavailable(_: Request, error: Exception) -> Response:
        log.error("web.store", why=str(error))
        say = phrases_of(live())
        answer = message(
            live(),
            say.unavailable,
            say.unavailable_way_out,
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
        answer.headers["Retry-After"] = "60"
        return answer

    app = Starlette(
        routes=[
            *HealthRoute(live).routes(),
            *Images(live).routes(),
            *Unsubscribe(live).routes(),
            *Signup(live).routes(),
            *ArchivePages(live).routes(),
            *Reading(live).routes(),
            *Bylines(live).routes(),
            *Search(live).routes(),
            *Sitemap(live).routes(),
            *Choices(live).routes(),
            *Pictures(live).routes(),
        ],
        middleware=[Middleware(RequestMiddleware, live=live)],
        exception_handlers={HTTPException: refused, StoreError: unavailable},
    )
    # A one-click request must be answered where it arrives (RFC 8058, section 3.1).
    app.router.redirect_slashes = False
    return app


class RequestMiddleware:
    """Stands around every request: headers for every answer, a page for our own mistakes, a log.

    The log names the route, never the address: a token in it would let whoever reads the log act
    for the reader.
    """

    def __init__(self, app: ASGIApp, live: Callable[[], App]) -> None:
        self._app, self._live = app, live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 0
        scope["path"] = _path(scope["path"])

        async def answer(part: Message) -> None:
            nonlocal status
            if part["type"] == "http.response.start":
                status = int(part["status"])
                headers = MutableHeaders(scope=part)
                for name, value in {**EVERYWHERE, "Content-Security-Policy": policy()}.items():
                    headers.setdefault(name, value)
            await send(part)

        try:
            if scope["path"].startswith("/"):
                await self._app(scope, receive, answer)
            else:  # OPTIONS *, or no path at all (RFC 9112, 3.2)
                status = HTTPStatus.BAD_REQUEST
                await PlainTextResponse("Bad request\n", status)(scope, receive, answer)
        except Exception:
            # Whatever we did wrong, the visitor gets a page and the log the reason.
            log.exception("web.fault", route=_route(scope))
            if status:
                raise  # half an answer is out: only cutting the connection says so
            await self._sorry()(scope, receive, answer)
        finally:
            took = round((perf_counter() - begun) * 1000)
            level = log.debug if _route(scope) == "/healthz" else log.info
            level("web", method=scope["method"], route=_route(scope), status=status, ms=took)

    def _sorry(self) -> Response:
        app = self._live()
        say = phrases_of(app)
        return message(
            app, say.our_fault, say.our_fault_way_out, status=HTTPStatus.INTERNAL_SERVER_ERROR
        )


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unknown")


def _path(target: str) -> str:
    """The path of a request, also where its target is a whole URL, as proxies write it."""
    if target.lower().startswith(("http://", "https://")):
        return urlsplit(target).path or "/"
    return target
