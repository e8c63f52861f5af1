"""Checks DKIM signatures by the letter of RFC 6376 and RFC 8463, with nothing of ours in it.

It is slow and plain on purpose; dkimpy is the other opinion.
"""

import base64
import hashlib
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import dkim as dkimpy
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Dns = Mapping[str, str]
"""TXT records by name."""


def valid(message: bytes, dns: Dns) -> bool:
    """Whether a message has signatures, and both opinions find all of them good."""
    ours, theirs = by_the_letter(message, dns), by_dkimpy(message, dns)
    assert ours == theirs, f"two opinions: {ours} by the letter, {theirs} by dkimpy"
    return bool(ours) and all(ours)


def by_dkimpy(message: bytes, dns: Dns) -> list[bool]:
    """What dkimpy makes of each signature."""

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        record = dns.get(name.decode().rstrip("."))
        return record.encode() if record else None

    def good(n: int) -> bool:
        try:
            return bool(dkimpy.DKIM(message).verify(idx=n, dnsfunc=look_up))
        except dkimpy.ValidationError:
            return False

    return [good(n) for n in range(len(signatures(message)))]


def by_the_letter(message: bytes, dns: Dns) -> list[bool]:
    """What the RFC makes of each signature."""
    return [_good(message, field, dns) for field in signatures(message)]


def signatures(message: bytes) -> list[bytes]:
    """The DKIM-Signature fields, from the top."""
    return [field for name, field in _fields(message) if name == b"dkim-signature"]


def tags(field: bytes) -> dict[str, str]:
    """The tags of a signature or record, without white space in their values."""
    pairs = field.decode().partition(":")[2].split(";")
    return {
        name.strip(): re.sub(r"\s", "", value)
        for name, _, value in (pair.partition("=") for pair in pairs if pair.strip())
    }


def _good(message: bytes, field: bytes, dns: Dns) -> bool:
    said = tags(field)
    assert said["v"] == "1"
    assert said["c"] == "relaxed/simple"
    record = dns.get(f"{said['s']}._domainkey.{said['d']}")
    if record is None or said["bh"] != base64.b64encode(_body_hash(message)).decode():
        return False
    signed, signature = _signed(message, field), base64.b64decode(said["b"])
    public = base64.b64decode(tags(b":" + record.encode())["p"])
    if said["a"] == "rsa-sha256":
        return _openssl_agrees(public, signed, signature)
    assert said["a"] == "ed25519-sha256"
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            signature, hashlib.sha256(signed).digest()
        )
    except InvalidSignature:
        return False
    return True


def _openssl_agrees(public: bytes, signed: bytes, signature: bytes) -> bool:
    """The arithmetic, by the command line of OpenSSL."""
    with tempfile.TemporaryDirectory() as folder:
        pem, sig = Path(folder, "key"), Path(folder, "sig")
        text = base64.encodebytes(public).decode()
        pem.write_text(f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n")
        sig.write_bytes(signature)
        ended = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", pem, "-signature", sig],
            input=signed,
            capture_output=True,
            check=False,
        )
    return ended.returncode == 0


def _body_hash(message: bytes) -> bytes:
    """3.4.3: all empty lines at the end count as none, and there is one end of line."""
    lines = message.partition(b"\r\n\r\n")[2].split(b"\r\n")
    while lines and not lines[-1]:
        lines.pop()
    return hashlib.sha256(b"\r\n".join([*lines, b""]) if lines else b"\r\n").digest()


def _signed(message: bytes, signature: bytes) -> bytes:
    """3.7: the fields that `h=` names, from the last upwards, then the signature without `b=`."""
    left, out = _fields(message), b""
    for wanted in tags(signature)["h"].lower().split(":"):
        for n in reversed(range(len(left))):
            if left[n][0] == wanted.encode():
                out += _relaxed(left.pop(n)[1]) + b"\r\n"
                break
    return out + _relaxed(re.sub(rb"([;:]\s*b\s*=)[^;]*", rb"\1", signature))


def _fields(message: bytes) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            name, field = found.pop()
            found.append((name, field + b"\r\n" + line))
        else:
            found.append((line.partition(b":")[0].strip().lower(), line))
    return found


def _relaxed(field: bytes) -> bytes:
    """3.4.2."""
    name, _, value = field.replace(b"\r\n", b"").partition(b":")
    value = re.sub(rb"[ \t]+", b" ", value).strip(b" ")
    return name.strip().lower() + b":" + value
