"""The key that signs links: the right one for this store, a new one, and what to do without."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.config.secrets import Secret
from digest.core.message.signed_token import key_fingerprint, keys_of
from digest.errors import ConfigError, DigestError, UsageError
from digest.store.database.database import Database
from digest.store.message import signing_keys
from digest.store.message.signing_keys import KnownKey

BEGIN_ANEW = "`digest key rotate --lost` begins anew: links in emails that went out are dead then"


def new_key() -> str:
    """A key that nobody guesses."""
    return secrets.token_urlsafe(48)


def expect_right_key(db: Database, secret: Secret) -> str:
    """The text of the secret. Raises ConfigError if links of this store were signed by a key that
    isn't in it, and for one that is missing.
    """
    text = secret.reveal()
    ours = {key_fingerprint(key) for key in keys_of(text)}
    missing = [one for one in db.read(signing_keys.known_keys) if one.fingerprint not in ours]
    if missing:
        since = ", ".join(f"{one.fingerprint} of {one.since:%Y-%m-%d}" for one in missing)
        raise ConfigError(
            f"{secret.place}: {secret.key}: this is another key than the one that signed the links"
            f" of this store ({since}), so nobody could leave by them. Put the old key back"
            f" {secret}; if it is lost, {BEGIN_ANEW}"
        )
    return text


def expect_no_lost_key(db: Database, key: Path) -> None:
    """Let go of a key that signed nothing. Raises DigestError if a lost one may have signed links,
    which a new one would kill.
    """
    if db.read(signing_keys.may_have_signed):
        raise DigestError(
            f"{key}: is missing, and the store has readers whose links it signed. Put the old key"
            f" back; if it is lost, {BEGIN_ANEW}"
        )
    db.write(signing_keys.forget_keys)


def remember_key(db: Database, secret: Secret, now: datetime) -> None:
    """Write down which key signs, in a store with readers that doesn't know one yet."""
    if db.read(signing_keys.may_have_signed):
        db.write(signing_keys.remember_first_key, secret.reveal(), now)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new key: its fingerprint, the file, and how many old ones still verify."""

    fingerprint: str
    file: Path
    old: int


def rotate_key(db: Database, secret: Secret, now: datetime, *, lost: bool = False) -> Rotation:
    """Sign with a new key from now on; links of old ones go on working.

    `lost`: the old key is gone for good, and with it the links that it signed and the marks of who
    was forgotten. Raises UsageError for a key that isn't in a file.
    """
    if secret.file is None:
        raise UsageError(
            f"{secret.key} is {secret}: put a new key on a line before the old one there, or"
            " keep it in a file"
        )
    old = [] if lost else keys_of(expect_right_key(db, secret))
    key = new_key()
    fingerprints = [key_fingerprint(one) for one in (*old, key)]
    if lost:
        db.write(signing_keys.forget_keys)
    # The file first: a store that knows a key which isn't in it would be refused.
    _write(secret.file, [key, *old])
    db.write(signing_keys.remember_keys, fingerprints, now)
    return Rotation(fingerprints[-1], secret.file, len(old))


def _write(path: Path, keys: Sequence[str]) -> None:
    """Put the keys in place of the file, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write("".join(f"{key}\n" for key in keys).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise DigestError(f"{path}: can't be written: {error.strerror}") from error


def keys_held(db: Database, secret: Secret) -> list[KnownKey]:
    """The keys that signed links of this store, oldest first. Raises ConfigError as above."""
    expect_right_key(db, secret)
    return db.read(signing_keys.known_keys)
