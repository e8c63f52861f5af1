"""Feeds and lists for programs, as responses."""

from hashlib import sha256
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

FEED_LENGTH = 50
"""So many entries has a feed."""


def feed_response(request: Request, content: bytes) -> Response:
    """A feed; only that it is the same, for who has it already."""
    return document(request, content, "application/atom+xml")


def document(request: Request, content: bytes, media_type: str) -> Response:
    """A document with a mark of its bytes; 304 for who says that they have these (RFC 9110, 13)."""
    tag = f'"{sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if tag in known or known.strip() == "*":
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    return Response(content, media_type=media_type, headers=headers)
