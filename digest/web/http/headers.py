"""What every response says to the browser: run nothing but ours, load nothing, tell nobody."""

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
_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


def policy(html: str = "", images: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page: its own styles and script by their hash, and forms.

    A page with a script may ask its own site. Fonts and frames have no exception; of images, those
    at these addresses.
    """
    styles, scripts = _hashes(_STYLE, html) or "'none'", _hashes(_SCRIPT, html)
    pictures = " ".join(dict.fromkeys(map(_place, images)))
    return (
        f"default-src 'none'; style-src {styles}; "
        + (f"script-src {scripts}; connect-src 'self'; " if scripts else "")
        + (f"img-src {pictures}; " if pictures else "")
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _hashes(kind: re.Pattern[str], html: str) -> str:
    return " ".join(f"'sha256-{_hash(one)}'" for one in kind.findall(html))


def _place(url: str) -> str:
    """Where an image comes from, as a policy names it: its site. A path could hold a semicolon."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hash(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode("ascii")
