"""The search of the archive: a form and a list, without a script."""

from collections.abc import Callable
from http import HTTPStatus
from threading import BoundedSemaphore
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.core.articles import search_terms
from digest.core.text import prose
from digest.store.editions import archive
from digest.web.archive.article_rows import story_rows
from digest.web.http.pages import message, not_found, page, phrases_of, search_path
from digest.web.http.pagination import PAGE_LENGTH, Page, asked_page

TOGETHER, SECONDS = 2, 1.0
"""So many are searched for at once, and so long others wait: a flood must not hold up the rest."""


class Search:
    """The handler. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live
        self._free = BoundedSemaphore(TOGETHER)

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [Route("/search", self.search)]

    def search(self, request: Request) -> Response:
        """The articles with all words of `?q=…` in title or byline, newest first."""
        app, which = self._live(), asked_page(request)
        if which is None:
            return not_found(app)
        if not self._free.acquire(timeout=SECONDS):
            return _busy(app)
        try:
            answer = _found(app, request, which)
        finally:
            self._free.release()
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer


def _found(app: App, request: Request, which: Page) -> Response:
    question = prose.one_line(request.query_params.get("q", "")[: search_terms.MAX_QUERY_CHARS])
    sought = search_terms.search_terms(question, app.settings.writers())
    found = (
        app.db.read(
            archive.by_words, sought, app.public_articles(), skip=which.skip, limit=which.limit
        )
        if sought
        else []
    )
    if not found and which.number > 1:
        return not_found(app)
    return page(
        app,
        "search.html",
        question=question,
        stories=story_rows(app, found[:PAGE_LENGTH]),
        home=app.factory.web_url,
        search_url=search_path(app),
        turn=which.turn(f"{app.factory.web_url}/search?q={quote(question, safe='')}", len(found)),
    )


def _busy(app: App) -> Response:
    say, busy = phrases_of(app), HTTPStatus.SERVICE_UNAVAILABLE
    answer = message(app, say.unavailable, say.unavailable_way_out, status=busy)
    answer.headers["Retry-After"] = "5"
    return answer
