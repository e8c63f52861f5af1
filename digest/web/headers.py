"""What every response says to the browser: run nothing, load nothing, tell nobody."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

EVERYWHERE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""For pages that are about one reader."""
FOR_GOOD = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",  # mail is read on other people's pages
}
"""For what never changes and stands in messages."""

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def policy(html: str = "", images: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page: its own style sheets by their hash, and forms.

    Scripts, fonts and frames have no exception; of images, those at these addresses.
    """
    styles = " ".join(f"'sha256-{_hash(style)}'" for style in _STYLE.findall(html)) or "'none'"
    pictures = " ".join(dict.fromkeys(map(_place, images)))
    return (
        f"default-src 'none'; style-src {styles}; "
        + (f"img-src {pictures}; " if pictures else "")
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _place(url: str) -> str:
    """Where an image comes from, as a policy names it: its site. A path could hold a semicolon."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hash(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode("ascii")
