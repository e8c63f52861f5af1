"""Mail into a folder: one .eml file a message, to look at with any mail program."""

import asyncio
import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from digest.core.delivery.smtp_outcome import Accepted, Broken, Outcome, Phase
from digest.core.message.compose import OutgoingMessage

_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]+")
_LONGEST = 120


class Outbox:
    """Stands for a mail server. The folder is made when the first message comes.

    A file's name follows from the Message-ID, so that writing a message again replaces it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wanted: OutgoingMessage | None = None

    async def offer(self, envelope: OutgoingMessage) -> Outcome | None:
        """A folder takes every message."""
        self._wanted = envelope
        return None

    def advance(self) -> None:
        """A file has nothing to gain from that."""

    async def complete(self, following: OutgoingMessage | None = None) -> Outcome:
        """Write the message. A file is there whole or not at all, also after a power cut.

        A folder that takes no files is trouble of the host, told in a sentence.
        """
        envelope, self._wanted = self._wanted, None
        assert envelope is not None
        path = self._folder / _name(envelope)
        try:
            await asyncio.to_thread(_write, path, envelope.message)
        except OSError as error:
            return Broken(Phase.CONNECT, f"{path} can't be written: {error.strerror or error}")
        return Accepted(f"written to {path}")

    def withdraw(self) -> None:
        """Don't write it after all."""
        self._wanted = None

    async def close(self) -> None:
        """Nothing stays open."""


def _name(envelope: OutgoingMessage) -> str:
    """A safe name for a file; where that costs a character, a hash keeps two names apart."""
    wanted = envelope.message_id.removeprefix("<").removesuffix(">")
    name = _UNSAFE.sub("_", wanted).lstrip(".")[:_LONGEST]
    if name != wanted or not name:
        tag = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = f"{name}-{tag}".lstrip("-")
    return f"{name}.eml"


def _write(path: Path, message: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the new name durable too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
