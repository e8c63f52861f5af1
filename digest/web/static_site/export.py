"""The archive as static files: every public page is asked for, and its links made relative."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.types import Message

from digest.app import App
from digest.core.articles.search_terms import findable
from digest.render.site import sitemap
from digest.store.editions import archive
from digest.web.archive.article_rows import story_rows
from digest.web.archive.authors_and_topics import Bylines
from digest.web.archive.edition_lists import ArchivePages
from digest.web.archive.edition_page import Reading
from digest.web.archive.images import Images
from digest.web.archive.logo import Pictures
from digest.web.archive.sitemap import Sitemap, places
from digest.web.static_site.static_folder import Folder, Written
from digest.web.static_site.static_links import Static, is_file

SEARCHED = 10_000
"""So many articles, the newest, can be found without a server."""
_BATCH = 500
_SEARCH = "search/index.html"
_PART = re.compile(r"<loc>[^<]*/(sitemap-[0-9]+\.xml)</loc>")
_LINK = re.compile(r'(?:href|src)="([^"]*)"')


def export_site(
    app: App, folder: Path, url: str = "", seen: Callable[[int], None] = lambda _: None
) -> Written:
    """Write the archive into a folder; what changed, and no more. Raises DigestError.

    `url` is where it will be; without it, the pages name those at `web.url` as the true ones.
    `seen` hears of pages of the sitemap done.
    """
    made = _Export(app, Folder(folder), Static(app.factory.web_url, url))
    return asyncio.run(made.run(seen))


class _Export:
    """One run: what is still to be asked for, and what was."""

    def __init__(self, app: App, folder: Folder, static: Static) -> None:
        self._app, self._folder, self._static = app, folder, static
        live = lambda: app  # noqa: E731 (what the handlers ask for)
        handlers = (ArchivePages, Reading, Sitemap, Pictures, Images)
        routes = [one for h in handlers for one in h(live).routes()]
        self._site = Starlette(routes=[*Bylines(live, whole=True).routes(), *routes])
        self._known: set[str] = set()

    async def run(self, seen: Callable[[int], None]) -> Written:
        """Write it all."""
        home = self._app.factory.web_url
        for place in places(self._app):
            path = place.url.removeprefix(home)
            if path != "/":
                await self._follow([path])
            seen(1)
        await self._put("/archive", "index.html")
        await self._sitemaps()
        robots = sitemap.robots_txt((), f"{self._static.base}/sitemap.xml")
        self._folder.put("robots.txt", robots.encode())
        self._search()
        return self._folder.finish()

    async def _follow(self, waiting: list[str]) -> None:
        """Write a page and all that it needs or leads to."""
        while waiting:
            path = waiting.pop()
            name = self._static.name(path)
            if not name or path in self._known:
                continue
            self._known.add(path)
            content = await self._put(path, name)
            if not is_file(path):
                waiting += self._links(content)

    def _links(self, page: bytes) -> Iterator[str]:
        home = self._app.factory.web_url
        for link in _LINK.findall(page.decode()):
            url = unescape(link)
            if url.startswith(f"{home}/"):
                yield url.removeprefix(home)

    async def _put(self, path: str, name: str) -> bytes:
        """Ask for a page and write it; what was asked for, as it came. Nothing if there is none."""
        status, headers, content = await _asked(self._site, path)
        if status != 200:
            return b""
        kind = headers.get("content-type", "")
        if kind.startswith("text/html"):
            policy = headers["content-security-policy"]
            self._folder.put(name, self._static.page(content.decode(), name, policy).encode())
        elif "xml" in kind:
            self._folder.put(name, self._static.document(content.decode()).encode())
        else:
            self._folder.put(name, content)
        return content

    async def _sitemaps(self) -> None:
        """The list of all pages; where they are too many for one, the lists that it names."""
        listed = await self._put("/sitemap.xml", "sitemap.xml")
        for name in _PART.findall(listed.decode()):
            await self._put(f"/{name}", name)

    def _search(self) -> None:
        """The page of the search, and what its script looks through."""
        app, name = self._app, _SEARCH
        html = app.renderer.page(
            "search_static.html",
            publication=app.settings.publication_value(),
            home=app.factory.web_url,
        )
        self._folder.put(name, self._static.page(html, name).encode())
        listed = json.dumps(list(self._titles()), ensure_ascii=False, separators=(",", ":"))
        self._folder.put("search/titles.json", listed.encode())

    def _titles(self) -> Iterator[list[str]]:
        """Of each article: what it is found by, title, link, and what stands below it."""
        app, public = self._app, self._app.public_articles()
        for start in range(0, SEARCHED, _BATCH):
            found = app.db.read(archive.by_words, (), public, skip=start, limit=_BATCH)
            for article, row in zip(found, story_rows(app, found), strict=True):
                names = [name for name, _ in row.authors]
                words = findable(article.title, dict.fromkeys((*article.authors, *names)))
                below = " · ".join(filter(None, (*names, row.date)))
                yield [words, row.title, self._static.link(row.url, _SEARCH), below]
            if len(found) < _BATCH:
                return


async def _asked(site: Starlette, path: str) -> tuple[int, dict[str, str], bytes]:
    """The answer of a site to a GET, without a network."""
    parts = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [],
    }
    status, headers, body = 0, {}, bytearray()

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(part: Message) -> None:
        nonlocal status, headers
        if part["type"] == "http.response.start":
            status = part["status"]
            headers = {name.decode(): value.decode("latin-1") for name, value in part["headers"]}
        body.extend(part.get("body", b""))

    await site(scope, receive, send)
    return status, headers, bytes(body)
