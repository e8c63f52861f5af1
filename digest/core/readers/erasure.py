"""What is left of an address that was forgotten: enough to know it again, and no more."""

import hashlib
import hmac

from digest.core.message.signed_token import keys_of

ERASED_PREFIX = "forgotten:"
"""Begins the key of whoever was forgotten. No address has a colon before its @."""
WHY = "they asked to be forgotten"


def erasure_mark(key: str, secret: str) -> str:
    """What is kept of an address, by its comparison key (core.text.email_address).

    Who has the secret and the address gets the same again; nobody gets the address from it.
    """
    return erasure_marks(key, secret)[0]


def erasure_marks(key: str, secret: str) -> list[str]:
    """The marks of an address by each key of the secret, the newest first."""
    return [_mark(key, one) for one in keys_of(secret)]


def _mark(key: str, one: str) -> str:
    keyed = hmac.new(one.encode(), f"digest/forgotten {key}".encode(), hashlib.sha256)
    return ERASED_PREFIX + keyed.hexdigest()[:40]
