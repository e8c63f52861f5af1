"""A link that takes its time: a proxy on loopback that holds back what goes through it."""

import asyncio
import statistics
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from scripts.benchmarks.measuring import Row
from scripts.benchmarks.sending import a_frozen_edition, send_it, sink

ONE_WAY = 0.010
"""Seconds; a round trip takes twice as long."""


def link_rows(count: int = 300) -> list[Row]:
    """One connection through the whole ledger over that link, against one message a round trip."""
    with TemporaryDirectory() as folder, sink() as port:
        rate, round_trip = asyncio.run(_over_the_link(Path(folder), count, port))
    return [
        Row(
            f"{count:,} messages over one connection and a link of {2 * ONE_WAY * 1e3:.0f} ms",
            f"through the ledger: {rate:,.1f} a second",
            f"one a round trip ({round_trip * 1e3:.1f} ms): {1 / round_trip:,.1f} a second",
            rate * round_trip,
            "goal: at least 0.9",
        )
    ]


async def _over_the_link(folder: Path, count: int, port: int) -> tuple[float, float]:
    db, ours, _ = a_frozen_edition(folder, count)
    async with slow_link(port) as far:
        before = await _round_trip(far)
        start = perf_counter()
        await send_it(db, ours, count, far, connections=1)
        rate = count / (perf_counter() - start)
        after = await _round_trip(far)
    db.close()
    return rate, statistics.mean((before, after))


async def _round_trip(port: int) -> float:
    """The median time of a NOOP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    times = []
    for _ in range(25):
        start = perf_counter()
        writer.write(b"NOOP\r\n")
        await reader.readline()
        times.append(perf_counter() - start)
    writer.close()
    return statistics.median(times)


@asynccontextmanager
async def slow_link(port: int) -> AsyncIterator[int]:
    """A port from which everything gets to that one, and back, `ONE_WAY` later."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(_carry(reader, back), _carry(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, in order, each piece when its time on the way is over."""
    loop = asyncio.get_running_loop()
    under_way: deque[tuple[float, bytes]] = deque()

    def arrive() -> None:
        while under_way and under_way[0][0] <= loop.time() + 1e-4:
            piece = under_way.popleft()[1]
            if piece and not writer.is_closing():
                writer.write(piece)
            elif not piece:
                writer.close()

    while True:
        piece = await reader.read(1 << 17)
        at = loop.time() + ONE_WAY
        under_way.append((at, piece))
        loop.call_at(at, arrive)
        if not piece:
            return
