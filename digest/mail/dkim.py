"""Signing messages: DomainKeys Identified Mail (RFC 6376), with RSA, with Ed25519 (RFC 8463).

The canonicalisation is `relaxed/simple`. Our messages are serialised once and go out as they are:
"simple" costs nothing for the body, while a relay may still fold a header line anew.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from digest.core.message.compose import OutgoingMessage
from digest.mail.keys import SigningKey

ONCE_MORE = ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")
"""Signed together with the fact that there is no second one (RFC 6376, 8.15). The last two must be
covered for the one-click button (RFC 8058, 4)."""
COVERED = (
    *ONCE_MORE,
    *("To", "Date", "Message-ID", "Reply-To", "List-Id", "Feedback-ID"),
    *("MIME-Version", "Content-Type"),
)
"""What is signed wherever it is there."""

_KEYS = {name.lower().encode(): name for name in COVERED}
_NEXT_FIELD = re.compile(rb"\r\n(?![ \t])")
_SPACE = re.compile(rb"[ \t]+")
_NAME = re.compile(r"[^:;]+[:;]")
_LINE = 72
_SHARED = 2048
"""A beginning that messages have in common is remembered if it has so many bytes."""
_EDITIONS = 64


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What the bodies of an edition begin with, and its hash so far; never changed."""

    octets: bytes
    sha: "hashlib._Hash"


class Signer:
    """Signs messages with one or more keys. Safe to call from several threads at once."""

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._keys = tuple(keys)
        self._beginnings: dict[bytes, _Beginning] = {}

    def __call__(self, envelope: OutgoingMessage) -> OutgoingMessage:
        """The same message with a DKIM-Signature on top for each key.

        Its time is that of the message, so that a second copy has the same bytes.
        """
        return replace(envelope, message=self.signed(envelope.message, envelope.date))

    def signed(self, message: bytes, at: datetime) -> bytes:
        """A message with its signatures on top. `message` has CRLF at every end of line."""
        head, _, body = message.partition(b"\r\n\r\n")
        names, covered = _covered(_fields(head))
        body_hash = base64.b64encode(self._hash(body))
        lines = (_signature(key, names, covered, body_hash, at) for key in self._keys)
        return b"".join((*lines, message))

    def _hash(self, body: bytes) -> bytes:
        """SHA-256 of the body, canonicalised by "simple" (RFC 6376, 3.4.3).

        Most of a body is the same for all readers of an edition, up to the first link of their own.
        That part is hashed once; a look whether it is the same takes a tenth of the time.
        """
        if not body.endswith(b"\r\n") or body.endswith(b"\r\n\r\n") or body == b"\r\n":
            return hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()
        known = self._beginning(body)
        sha = known.sha.copy()
        sha.update(memoryview(body)[len(known.octets) :])
        return sha.digest()

    def _beginning(self, body: bytes) -> _Beginning:
        edition = body[:80].partition(b"\r\n")[0]  # the boundary, which follows from the content
        known = self._beginnings.get(edition)
        if known is None:
            if len(self._beginnings) >= _EDITIONS:
                self._beginnings = {}
            octets = body
        elif body.startswith(known.octets):
            return known
        else:
            octets = body[: _in_common(known.octets, body)]
        if len(octets) < _SHARED:
            octets = b""
        found = self._beginnings[edition] = _Beginning(octets, hashlib.sha256(octets))
        return found


def _in_common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each header field: its name in lower case, and the line as "relaxed" has it (3.4.2)."""
    for line in _NEXT_FIELD.split(head):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        yield name, name + b":" + _relaxed(value) + b"\r\n"


def _relaxed(value: bytes) -> bytes:
    if b"\r\n" in value:
        value = value.replace(b"\r\n", b"")
    if b"  " in value or b"\t" in value:  # most have neither
        value = _SPACE.sub(b" ", value)
    return value.strip()


def _covered(fields: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, ...], bytes]:
    """The names for `h=`, and the lines that they stand for, the last of a name first (5.4.2)."""
    found: dict[bytes, list[bytes]] = {}
    for name, line in fields:
        found.setdefault(name, []).insert(0, line)
    there = [(name, found[key]) for key, name in _KEYS.items() if key in found]
    names = [name for name, lines in there for _ in lines]
    return (*names, *ONCE_MORE), b"".join(line for _, lines in there for line in lines)


def _signature(
    key: SigningKey, names: tuple[str, ...], covered: bytes, body_hash: bytes, at: datetime
) -> bytes:
    """The header field of one signature (3.5)."""
    begun = _begun(key.algorithm, key.domain, key.selector, int(at.timestamp()), names)
    field = b"%b\r\n bh=%b;\r\n b=" % (begun, body_hash)
    signature = base64.b64encode(key.sign(covered + b"dkim-signature:" + _relaxed(field[15:])))
    pieces = (signature[n : n + _LINE] for n in range(0, len(signature), _LINE))
    return field + b"\r\n ".join(pieces) + b"\r\n"


@lru_cache(maxsize=256)
def _begun(algorithm: str, domain: str, selector: str, time: int, names: tuple[str, ...]) -> bytes:
    """What the signatures of a second have in common."""
    tags = [
        *("v=1;", f"a={algorithm};", "c=relaxed/simple;"),
        *(f"d={domain};", f"s={selector};", f"t={time};"),
        *_NAME.findall(f"h={':'.join(names)};"),
    ]
    return _folded("DKIM-Signature:", tags)


def _folded(name: str, tags: Sequence[str]) -> bytes:
    """Tags on lines of at most 78. What ends in a colon goes on without a space."""
    lines, gap = [name], " "
    for tag in tags:
        if len(lines[-1] + gap + tag) > 78:
            lines.append("")
            gap = " "
        lines[-1] += gap + tag
        gap = "" if tag.endswith(":") else " "
    return "\r\n".join(lines).encode("ascii")
