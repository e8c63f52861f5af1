"""Real `digest` processes."""

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass

import pytest

from tests.fork_server import Forked, fork

SOON = 60.0
"""Seconds that a process may take to get somewhere on a busy machine."""


@dataclass
class Running:
    """A `digest` process, with what it has said so far."""

    process: Forked
    out: str = ""
    err: str = ""
    listening: asyncio.Task[None] | None = None

    async def listen(self):
        async def follow(stream, name):
            while line := await stream.readline():
                setattr(self, name, getattr(self, name) + line.decode())

        await asyncio.gather(follow(self.process.stdout, "out"), follow(self.process.stderr, "err"))

    async def until(self, condition):
        """Wait until something is so, and say what the process said if it never is."""
        try:
            async with asyncio.timeout(SOON):
                while not condition(self):
                    assert self.process.returncode is None, self.err
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"it never came to that:\n{self.out}\n{self.err}")

    async def end(self, how=signal.SIGTERM):
        """Tell it to end; its exit code."""
        self.process.send_signal(how)
        return await self.ended()

    async def ended(self):
        """Wait until it ends and has said all; its exit code."""
        assert self.listening
        async with asyncio.timeout(SOON):
            code = await self.process.wait()
            await self.listening
        return code


@pytest.fixture
async def start():
    """Start `digest` with these words: running = await start(config, "run").

    What is named after them goes into its environment.
    """
    started = []

    async def start(config, *words, **env):
        process = await fork(["--config", str(config), *map(str, words)], os.environ | env)
        running = Running(process)
        running.listening = asyncio.create_task(running.listen())
        started.append(running)
        return running

    yield start
    for running in started:
        with contextlib.suppress(ProcessLookupError):
            running.process.kill()
        await running.ended()
