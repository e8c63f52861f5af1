"""Whether this process can do its work, for whoever watches over it."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digest.actions.operations import health
from digest.app import App
from digest.errors import StoreError

log = structlog.get_logger()


class HealthRoute:
    """The handler. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [Route("/healthz", self.health)]

    def health(self, _: Request) -> Response:
        """Whether the store answers, for whoever watches over this process."""
        try:
            health.check_health(self._live().db)
        except StoreError as fault:
            log.error("web.health", why=str(fault))  # noqa: TRY400 (its message says it all)
            return JSONResponse({"status": "unavailable"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ok"})
