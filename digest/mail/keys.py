"""The keys that sign: made, read, refused where they are unsafe, and their DNS records."""

import base64
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.config.secrets import Secret
from digest.errors import ConfigError, DigestError, UsageError

LEAST_BITS = 1024
"""Shorter RSA keys are broken in hours; verifiers must not accept them (RFC 8301, 3.2)."""
GOOD_BITS = 2048
_STRING = 255
"""Characters in one string of a TXT record (RFC 1035, 3.3.14)."""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """What must stand in the DNS so that others can check our signatures: a TXT record."""

    name: str
    value: str

    @property
    def strings(self) -> tuple[str, ...]:
        """The value in strings of at most 255 characters, to be joined (RFC 6376, 3.6.2.2)."""
        return tuple(self.value[n : n + _STRING] for n in range(0, len(self.value), _STRING))

    @property
    def zone_line(self) -> str:
        """As a zone file has it."""
        strings = " ".join(f'"{one}"' for one in self.strings)
        return f"{self.name}. IN TXT ( {strings} )"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under its name in the DNS. Printing it shows only the name."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """As `a=` has it."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    @property
    def bits(self) -> int:
        """How long an RSA key is; 256 for Ed25519, which is as good as 3,000 of RSA."""
        return self.private.key_size if isinstance(self.private, RSAPrivateKey) else 256

    @property
    def weak(self) -> bool:
        """Whether large mailboxes would rather see a longer one."""
        return isinstance(self.private, RSAPrivateKey) and self.bits < GOOD_BITS

    @property
    def record(self) -> DnsRecord:
        """The DNS record that publishes the other half (RFC 6376, 3.6.1; RFC 8463, 4)."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            kind = "rsa"
            octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        value = f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode('ascii')}"
        return DnsRecord(f"{self.selector}._domainkey.{self.domain}", value)

    def sign(self, octets: bytes) -> bytes:
        """The signature of these bytes. Other threads go on meanwhile."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(octets, _PADDING, _SHA256)
        hashed = Hash(_SHA256)
        hashed.update(octets)
        return self.private.sign(hashed.finalize())  # the hash is what is signed (RFC 8463, 3)


_PADDING, _SHA256 = PKCS1v15(), SHA256()


def load_key(domain: str, selector: str, secret: Secret) -> SigningKey:
    """The key that the config names. Raises ConfigError if it is missing, unfit or unsafe."""
    place = f"{secret.place}: {secret.key}"
    if secret.file is not None and _writable_or_public(secret.file):
        raise ConfigError(
            f"{place}: every user of this machine can read or change {secret.file}, and so sign"
            f" mail in the name of {domain}: chmod 600 {secret.file}"
        )
    text = secret.reveal()
    try:
        private = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise ConfigError(f"{place}: the key has a password; store it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        what = "a public key; the private one is needed" if "PUBLIC KEY" in text else "no key"
        raise ConfigError(
            f"{place}: that is {what}. `digest dkim keygen` makes one (PEM)"
        ) from None
    if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise ConfigError(f"{place}: mail is signed with RSA or Ed25519, not with such a key")
    key = SigningKey(domain, selector, private)
    if isinstance(private, RSAPrivateKey) and key.bits < LEAST_BITS:
        raise ConfigError(
            f"{place}: an RSA key of {key.bits} bits is too short, nobody accepts it; make one of"
            f" {GOOD_BITS} with `digest dkim keygen`"
        )
    return key


def generate(
    domain: str, selector: str, kind: Literal["rsa", "ed25519"], bits: int = GOOD_BITS
) -> SigningKey:
    """A new key. `bits` is for RSA."""
    made: RSAPrivateKey | Ed25519PrivateKey
    made = generate_private_key(65537, bits) if kind == "rsa" else Ed25519PrivateKey.generate()
    return SigningKey(domain, selector, made)


def write_key(key: SigningKey, path: Path) -> None:
    """Keep a key in a new file that only its owner can read.

    Raises UsageError if there is a file already: mail on its way may be signed with that.
    """
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already, and mail on its way may be signed with it; name another"
            " file with --out, and another selector"
        ) from None
    except OSError as error:
        raise DigestError(f"{path}: can't be written: {error.strerror}") from error


def _writable_or_public(path: Path) -> bool:
    """Whether anybody at all may read it, or anybody but its owner change it.

    A group that may read it is no fault: that is how secrets come into containers.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP))
