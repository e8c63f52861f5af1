"""Signed ids for links: whoever holds the token may act for that id, for one purpose only."""

import base64
import functools
import hashlib
import hmac
import re

from itsdangerous import Signer

_SHAPE = re.compile(r"(0|[1-9][0-9]{0,18})\.[A-Za-z0-9_-]{43}", re.ASCII)

ROWS = 2**63
"""No database has so many rows."""


def keys_of(secret: str) -> list[str]:
    """The keys of a secret, one a line, the newest first: that signs, and all verify."""
    return [key for line in secret.splitlines() if (key := line.strip())]


def newest_key(secret: str) -> str:
    """The key that signs; "" for a secret that is empty."""
    return next(iter(keys_of(secret)), "")


def key_fingerprint(key: str) -> str:
    """What tells one key from another, and tells nobody the key."""
    return hmac.digest(key.encode(), b"digest/fingerprint", "sha256").hex()[:16]


def sign(purpose: str, id: int, secret: str) -> str:  # noqa: A002 (it is one)
    """Make the token of an id, of at most 63 characters of [A-Za-z0-9._-]. It never expires.

    The same arguments give the same token. Raises ValueError for an empty secret or purpose, or
    an id that is no database id.
    """
    key = newest_key(secret)
    if not key or not purpose:
        raise ValueError("a token needs a secret and a purpose")
    if not 0 <= id < ROWS:
        raise ValueError(f"no id: {id}")
    number = b"%d" % id
    signed = hmac.digest(_key(purpose, key), number, "sha256")
    signature = base64.urlsafe_b64encode(signed).rstrip(b"=")
    return (number + b"." + signature).decode("ascii")


def verify(purpose: str, token: object, secret: str) -> int | None:
    """Give the id that was signed for this purpose, or None for anything else whatsoever.

    Signing again and comparing text, in constant time, leaves exactly one spelling of each token:
    decoding would let the last base64 character vary.
    """
    if not isinstance(token, str) or not _SHAPE.fullmatch(token):
        return None
    signed = int(token.partition(".")[0])
    if signed >= ROWS:
        return None
    keys = keys_of(secret)
    ours = [hmac.compare_digest(sign(purpose, signed, key), token) for key in keys]
    return signed if any(ours) else None


@functools.lru_cache(maxsize=16)
def _key(purpose: str, key: str) -> bytes:
    """The key of a purpose, for HMAC-SHA256, as `itsdangerous.Signer` derives and uses it.

    Its own `sign` derives the key anew for every token, and a message needs one every 0.2 ms.
    """
    return Signer(
        key, salt=f"digest/{purpose}", key_derivation="hmac", digest_method=hashlib.sha256
    ).derive_key()
