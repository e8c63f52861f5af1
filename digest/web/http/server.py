"""The web server: how it takes its port, and how it ends."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp

SHUTDOWN_SECONDS = 5
"""Seconds that requests in hand have to be answered in, once the server is told to end."""

HANDS = 2
"""Threads that answer requests. More answer no more of them a second, since they share Python's
lock; and after every word with a mail server, the loop that sends waits for all of them.
"""


class WebServer(uvicorn.Server):
    """Ends when `should_exit` is set. Signals are left to whoever runs it."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer requests until told to end."""
        to_thread.current_default_thread_limiter().total_tokens = HANDS
        await super().serve(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: the mail in flight is to be finished first."""
        yield


def server(site: ASGIApp) -> WebServer:
    """A server for a site; `serve([socket])` runs it in the event loop that is there."""
    return WebServer(
        uvicorn.Config(
            site,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # it would write tokens down; the site has its own
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )


def open_listener(place: str) -> socket.socket:
    """Take the port of "host:port" ("[::1]:8000" for IPv6). Raises OSError.

    Answers go out at once: asyncio switches Nagle's algorithm off only for sockets that were made
    with the protocol number of TCP, and those of `create_server` are not. What is set on a
    listening socket holds for the connections that it takes.
    """
    host, _, port = place.rpartition(":")
    found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    family, _, _, _, address = found[0]
    listener = socket.create_server(address[:2], family=family)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
