"""A link that takes its time: a proxy on loopback that holds back what goes through it.

`python -m scripts.benchmarks.link PORT` is the proxy, a process of its own, so that it takes none
of the sender's time; it prints its own port.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT
from scripts.benchmarks.sending import a_frozen_edition, send_it, sink

ONE_WAY = 0.010
"""Seconds; a round trip takes twice as long."""
SEGMENT = 1448
"""Octets."""


def link_rows(count: int = 1000) -> list[Row]:
    """One connection through the whole ledger over that link, against one message a round trip."""
    with TemporaryDirectory() as folder, sink() as port, slow_link(port) as far:
        rate, round_trip = asyncio.run(_over_the_link(Path(folder), count, far))
    return [
        Row(
            f"{count:,} messages over one connection and a link of {2 * ONE_WAY * 1e3:.0f} ms",
            f"through the ledger: {rate:,.1f} a second",
            f"one a round trip ({round_trip * 1e3:.1f} ms): {1 / round_trip:,.1f} a second",
            rate * round_trip,
            "goal: at least 0.9",
        )
    ]


async def _over_the_link(folder: Path, count: int, far: int) -> tuple[float, float]:
    db, ours, _ = a_frozen_edition(folder, count)
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


@contextmanager
def slow_link(port: int) -> Iterator[int]:
    """A port from which everything gets to that one, and back, `ONE_WAY` later."""
    words = [sys.executable, "-m", "scripts.benchmarks.link", str(port)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout
        try:
            yield int(proxy.stdout.readline())
        finally:
            proxy.terminate()


async def _proxy(port: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sink = _like_ethernet(socket.socket())
        sink.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sink, ("127.0.0.1", port))
        there, back = await asyncio.open_connection(sock=sink)
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(_carry(reader, back), _carry(there, writer))

    listening = _like_ethernet(socket.socket())
    listening.bind(("127.0.0.1", 0))
    server = await asyncio.start_server(serve, sock=listening)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _like_ethernet(made: socket.socket) -> socket.socket:
    """With segments as between machines. Those of loopback have 64 kB, which now and then don't fit
    into what the other side has room for, and then wait for a tenth of a second.
    """
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    return made


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


if __name__ == "__main__":
    asyncio.run(_proxy(int(sys.argv[1])))
