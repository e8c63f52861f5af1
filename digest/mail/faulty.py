"""A mail server that takes everything, delivers nothing, and fails where it is told to.

For rehearsals and for our own tests; it listens on loopback only. What it answers 250 for it has
written down before, through a power failure, so that a ledger can be held against it.
"""

import asyncio
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.core.delivery.smtp_outcome import Phase
from digest.core.operations.fault_plan import PlannedFault
from digest.core.operations.reconcile import Copy, read_copy

SIZE = 50_000_000


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """What the server wrote down: the copies, and how many answers to a dot it kept to itself."""

    copies: tuple[Copy, ...]
    silences: int


class RecordFile:
    """A file that lines are added to, and that has them on the disk before anybody goes on."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self._lines: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, entry: dict[str, object]) -> None:
        """Add a line; it is on the disk when this returns."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.append((json.dumps(entry).encode() + b"\n", kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await kept

    async def close(self) -> None:
        """Let go of the file."""
        if self._writing is not None:
            await self._writing
        self._file.close()

    async def _write(self) -> None:
        """One flush for all connections that wait."""
        while self._lines:
            lines, self._lines = self._lines, []
            await asyncio.to_thread(self._flush, b"".join(line for line, _ in lines))
            for _, kept in lines:
                if not kept.done():
                    kept.set_result(None)
        self._writing = None

    def _flush(self, lines: bytes) -> None:
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())


def read_record(path: Path) -> ServerRecord:
    """What a server wrote down there."""
    copies, silences = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        silences += "silent" in entry
        if "taken" in entry:
            copies.append(
                Copy(
                    reader=entry["taken"],
                    begun=datetime.fromisoformat(entry["begun"]),
                    message_id=entry["message_id"],
                    tokens=frozenset(entry["tokens"]),
                    addresses=frozenset(entry["addresses"]),
                )
            )
    return ServerRecord(tuple(copies), silences)


class FaultyServer:
    """Listens on a free port of 127.0.0.1 while the `async with` lasts.

    `faults` says what goes wrong for an address: a reader's from RCPT on, a sender's at MAIL. The
    first `busy` connections are turned away; one ends without a word after `per_connection`
    messages (0: never). `heard` is called with each message that was taken, before the answer.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        *,
        faults: Callable[[str], PlannedFault | None] = lambda _: None,
        busy: int = 0,
        per_connection: int = 0,
        pipelining: bool = True,
        heard: Callable[[str, bytes], None] = lambda _reader, _message: None,
    ) -> None:
        self._path, self.clock, self._faults, self._busy = path, clock, faults, busy
        self.per_connection, self.pipelining, self.heard = per_connection, pipelining, heard
        self.port = 0
        self.taken = 0
        """Messages that were taken so far."""
        self.met: Counter[tuple[str, PlannedFault]] = Counter()
        """How often each address met its fault."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "FaultyServer":
        self.record = RecordFile(self._path)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=SIZE)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()
        await self.record.close()

    async def quiet(self) -> None:
        """Wait until every connection has ended, with all that was still on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def fault(self, address: str, phase: Phase) -> PlannedFault | None:
        """What goes wrong for this address now, if anything does."""
        found = self._faults(address)
        if found is None or found.phase is not phase:
            return None
        if found.once and self.met[address, found]:
            return None
        self.met[address, found] += 1
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            # A sender that dies, or leaves without a goodbye, is what this server is there for.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                busy, self._busy = self._busy > 0, self._busy - 1
                await _Session(self, reader, writer).converse(busy=busy)
        except asyncio.CancelledError:
            pass  # the server ends
        finally:
            writer.transport.abort()
            self._tasks.discard(task)


class _Session:
    """One connection."""

    def __init__(
        self, server: FaultyServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._sender: str | None = None
        self._to: str | None = None
        self._messages = 0

    async def converse(self, *, busy: bool) -> None:
        """Answer until the other side, or a fault, ends it."""
        await self._say("421 4.3.2 too busy" if busy else "220 rehearsal.invalid ESMTP")
        while line := (await self._reader.readline()).decode("utf-8", "replace").strip():
            verb, _, rest = line.partition(" ")
            answer: Any = getattr(self, f"_on_{verb.lower()}", None)
            await (answer(rest) if answer else self._say("502 5.5.1 not known here"))

    async def _say(self, reply: str) -> None:
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()
        if reply.startswith(("421", "221")):
            self._writer.close()
            await self._writer.wait_closed()
            raise ConnectionError

    async def _fails(self, address: str, phase: Phase) -> bool:
        """Do what is to go wrong now; False if the answer is yes."""
        fault = self._server.fault(address, phase)
        if fault is None:
            return False
        if fault.wait:
            await asyncio.sleep(fault.wait)
            return False
        if not fault.say:
            self._writer.transport.abort()
            raise ConnectionError
        await self._say(fault.say)
        return True

    # ------------------------------------------------------------ commands

    async def _on_ehlo(self, _: str) -> None:
        offers = [f"SIZE {SIZE}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        offers += ["PIPELINING"] if self._server.pipelining else []
        lines = "".join(f"250-{offer}\r\n" for offer in ("rehearsal.invalid", *offers))
        await self._say(f"{lines}250 HELP")

    async def _on_mail(self, rest: str) -> None:
        if self._messages and self._messages == self._server.per_connection:
            raise ConnectionError
        self._sender, self._to = rest.partition("<")[2].partition(">")[0], None
        if await self._fails(self._sender, Phase.MAIL):
            self._sender = None
            return
        await self._say("250 2.1.0 ok")

    async def _on_rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        if self._sender is None:
            await self._say("503 5.5.1 MAIL first")
        elif not await self._fails(address, Phase.RCPT):
            self._to = address
            await self._say("250 2.1.5 ok")

    async def _on_data(self, _: str) -> None:
        if self._to is None:
            await self._say("503 5.5.1 RCPT first")
            return
        reader, self._sender, self._to = self._to, None, None
        if await self._fails(reader, Phase.DATA):
            return
        await self._say("354 go ahead")
        first = await self._reader.readexactly(1)
        begun = self._server.clock()
        message = await self._body(first)
        fault = self._server.fault(reader, Phase.DOT)
        if fault and fault.wait:
            await asyncio.sleep(fault.wait)
        elif fault and fault.say:
            await self._say(fault.say)
            return
        elif fault:
            await self._server.record.keep({"silent": reader})
            if fault.taken:
                await self._take(reader, begun, message)
            self._writer.transport.abort()
            raise ConnectionError
        await self._take(reader, begun, message)
        await self._say(f"250 2.0.0 taken as {self._server.taken}")

    async def _body(self, first: bytes) -> bytes:
        """All up to the dot, with the dots that SMTP adds taken away (RFC 5321, 4.5.2)."""
        parts = [b"\r\n", first + await self._reader.readuntil(b"\n")]
        while (parts[-2][-2:] + parts[-1])[-5:] != b"\r\n.\r\n":
            parts.append(await self._reader.readuntil(b".\r\n"))
        return b"".join(parts)[:-3].replace(b"\r\n..", b"\r\n.")[2:]

    async def _take(self, reader: str, begun: datetime, message: bytes) -> None:
        copy = read_copy(reader, begun, message)
        await self._server.record.keep(
            {
                "taken": reader,
                "begun": begun.isoformat(),
                "at": self._server.clock().isoformat(),
                "message_id": copy.message_id,
                "tokens": sorted(copy.tokens),
                "addresses": sorted(copy.addresses),
                "bytes": len(message),
                "sha256": hashlib.sha256(message).hexdigest(),
            }
        )
        self._server.heard(reader, message)
        self._server.taken += 1
        self._messages += 1

    async def _on_rset(self, _: str) -> None:
        self._sender = self._to = None
        await self._say("250 2.0.0 ok")

    async def _on_noop(self, _: str) -> None:
        await self._say("250 2.0.0 ok")

    async def _on_quit(self, _: str) -> None:
        await self._say("221 2.0.0 bye")
