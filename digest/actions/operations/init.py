"""Make what a new installation needs: a config, a secret key and a store. What is there stays."""

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.actions.operations.signing_key import (
    expect_no_lost_key,
    expect_right_key,
    new_key,
    remember_key,
)
from digest.config.load import load_config
from digest.config.packaged import packaged
from digest.config.settings import Settings
from digest.errors import DigestError
from digest.store.database import database


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a new installation needs, and whether it is new."""

    path: Path
    what: str
    new: bool


def init(config: Path, now: datetime) -> tuple[Settings, tuple[NewFile, ...]]:
    """Complete what is missing around this config file; never overwrites.

    Raises ConfigError for a config that is there and invalid, StoreError for a file that is no
    store, DigestError where nothing can be written.
    """
    starter = packaged("config.toml").read_text(encoding="utf-8")
    made = [NewFile(config, "the settings, each with a comment", _write(config, starter, 0o666))]
    settings = load_config(config)
    key, store = settings.web.secret.file, settings.store_path()
    if key is not None:
        if store.exists() and not (key.exists() and key.stat().st_size):
            with closing(database.Database(store)) as db:
                expect_no_lost_key(db, key)
        new = _write(key, new_key() + "\n", 0o600)
        made.append(
            NewFile(key, "signs the links in emails: keep it, and keep it to yourself", new)
        )
    _folder(store.parent)
    made.append(NewFile(store, "the empty store", database.create(store)))
    if not settings.web.secret.missing:
        with closing(database.Database(store)) as db:
            expect_right_key(db, settings.web.secret)
            remember_key(db, settings.web.secret, now)
    return settings, tuple(made)


def _write(path: Path, text: str, mode: int) -> bool:
    """Write a new file; False if there is one with something in it already."""
    _folder(path.parent)
    try:
        if path.exists():
            if path.stat().st_size:
                return False
            path.unlink()  # left by an attempt that was cut short
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
    except OSError as error:
        raise DigestError(f"{path}: can't be written: {error.strerror}") from error
    return True


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DigestError(f"{path} is a file; name a folder") from None
    except OSError as error:
        raise DigestError(f"{path}: can't be made: {error.strerror}") from error
