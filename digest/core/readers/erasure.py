"""What is left of an address that was forgotten: enough to know it again, and no more."""

import hashlib
import hmac

ERASED_PREFIX = "forgotten:"
"""Begins the key of whoever was forgotten. No address has a colon before its @."""
WHY = "they asked to be forgotten"


def erasure_mark(key: str, secret: str) -> str:
    """What is kept of an address, by its comparison key (core.text.email_address).

    Who has the secret and the address gets the same again; nobody gets the address from it.
    """
    keyed = hmac.new(secret.encode(), f"digest/forgotten {key}".encode(), hashlib.sha256)
    return ERASED_PREFIX + keyed.hexdigest()[:40]
