"""Processes of `digest` that find all modules loaded: to load them takes longer than most sends.

A server that has imported them forks itself for each process. What is forked runs `python -m
digest` as a new one would: it has a number, pipes, signals and an end of its own. That a new one
starts is shown by the tests of the commands (tests/cli) and by the kill matrix.
"""

import asyncio
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache, partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import digest
from digest import failpoint

LIBRARIES = (
    "aiosmtplib",
    "apscheduler.schedulers.asyncio",
    "lxml.html",
    "premailer",
    "rich.progress",
)


class Forked:
    """A process, with as much of asyncio.subprocess.Process as tests want."""

    def __init__(self, pid: int, out: int, err: int, end: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._pipes = {1: out, 2: err, 3: end}
        self._transports: dict[int, asyncio.ReadTransport] = {}

    async def connect(self) -> None:
        """Begin to read what it says, and to wait for its end."""
        loop = asyncio.get_running_loop()
        readers = []
        for number, pipe in self._pipes.items():
            reader = asyncio.StreamReader()
            self._transports[number], _ = await loop.connect_read_pipe(
                partial(asyncio.StreamReaderProtocol, reader), os.fdopen(pipe, "rb")
            )
            readers.append(reader)
        self.stdout, self.stderr, end = readers
        self._ended = asyncio.create_task(self._wait(end))

    async def _wait(self, end: asyncio.StreamReader) -> int:
        self.returncode = int(await end.read())
        return self.returncode

    async def wait(self) -> int:
        """Its exit code, once it has ended; the signal that ended it, below zero."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal. Raises ProcessLookupError if it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def hear_no_more(self, number: int) -> None:
        """Close the pipe that it writes its output (1) or its errors (2) into."""
        self._transports[number].close()


async def fork(words: list[str], env: dict[str, str]) -> Forked:
    """Run `digest` with these words."""
    pipes = [os.pipe() for _ in range(3)]
    order = json.dumps({"words": words, "env": env, "cwd": str(Path.cwd())}).encode()
    door, _ = _server()
    socket.send_fds(door, [len(order).to_bytes(4, "big")], [write for _, write in pipes])
    door.sendall(order)
    pid = int.from_bytes(door.recv(4, socket.MSG_WAITALL), "big")
    assert pid, "the server of processes has died"
    for _, write in pipes:
        os.close(write)
    forked = Forked(pid, *(read for read, _ in pipes))
    await forked.connect()
    return forked


@cache
def _server() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The server of this process, and the way to it; it ends when that is closed."""
    ours, its = socket.socketpair()
    server = subprocess.Popen(
        [sys.executable, __file__, str(its.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[its.fileno()],
    )
    its.close()
    return ours, server


def stop() -> None:
    """End the server of this process, if there is one."""
    if _server.cache_info().currsize:
        door, server = _server()
        door.close()
        server.wait()
        _server.cache_clear()


# ---------------------------------------------------------------- in the server


def _load() -> None:
    """Import all of digest, and what it imports when it is needed."""
    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _serve(door: socket.socket) -> dict[str, Any] | None:
    """Fork for each order; gives the order in what was forked, and None when nobody asks."""
    ends: dict[int, int] = {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for what was forked
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    while True:
        ready, _, _ = select.select([door.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 100)
            _tell_ends(ends)
        if door.fileno() in ready:
            head, pipes, _, _ = socket.recv_fds(door, 4, 3)
            if not head:
                return None
            order = json.loads(door.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for place, pipe in enumerate(pipes[:2], 1):
                    os.dup2(pipe, place)
                for pipe in (*pipes, woken, wake, *ends.values()):
                    os.close(pipe)
                door.close()
                return dict(order)
            door.sendall(pid.to_bytes(4, "big"))
            ends[pid] = pipes.pop()
            for pipe in pipes:
                os.close(pipe)


def _tell_ends(ends: dict[int, int]) -> None:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = ended
            with os.fdopen(ends.pop(pid), "w") as end, suppress(BrokenPipeError):
                end.write(str(os.waitstatus_to_exitcode(status)))


def _become(order: dict[str, Any]) -> None:
    """Be a process that was started by itself."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for which in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
        signal.signal(which, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    importlib.reload(failpoint)  # it looks into the environment when it is imported
    for number, name in ((1, "stdout"), (2, "stderr")):  # what was there before was no pipe
        raw = os.fdopen(number, "wb", 0, closefd=False)
        setattr(sys, name, TextIOWrapper(raw, encoding="utf-8", write_through=True))
    os.chdir(order["cwd"])
    sys.path[0] = order["cwd"]
    sys.argv[1:] = order["words"]
    runpy.run_module("digest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _load()
    if order := _serve(socket.socket(fileno=int(sys.argv[1]))):
        _become(order)
