"""Places at mail servers that have a pace of their own, shared by all who send there."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from digest.core.delivery.rate_limit import Rate
from digest.store.database.database import Database
from digest.store.delivery import rate_limit


class StoreAndClock(Protocol):
    """The store, opened when it is first needed, and the clock."""

    @property
    def db(self) -> Database:
        """The store."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time."""


def at_server(shop: StoreAndClock, server: str, rate: Rate) -> Callable[[int], Awaitable[float]]:
    """What books so many places there and gives the seconds until the first; negative for one that
    could have gone before.
    """

    async def book(places: int) -> float:
        now = shop.clock()
        first = await shop.db.writing(rate_limit.book_places, server, rate, places, now)
        return (first - now).total_seconds()

    return book
