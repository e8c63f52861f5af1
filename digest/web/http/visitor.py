"""Who asks, and what they sent."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

POST_BYTES_LOOKED_AT = 16384
POST_BYTES_READ = 1 << 20
POST_SECONDS = 5.0
"""Of a POST so much is looked at, so much read, and so long waited for."""
MOST_FIELDS = 1000

Fields = dict[str, list[str]]


def origin(request: Request) -> str:
    """The visitor's IP address; empty if it can't be known.

    Where a web server of the same machine or network stands in front, it is what that says in the
    last place of X-Forwarded-For. What stands before that may be made up.
    """
    peer = request.client.host if request.client else ""
    if not _is_ours(peer):
        return peer
    said = ",".join(request.headers.getlist("x-forwarded-for"))
    last = said.rpartition(",")[2].strip()
    return last if _is_ip(last) else ""


def _is_ours(peer: str) -> bool:
    """Whether this is an address of our own machine or network; also where there is none."""
    return not _is_ip(peer) or ip_address(peer).is_private


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


async def beginning(request: Request, looked_at: int = POST_BYTES_LOOKED_AT) -> bytes:
    """The first bytes of a body. The rest is let go by, so that the client reads our answer."""
    kept, seen = bytearray(), 0
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(POST_SECONDS):
            async for chunk in request.stream():
                kept += chunk[: looked_at - len(kept)]
                seen += len(chunk)
                if seen > POST_BYTES_READ:
                    break
    return bytes(kept)


async def fields(request: Request) -> Fields:
    """What a form sent, URL-encoded; nothing of a body that is no form, or a monstrous one."""
    body = (await beginning(request)).decode("utf-8", "replace")
    try:
        return parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def first(sent: Fields, name: str) -> str:
    """The first value of a field."""
    return sent.get(name, [""])[0]
