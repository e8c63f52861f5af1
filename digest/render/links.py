"""Addresses of pages, as both parts of a message print them."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from digest.core import prose

# What most addresses are: nothing in it to check or to encode.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?#][\w!#$%&'()*+,./:;=?@~-]*)?", re.ASCII
)


def web_address(url: str) -> str:
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
