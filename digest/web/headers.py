"""What every response says to the browser: run nothing, load nothing, tell nobody."""

import re
from base64 import b64encode
from hashlib import sha256

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


def policy(html: str = "") -> str:
    """The Content-Security-Policy of a page: its own style sheets by their hash, and forms.

    Scripts, images, fonts and frames have no exception.
    """
    styles = " ".join(f"'sha256-{_hash(style)}'" for style in _STYLE.findall(html)) or "'none'"
    return (
        f"default-src 'none'; style-src {styles}; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )


def _hash(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode("ascii")
