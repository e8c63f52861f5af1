"""Addresses of pages, as both parts of a message print them."""

import re
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.permalinks import name_of
from digest.core.text import prose

# What most addresses are: nothing in it to check or to encode.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?#][\w!#$%&'()*+,./:;=?@~-]*)?", re.ASCII
)


def edition_address(web_url: str, newsletter: str, at: datetime) -> str:
    """Where the edition of a moment is on the web, which has no number yet when it is printed."""
    return f"{web_url.rstrip('/')}/archive/{quote(newsletter)}/{name_of(at)}"


def reading_address(web_url: str, newsletter: Newsletter, at: datetime, mark: str) -> str:
    """Where a reader reads the edition of a moment on the web; "" where nobody does.

    With a slot for their own token where it isn't open to everybody.
    """
    if newsletter.archive == "none":
        return ""
    if newsletter.archive == "public":
        return edition_address(web_url, newsletter.slug, at)
    return f"{web_url.rstrip('/')}/read/{quote(newsletter.slug)}/{name_of(at)}/{mark}READZ"


def followable_url(url: str) -> str:
    """The URL in ASCII if a reader can follow it (http or https, with a host), else "".

    Encoded here, so that both parts of the message have the same bytes of it.
    """
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        parts = urlsplit(prose.tidy(url).strip())
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            return ""
        if not host.isascii():
            ascii_host = idna.encode(host, uts46=True).decode()
            parts = parts._replace(netloc=parts.netloc.lower().replace(host, ascii_host))
    except ValueError:  # UnicodeError and IDNAError are ones
        return ""
    return quote(urlunsplit(parts), safe="%/:=?&~#+!$,;'@()*[]")
