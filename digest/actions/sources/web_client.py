"""What everything that goes out to the web shares: the fetcher, and its manners."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from digest.core.sources import robots_txt
from digest.core.sources.feed import Failed, Feed, Fetched, FetchOutcome, Validators
from digest.errors import FetchError
from digest.store.database.database import Database
from digest.store.sources import pages

READ_AT_ONCE = 2
"""Feeds, pages and pictures that are read at the same time: that is what costs."""
MAX_FAILURES_PER_HOST = 3
"""Answers in a row that a host may fail to give before it is left alone for a run."""
ROBOTS_KEPT = timedelta(days=1)
"""How long a site's robots.txt is taken for what it says (RFC 9309, 2.4)."""

_ROBOTS = "text/plain, */*;q=0.5"


class WebFetcher(Protocol):
    """What fetches (see feeds.http.fetch)."""

    async def fetch(
        self,
        url: str,
        now: datetime,
        known: Validators = ...,
        *,
        allow_private: bool = ...,
        accept: str = ...,
        allowed: Callable[[str], Awaitable[None]] | None = ...,
    ) -> FetchOutcome:
        """Ask for an address; every failure is a value."""


@dataclass(frozen=True, slots=True)
class WebClient:
    """The way out for one run. Of one host only one page or picture is asked for at a time."""

    db: Database
    fetcher: WebFetcher
    zone: tzinfo
    now: datetime
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READ_AT_ONCE))
    hosts: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _robots: dict[str, str | FetchError] = field(default_factory=dict)

    async def fetch(
        self, feed: Feed, url: str, accept: str, known: Validators | None = None, *, polite: bool
    ) -> FetchOutcome:
        """Ask for an address that a feed led to, or for its own; `polite`: as its site allows."""
        return await self.fetcher.fetch(
            url,
            self.now,
            known or Validators(),
            allow_private=is_trusted(feed, url),
            accept=accept,
            allowed=partial(self.permit, feed) if polite else None,
        )

    async def permit(self, feed: Feed, url: str) -> None:
        """Ask the site's robots.txt. Raises FetchError if it says no, or can't be read now."""
        site = robots_txt.robots_site(url)
        async with self.hosts[f"{site}/robots.txt"]:
            if site not in self._robots:
                self._robots[site] = await self._asked(feed, site)
        said = self._robots[site]
        if isinstance(said, FetchError):
            raise said
        if not robots_txt.allows(said, robots_txt.AGENT, url):
            raise FetchError("its robots.txt asks us not to read it")

    async def _asked(self, feed: Feed, site: str) -> str | FetchError:
        """The robots.txt of a site. One that isn't there allows everything (RFC 9309, 2.3.1)."""
        known = await self.db.reading(pages.robots_of, site, self.now)
        if known is not None:
            return known
        url = f"{site}/robots.txt"
        outcome = await self.fetch(feed, url, _ROBOTS, polite=False)
        if isinstance(outcome, Failed):
            if outcome.is_trouble:
                return FetchError(f"its robots.txt can't be read now: {outcome.why}")
            text = ""
        else:
            assert isinstance(outcome, Fetched)
            text = (
                outcome.body[: robots_txt.MAX_ROBOTS_BYTES]
                .decode("utf-8", "replace")
                .replace("\0", "")
            )
        await self.db.writing(pages.keep_robots, site, text, self.now + ROBOTS_KEPT)
        return text


def is_trusted(feed: Feed, url: str) -> bool:
    """Whether an address may be in a private network: only of the host that the config allows."""
    parts = urlsplit(url)
    named = {host(url), (parts.hostname or "").lower(), f"{parts.hostname}:{_port(parts)}".lower()}
    return (feed.allow_private and host(url) == host(feed.url)) or bool(named & {*feed.private})


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None


def host(url: str) -> str:
    """The host and port of an address, which must be one."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
