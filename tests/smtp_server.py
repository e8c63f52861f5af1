"""A real SMTP server on loopback that misbehaves on request.

The local part of an address asks for a fault; a tag after "+" changes nothing, so that
`dot-drop+ada@fault.test` and `dot-drop+bob@fault.test` are two readers with the same fault:

    rcpt-550@   data-451@   dot-554@      this reply at RCPT, at DATA, after the dot
    rcpt-550-5.7.1@                       the same with another enhanced status code
    rcpt-hang@  data-hang@  dot-hang@     no answer, ever
    rcpt-late@                            accepted, but not before `resume` is set
    rcpt-drop@  data-drop@  dot-drop@     the connection is cut instead of an answer
    dot-late@                             taken, but not answered before `resume` is set
    dot-251@    dot-garbage@              an answer that is neither yes nor no
    drop-after-354@                       cut as soon as the body may come
    early-550@                            refused when the body has hardly begun, and answered
                                          again at its end
    stall@                                reads no more after 354, until `resume` is set
    greylist@                             450 the first time, accepted the second time

MAIL comes before any recipient, so `mail-421@` and the like ask for a fault as the *sender*.
Whatever else is asked for is accepted.
"""

import asyncio
import base64
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

SIZE = 10_000_000
ENHANCED = {"421": "4.3.2", "450": "4.2.1", "452": "4.3.1", "550": "5.1.1", "554": "5.7.1"}
FAULT = re.compile(
    r"(mail|rcpt|data|dot|early)-(\d{3}|hang|drop|garbage|late)(?:-([245]\.\d+\.\d+))?"
)


@dataclass(frozen=True)
class Received:
    """A message as it came over the wire, without the dots that SMTP adds."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    message: bytes
    tls: bool = False
    parameters: str = ""
    """What followed the sender's address: "SMTPUTF8 BODY=8BITMIME"."""


@dataclass
class Session:
    """One connection and the transaction in hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls: bool
    mail_from: str | None = None
    parameters: str = ""
    rcpt_tos: list[str] = field(default_factory=list)
    count: int = 0

    def reset(self) -> None:
        self.mail_from, self.parameters, self.rcpt_tos = None, "", []


class GoodbyeError(Exception):
    """The connection ends here."""


class SmtpServer:
    """Listens on a free port of 127.0.0.1 while the `async with` lasts.

    `messages` holds what was answered with 250, put there before the answer; `completed` holds
    whatever arrived with its dot, whatever the answer; `commands` every line with "tls" or "clear".
    """

    def __init__(
        self,
        *,
        greeting: str = "220 fault.test",
        ehlo: bool = True,
        extensions: Sequence[str] = ("PIPELINING", f"SIZE {SIZE}", "8BITMIME", "SMTPUTF8"),
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
        per_connection: int = 0,
        cut: int = 0,
        lax: bool = False,
    ) -> None:
        self.greeting, self.ehlo, self.extensions = greeting, ehlo, list(extensions)
        self.tls, self.implicit, self.login = tls, implicit, login
        self.per_connection = per_connection
        """After so many messages the connection is cut without a word; 0: never."""
        self.cut = cut
        """Replies are written in pieces of so many octets; 0: whole."""
        self.lax = lax
        """DATA is answered with 354 also if every reader was refused."""
        self.ahead: list[bytes] = []
        """What had come of the next message before the dot of each was answered."""
        self.with_mail: list[bytes] = []
        """What had come with each MAIL."""
        self.messages: list[Received] = []
        self.completed: list[Received] = []
        self.for_nobody: list[bytes] = []
        self.commands: list[tuple[str, str]] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self.resume = asyncio.Event()
        self._greylisted: set[str] = set()
        self._over = asyncio.Event()
        self._sessions: dict[asyncio.Task[None], Session] = {}

    @property
    def verbs(self) -> list[str]:
        """The commands that came, without their arguments."""
        return [line.split(" ")[0].upper() for _, line in self.commands]

    async def __aenter__(self) -> "SmtpServer":
        self._server = await asyncio.start_server(
            self._serve,
            "127.0.0.1",
            0,
            ssl=self.tls if self.implicit else None,
            limit=2 * SIZE,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._over.set()
        self.resume.set()
        for task, session in self._sessions.items():
            session.writer.transport.abort()
            task.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions)
        await self._server.wait_closed()

    def drop_everybody(self) -> None:
        """Close every connection without a word, as an idle timeout would."""
        for session in self._sessions.values():
            session.writer.close()

    # ------------------------------------------------------------ one connection

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        session = self._sessions[task] = Session(reader, writer, tls=self.implicit)
        self.connections += 1
        self.open += 1
        try:
            await self._converse(session)
        except (GoodbyeError, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            if not self._over.is_set():
                raise
        finally:
            self.open -= 1
            writer.close()
            self._sessions.pop(task)

    async def _converse(self, session: Session) -> None:
        if self.greeting == "hang":
            await self._over.wait()
        await self._say(session, self.greeting)
        if not self.greeting.startswith("220"):
            raise GoodbyeError
        while line := (await session.reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
            self.commands.append(("tls" if session.tls else "clear", line))
            verb, _, rest = line.partition(" ")
            answer = getattr(self, f"_on_{verb.lower()}", None)
            await (answer(session, rest) if answer else self._say(session, "502 5.5.1 what?"))

    async def _say(self, session: Session, *lines: str) -> None:
        """Answer; the lines of a reply have their code once, in the last."""
        code, _, last = lines[-1].partition(" ")
        reply = "".join(f"{code}-{line}\r\n" for line in lines[:-1]) + f"{code} {last}\r\n"
        for piece in self._pieces(reply.encode()):
            if session.writer.transport.is_closing():
                raise GoodbyeError
            session.writer.write(piece)
            await asyncio.sleep(0)
        await session.writer.drain()
        if code == "421":
            raise GoodbyeError

    def _pieces(self, reply: bytes) -> list[bytes]:
        size = self.cut or len(reply)
        return [reply[start : start + size] for start in range(0, len(reply), size)]

    async def _fault(self, session: Session, phase: str, address: str) -> bool:
        """Do what the address asks for in this phase; False if it asks for nothing."""
        asked = FAULT.fullmatch(address.partition("@")[0].partition("+")[0])
        if not asked or asked[1] != phase:
            return False
        what = asked[2]
        if what == "hang":
            await self._over.wait()
        if what == "late":
            await self.resume.wait()
            return False
        if what in {"hang", "drop"}:
            session.writer.transport.abort()
            raise GoodbyeError
        if what == "garbage":
            session.writer.write(b"\xff\xfe hello there\r\n")
            return True
        detail = asked[3] or ENHANCED.get(what, f"{what[0]}.0.0")
        await self._say(session, f"{what} {detail} as {address} asked")
        return True

    # ------------------------------------------------------------ commands

    async def _on_ehlo(self, session: Session, _: str) -> None:
        if not self.ehlo:
            await self._say(session, "502 5.5.1 EHLO what?")
            return
        offers = list(self.extensions)
        if self.tls and not session.tls:
            offers.append("STARTTLS")
        if self.login:
            offers.append("AUTH PLAIN")
        await self._say(session, "fault.test", *offers, "250 HELP")

    async def _on_helo(self, session: Session, _: str) -> None:
        await self._say(session, "250 fault.test")

    async def _on_starttls(self, session: Session, _: str) -> None:
        if not self.tls:
            await self._say(session, "502 5.5.1 no TLS")
            return
        await self._say(session, "220 go ahead")
        await session.writer.start_tls(self.tls)
        session.tls = True

    async def _on_auth(self, session: Session, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
        good = tuple(given) == self.login
        await self._say(session, "235 2.7.0 hello" if good else "535 5.7.8 bad credentials")

    async def _on_mail(self, session: Session, rest: str) -> None:
        self.with_mail.append(bytes(session.reader._buffer))  # type: ignore[attr-defined]
        if self.per_connection and session.count >= self.per_connection:
            raise GoodbyeError
        address, _, parameters = rest.partition("<")[2].partition(">")
        if session.mail_from is not None:
            await self._say(session, "503 5.5.1 nested MAIL")
        elif not await self._fault(session, "mail", address):
            session.mail_from, session.parameters = address, parameters.strip()
            await self._say(session, "250 2.1.0 ok")

    async def _on_rcpt(self, session: Session, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        if session.mail_from is None:
            await self._say(session, "503 5.5.1 MAIL first")
        elif address.startswith("greylist") and address not in self._greylisted:
            self._greylisted.add(address)
            await self._say(session, "450 4.7.1 greylisted, come back later")
        elif not await self._fault(session, "rcpt", address):
            session.rcpt_tos.append(address)
            await self._say(session, "250 2.1.5 ok")

    async def _on_data(self, session: Session, _: str) -> None:
        if not session.rcpt_tos:
            if not self.lax:
                await self._say(session, "503 5.5.1 RCPT first")
                return
            await self._say(session, "354 go ahead, whoever it is for")
            self.for_nobody.append(await session.reader.readuntil(b".\r\n"))
            session.reset()
            await self._say(session, "554 5.5.1 no valid recipients")
            return
        address = session.rcpt_tos[0]
        if await self._fault(session, "data", address):
            return
        await self._say(session, "354 go ahead")
        if address.startswith("drop-after-354"):
            raise GoodbyeError
        if address.startswith("stall"):
            session.writer.transport.pause_reading()  # type: ignore[attr-defined]
            await self.resume.wait()
            session.writer.transport.resume_reading()  # type: ignore[attr-defined]
        begun = await session.reader.readexactly(1)
        answered = await self._fault(session, "early", address)
        body = begun + await session.reader.readuntil(b"\r\n.\r\n")
        received = Received(
            session.mail_from or "",
            tuple(session.rcpt_tos),
            (b"\r\n" + body[:-3]).replace(b"\r\n..", b"\r\n.")[2:],
            session.tls,
            session.parameters,
        )
        self.completed.append(received)
        session.reset()
        await asyncio.sleep(0)  # what came with the dot is in the buffer now, if anything did
        self.ahead.append(bytes(session.reader._buffer))  # type: ignore[attr-defined]
        if answered:
            await self._say(session, "250 2.0.0 said once more")
        elif not await self._fault(session, "dot", address):
            self.messages.append(received)
            session.count += 1
            await self._say(session, f"250 2.0.0 queued as {len(self.messages)}")

    async def _on_rset(self, session: Session, _: str) -> None:
        session.reset()
        await self._say(session, "250 2.0.0 ok")

    async def _on_noop(self, session: Session, _: str) -> None:
        await self._say(session, "250 2.0.0 ok")

    async def _on_quit(self, session: Session, _: str) -> None:
        await self._say(session, "221 2.0.0 bye")
        raise GoodbyeError


@contextmanager
def serving(kind: type[SmtpServer] = SmtpServer, **options) -> Iterator[SmtpServer]:
    """The same in a thread, for tests of what runs an event loop of its own."""
    ready = threading.Event()
    found: list[Any] = []

    async def serve() -> None:
        async with kind(**options) as server:
            over = asyncio.Event()
            found.extend((server, asyncio.get_running_loop(), over))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    server, loop, over = found
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
