"""The publication's logo, for messages whose config names a file."""

import mimetypes
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.web.http.pages import not_found

# A name stands for one content, so proxies may keep it; mail programs are another origin.
_HEADERS = {
    "Cache-Control": "public, max-age=31536000",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Pictures:
    """The handler. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [Route("/logo/{name}", self.logo)]

    def logo(self, _: Request) -> Response:
        """The logo of now under any name: messages that are out already keep theirs."""
        app = self._live()
        table = app.settings.theme.logo
        file = table.image.file if table else None
        if file is None or not file.is_file():
            return not_found(app)
        kind = mimetypes.guess_type(table.image.name)[0] if table else None
        return FileResponse(file, HTTPStatus.OK, _HEADERS, kind)
