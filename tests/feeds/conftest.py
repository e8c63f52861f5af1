"""What the tests of the fetcher share: a site on loopback, and a fetcher."""

import pytest

from digest.feeds.http.fetch import Fetcher
from tests.feeds.roads import FEED
from tests.web_server import page, serving


@pytest.fixture
async def site():
    async with serving() as site:
        site.pages["/feed"] = page(FEED, ETag='"7"', Last_Modified="Mon, 02 Mar 2026 07:00:00 GMT")
        yield site


@pytest.fixture
async def fetcher():
    fetcher = Fetcher("digest/test", seconds=5)
    yield fetcher
    await fetcher.close()
