"""Try again for minutes what a store in trouble fails: a lock may end, or a disk get room."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from digest.errors import StoreError

T = TypeVar("T")
log = structlog.get_logger()


async def retry_on_lock(
    waits: Sequence[float],
    work: Callable[[], Awaitable[T]],
    ends: Callable[[], bool] = lambda: False,
) -> T:
    """Do this; after a failure again, with so many seconds between. Raises the last StoreError.

    It is given up at once when `ends` says that all ends.
    """
    for wait in (*waits, None):
        try:
            return await work()
        except StoreError as fault:
            if wait is None or ends():
                raise
            log.warning("deliver.waits", why=str(fault), seconds=wait)
            await asyncio.sleep(wait)
    raise AssertionError
