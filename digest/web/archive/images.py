"""The pictures of articles, as far as everybody may see them."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.store.editions import archive
from digest.web.http.headers import FOR_GOOD
from digest.web.http.pages import not_found


class Images:
    """The handler. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [Route("/images/{name}", self.image)]

    def image(self, request: Request) -> Response:
        """A picture of an article. What a name stands for never changes."""
        app, name = self._live(), request.path_params["name"]
        content = app.gallery.open(name)
        if content is None or not _may_show(app, name):
            return not_found(app)
        tag = f'"{name}"'
        headers = FOR_GOOD | {"ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(None, HTTPStatus.NOT_MODIFIED, headers)
        return Response(content, media_type="image/jpeg", headers=headers)


def _may_show(app: App, name: str) -> bool:
    stem = name.partition("-")[0]
    return app.db.read(archive.may_show_image, stem, app.public_articles())
