"""Fetches what other people's servers hold, politely, and without trusting them.

A name is resolved here, every address that it has is checked, and the connection goes to the very
address that was checked: whatever the name's server answers a second time is never asked for.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urljoin

import httpx2

from digest.core.sources.feed import (
    LONGEST_WISH,
    NOTHING_KNOWN,
    Failed,
    Fetched,
    FetchOutcome,
    Unchanged,
    Validators,
)
from digest.errors import FetchError
from digest.feeds.http.public_ip import is_public
from digest.feeds.http.unpack import Unpacker

MAX_ANSWER_BYTES = 8_000_000
"""Bytes of an answer, both as they come and decompressed."""
FETCH_SECONDS = 30.0
"""All the time that one answer may take, with all its redirects."""
MOST_HOPS = 5
"""Redirects that are followed."""

_CONNECT_SECONDS = 10.0
_LONGEST_URL = 2_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_HOST = re.compile(r"[a-z0-9._:-]+", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_SAID = {
    401: "it asks for a login (401)",
    403: "it refuses us (403)",
    404: "there is nothing at this address (404)",
    410: "it is gone for good (410)",
    429: "it was asked too often (429)",
}

FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.5"
IMAGE = "image/avif, image/webp, image/jpeg, image/png, image/gif, */*;q=0.1"
"""What we say that we like best (Accept)."""

Allowed = Callable[[str], Awaitable[None]]
"""Asked before every request, also after a redirect; raises FetchError if it may not be."""
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Gives the internet addresses of a host, by its name and port; raises OSError."""


async def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is the same for every request of a fetch."""

    known: Validators
    accept: str
    allowed: Allowed | None


class Fetcher:
    """Fetches pages and feeds. Close it when done. `agent` is the User-Agent that it gives."""

    def __init__(
        self,
        agent: str,
        *,
        resolve: Resolve = resolve_host,
        transport: httpx2.AsyncBaseTransport | None = None,
        seconds: float = FETCH_SECONDS,
        largest: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._agent = agent
        self._resolve = resolve
        # No connection is used twice: it was checked for one name, and the next could be another.
        # The transport alone: no cookies, no proxies from the environment, no redirects by itself.
        self._transport = transport or httpx2.AsyncHTTPTransport(
            verify=_trust(), trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )
        self._seconds = seconds
        self._largest = largest

    async def close(self) -> None:
        """Let go of what is open."""
        await self._transport.aclose()

    async def fetch(
        self,
        url: str,
        now: datetime,
        known: Validators = NOTHING_KNOWN,
        *,
        allow_private: bool = False,
        accept: str = FEED,
        allowed: Allowed | None = None,
    ) -> FetchOutcome:
        """Fetch an address. Every failure is a value.

        `allow_private` lets the host and port of this address (and of no redirect elsewhere) be in
        a private network.
        """
        wish = _Wish(known, accept, allowed)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, now, wish, allow_private=allow_private)
        except TimeoutError:
            return Failed(f"it took longer than {self._seconds:g} s")
        except FetchError as error:
            return Failed(str(error))
        except (httpx2.TransportError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
            return Failed(_explain(error))

    async def _follow(
        self, url: str, now: datetime, wish: "_Wish", *, allow_private: bool
    ) -> FetchOutcome:
        here = _parsed(url)
        trusted = _origin(here) if allow_private else None
        moved_to, for_good = "", True
        for _ in range(MOST_HOPS + 1):
            if wish.allowed:
                await wish.allowed(str(here))
            answer = await self._ask(here, wish, trusted)
            try:
                if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                    return await self._read(answer, here, moved_to, now)
            finally:
                await answer.aclose()
            here = _parsed(answer.headers["location"].strip(), str(here))
            for_good = for_good and answer.status_code in _FOR_GOOD
            moved_to = str(here) if for_good else moved_to
        raise FetchError(f"it redirects more than {MOST_HOPS} times")

    async def _ask(
        self, url: httpx2.URL, wish: "_Wish", trusted: tuple[str, int] | None
    ) -> httpx2.Response:
        """Send one request, to an address that was checked."""
        host, port = _origin(url)
        addresses = await self._addresses(host, port, trusted=(host, port) == trusted)
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": self._agent,
            "Accept": wish.accept,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if wish.known.etag:
            headers["If-None-Match"] = wish.known.etag
        if wish.known.last_modified:
            headers["If-Modified-Since"] = wish.known.last_modified
        wait = {"connect": _CONNECT_SECONDS, "read": self._seconds, "write": self._seconds}
        for last, address in enumerate(addresses, 1 - len(addresses)):
            request = httpx2.Request(
                "GET",
                url.copy_with(host=address),
                headers=headers,
                # The certificate must be that of the name, not of the address.
                extensions={"sni_hostname": host, "timeout": wait | {"pool": self._seconds}},
            )
            try:
                return await self._transport.handle_async_request(request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if last == 0:
                    raise
        raise FetchError(f"{host} has no address")

    async def _addresses(self, host: str, port: int, *, trusted: bool) -> list[str]:
        """The addresses of a host, if all of them may be connected to."""
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise FetchError(f"there is no host {host}") from None
        if not trusted and not all(map(is_public, found)):
            raise FetchError(
                f"{host} is in a private network; allow_private = true on the feed lets it be"
            )
        return found

    async def _read(
        self, answer: httpx2.Response, url: httpx2.URL, moved_to: str, now: datetime
    ) -> FetchOutcome:
        status, headers = answer.status_code, answer.headers
        if status == 304:
            return Unchanged(moved_to)
        if status != 200:
            why = _SAID.get(status) or (
                f"the server is in trouble ({status})"
                if status >= 500
                else f"the server answers with {status}"
            )
            pause = retry_after(headers.get("retry-after", ""), now)
            return Failed(why, pause, gone=status == 410, status=status)
        unpacker = Unpacker(headers.get("content-encoding", ""), self._largest)
        async for chunk in answer.aiter_raw():
            unpacker.take(chunk)
        return Fetched(
            body=unpacker.end(),
            content_type=headers.get("content-type", ""),
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
            url=str(url),
            moved_to=moved_to,
        )


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); at most a week."""
    text = text.strip()
    try:
        if text.isascii() and text.isdigit():
            pause = timedelta(seconds=min(int(text[:12]), LONGEST_WISH.total_seconds()))
        else:
            when = parsedate_to_datetime(text)
            pause = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return max(timedelta(0), min(pause, LONGEST_WISH))


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed: read once, since there are many."""
    return httpx2.create_ssl_context(trust_env=False)


def _parsed(text: str, base: str = "") -> httpx2.URL:
    """Read an address that we may go to; what is in it of a login is left out."""
    if len(text) > _LONGEST_URL:
        raise FetchError("its address is too long")
    try:
        url = httpx2.URL(urljoin(base, text))
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise FetchError(f"its address can't be read: {text[:100]!r}") from None
    if url.scheme not in _PORTS:
        raise FetchError(f"its address is no web address: {text[:100]!r}")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise FetchError(f"its address has no proper host: {text[:100]!r}")
    return url.copy_with(userinfo=b"", fragment=None)


def _origin(url: httpx2.URL) -> tuple[str, int]:
    host = url.raw_host.decode("ascii").rstrip(".")
    port = url.port if url.port is not None else _PORTS[url.scheme]
    if not 0 < port < 65536:
        raise FetchError(f"its address has an impossible port: {port}")
    return host, port


def _explain(error: Exception) -> str:
    """Say in plain words what went wrong on the way."""
    says = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in says or "certificate" in says.lower():
        detail = says.partition("certificate verify failed: ")[2].partition(" (_ssl")[0]
        return f"its certificate is not valid{f': {detail}' if detail else ''}"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return "it can't be connected to"
    if isinstance(error, httpx2.TimeoutException):
        return "it takes too long to answer"
    if isinstance(error, httpx2.RemoteProtocolError):
        return "its answer breaks off, or is no HTTP"
    return "the connection broke"
