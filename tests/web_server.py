"""Somebody else's web server, on loopback: as friendly or hostile as a test wants it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """One request: its path, and its header fields by their names in lower case."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """What answers; `pages` by path. What isn't there is a 404."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            request = Asked(head[0].split(" ")[1], headers)
            self.asked.append(request)
            await self.pages.get(request.path, status(404))(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client had enough of us
        finally:
            writer.close()


def raw(data: bytes) -> Answer:
    """These bytes and nothing else."""

    async def answer(writer):
        writer.write(data)

    return answer


def page(body: bytes | str, kind: str = "application/xml", code: int = 200, **headers) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{more}\r\n"
    return raw(head.encode("latin-1") + data)


def status(code: int, **headers) -> Answer:
    return page("", code=code, **headers)


def moved(to: str, code: int = 302) -> Answer:
    return status(code, Location=to)


def endless(chunk: bytes, pause: float = 0.0, **headers) -> Answer:
    """The same chunk again and again, until the client goes away."""

    async def answer(writer):
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 200 OK\r\n{more}\r\n".encode())
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """A site on a free port of loopback."""
    site = Site()
    server = await asyncio.start_server(site, "127.0.0.1", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield site
