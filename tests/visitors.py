"""Many visitors of a web site at once, without a browser: plain HTTP/1.1 over loopback."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a visitor got, and after how many seconds."""

    status: int
    head: str
    body: bytes
    took: float


async def ask(
    port: int, path: str, body: bytes = b"", method: str = "GET", **headers: str
) -> Answer:
    """One request on a connection of its own. A header's name is written with `_` for `-`."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        said = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{more}"
        writer.write(f"{said}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1])
    return Answer(status, head.decode("latin-1"), rest, time.perf_counter() - begun)


async def crowd(
    visits: int, at_once: int, visit: Callable[[int], Awaitable[Answer]]
) -> list[Answer]:
    """So many visits, so many of them at a time; what each got."""
    waiting = iter(range(visits))
    answers: list[Answer] = []

    async def client() -> None:
        for number in waiting:
            answers.append(await visit(number))

    await asyncio.gather(*(client() for _ in range(at_once)))
    return answers
