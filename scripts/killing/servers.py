"""What takes the mail while senders are killed: our own server, or Postfix's smtp-sink."""

import asyncio
import os
import re
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.core.operations.reconcile import Copy, read_copy
from digest.mail.faulty import FaultyServer, read_record
from scripts.benchmarks.sending import POSTFIX, postfix_env

_RCPT = re.compile(rb"(?m)^X-Rcpt-Args: <([^>]*)>")
Heard = Callable[[str, bytes], None]


@dataclass(frozen=True)
class Sink:
    """A running server: its port, how to wait until its connections ended, what it took."""

    port: int
    quiet: Callable[[], Awaitable[None]]
    copies: Callable[[], Sequence[Copy]]


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def ours(folder: Path, pipelining: bool, heard: Heard) -> AsyncIterator[Sink]:
    """The server of `digest rehearse`, which fails nobody here."""
    path = folder / "taken.jsonl"
    async with FaultyServer(path, now, pipelining=pipelining, heard=heard) as server:
        yield Sink(server.port, server.quiet, lambda: read_record(path).copies)


@asynccontextmanager
async def postfix() -> AsyncIterator[Sink]:
    """smtp-sink, which writes every message into a file of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="kill-matrix-"))
    words = [str(POSTFIX / "usr/sbin/smtp-sink"), "-d", "taken.", f"127.0.0.1:{port}", "100"]
    if os.getuid() == 0:
        await asyncio.to_thread(folder.chmod, 0o777)
        words[1:1] = ["-u", "nobody"]
    process = await asyncio.create_subprocess_exec(*words, env=postfix_env(), cwd=folder)
    try:
        await _listens(port)
        yield Sink(port, _a_moment, lambda: [_dumped(path) for path in folder.iterdir()])
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(folder)


async def _a_moment() -> None:
    """smtp-sink doesn't say; what is in the kernel's hands is read in no time."""
    await asyncio.sleep(0.5)


async def _listens(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def _dumped(path: Path) -> Copy:
    """A message as smtp-sink wrote it, under lines of its own."""
    message = path.read_bytes()
    found = _RCPT.search(message)
    begun = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return read_copy(found[1].decode() if found else "?", begun, message)
