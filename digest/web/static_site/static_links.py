"""Where a page stands as a file, and what its links are there."""

import re
from html import escape, unescape
from posixpath import dirname, relpath
from urllib.parse import parse_qs, quote, unquote, urlsplit

from digest.web.http.headers import policy

MAX_NAME_BYTES = 240
"""Bytes that a file system gives to a name."""
_KEPT = ("archive", "authors", "topics", "images", "logo")
_ATTRIBUTE = re.compile(
    r'(?P<before><(?P<tag>[a-z]+)\b[^>]*?\s(?:href|src|action|content)=")(?P<url>[^"]*)"'
)
_SITEMAP = re.compile(r"sitemap(-[0-9]+)?\.xml")
_HEAD = re.compile(r"<head[^>]*>")


def is_file(path: str) -> bool:
    """Whether an address is that of a file, and not of a page."""
    return path.endswith("/feed.xml") or path.startswith(("/images/", "/logo/"))


class Static:
    """Translates addresses below `home` for a site that will be at `url`.

    Without one, the pages name those of the living site as the true ones.
    """

    def __init__(self, home: str, url: str = "") -> None:
        self._home, self._url = home, url.rstrip("/")
        self.base = self._url or home

    def name(self, path: str) -> str:
        """The file of an address (its path and query); "" of what is not exported."""
        parts = urlsplit(path)
        steps = unquote(parts.path).strip("/").split("/")
        if steps == ["search"]:
            return "search/index.html"
        if _SITEMAP.fullmatch("/".join(steps)):
            return steps[0]
        if steps[0] not in _KEPT or not all(map(_fits, steps)):
            return ""
        if is_file(parts.path):
            return "/".join(steps)
        number = parse_qs(parts.query).get("page", ["1"])[0]
        return "/".join([*steps, *([] if number == "1" else [f"page-{number}"]), "index.html"])

    def link(self, url: str, at: str) -> str:
        """What a link in the file `at` becomes: relative, if it leads to a file here."""
        name = self._name_of(url)
        if not name:
            return url
        there = name.removesuffix("index.html")
        way = relpath(there or ".", dirname(at) or ".")
        return quote(way) + ("/" if not there or there.endswith("/") else "")

    def page(self, html: str, at: str, said: str = "") -> str:
        """A page as it stands in the file `at`, with the policy that a server `said` so far."""
        html = _ATTRIBUTE.sub(lambda found: self._rewritten(found, at), html)
        rules = (said or policy(html)).split("; ")
        here = "; ".join(
            self._rule(rule) for rule in rules if not rule.startswith("frame-ancestors")
        )
        meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(here)}">'
        return _HEAD.sub(lambda head: head[0] + meta, html, count=1)

    def document(self, xml: str) -> str:
        """A feed or a sitemap: with the addresses of here, if this site has its own."""
        if not self._url:
            return xml
        return re.sub(
            r'(href="|<loc>)([^"<]*)',
            lambda found: found[1] + escape(self._absolute(unescape(found[2]))),
            xml,
        )

    def _rewritten(self, found: re.Match[str], at: str) -> str:
        url = unescape(found["url"])
        if found["tag"] == "meta" or 'rel="canonical"' in found["before"]:
            new = self._absolute(url) if self._url else url
        else:
            new = self.link(url, at)
        return f'{found["before"]}{escape(new)}"'

    def _absolute(self, url: str) -> str:
        name = self._name_of(url)
        if url in {self._home, f"{self._home}/"} and self._url:
            return f"{self._url}/"
        return f"{self._url}/{quote(name.removesuffix('index.html'))}" if name else url

    def _name_of(self, url: str) -> str:
        if url.startswith(f"{self._home}/"):
            return self.name(url.removeprefix(self._home))
        if url == f"{urlsplit(self._home).path}/search":  # the form's own
            return self.name("/search")
        return ""

    def _rule(self, rule: str) -> str:
        """A rule that names the living site's pictures names ours."""
        parts = urlsplit(self._home)
        return " ".join(
            "'self'" if word == f"{parts.scheme}://{parts.netloc}" else word
            for word in rule.split(" ")
        )


def _fits(step: str) -> bool:
    """Whether this can be the name of a file, and is no way out of the folder."""
    return (
        step not in {"", ".", "..", "index.html"}
        and not set(step) & set('/\\\0<>:"|?*')
        and len(step.encode("utf-8", "replace")) <= MAX_NAME_BYTES
    )
