"""The pages of readers while an edition goes out in the same process, as `digest run` has it."""

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from digest.actions.editions.publish import publish
from digest.app import App, now
from digest.config.load import load_config
from digest.core.message.signed_token import sign
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT
from scripts.benchmarks.sending import fill, sink
from tests.publications import SECRET, found
from tests.stock import keep_article
from tests.visitors import Answer, ask, crowd

AT_ONCE = 50
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def web_rows(count: int = 60_000) -> list[Row]:
    """How long visitors wait while an edition goes to so many readers, against a quiet server."""
    visits = max(count // 30, 100)
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        app = a_publication(Path(folder), port, count)
        with running(app):
            asyncio.run(visitors(app, AT_ONCE, first=2 * visits + 1))  # what is imported once
            quiet = asyncio.run(visitors(app, visits, first=1))
            publish(app.db, app.factory, app.newsletter("weekly"), at := now(), at)
            until(lambda: sent(app) > 0, app)
            before, start = sent(app), time.perf_counter()
            busy = asyncio.run(visitors(app, visits, first=visits + 1))
            rate = (sent(app) - before) / (time.perf_counter() - start)
            still = sent(app) < count - 2 * visits
        app.db.close()
    goes = "goes on" if still else "ended before the visits did: take more readers"
    return [
        Row(
            f"{what}, {AT_ONCE} visitors at once, {visits:,} visits",
            f"while an edition is sent ({rate:,.0f} messages a second; it {goes}):"
            f" p99 {p99(busy[what]) * 1e3:.0f} ms, half within {half(busy[what]) * 1e3:.0f} ms",
            f"when nothing is sent: p99 {p99(quiet[what]) * 1e3:.0f} ms,"
            f" half within {half(quiet[what]) * 1e3:.0f} ms",
            p99(busy[what]) / p99(quiet[what]),
            "goal: none stated",
        )
        for what in busy
    ]


def a_publication(folder: Path, port: int, count: int) -> App:
    """A publication of so many readers, whose mail goes to this port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        web = free.getsockname()[1]
    app = App(load_config(found(folder, transport="smtp", smtp_port=port, port=web)))
    for number in range(20):
        keep_article(app.db, f"The {number}th tide gauge", published=now())
    app.db.write(fill, count)
    return app


@contextmanager
def running(app: App) -> Iterator[None]:
    """`digest run` for it."""
    words = [sys.executable, "-m", "digest", "--config", str(app.settings.path), "run"]
    process = subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: healthy(app), app)
        yield
    finally:
        process.terminate()
        process.wait()


def until(so: Callable[[], bool], app: App) -> None:
    """Wait until something is so."""
    for _ in range(1200):
        if so():
            return
        time.sleep(0.1)
    sys.exit(f"{app.settings.path}: it never came to that")


def healthy(app: App) -> bool:
    try:
        return asyncio.run(ask(door(app), "/healthz")).status == 200
    except OSError:
        return False


def door(app: App) -> int:
    return int(app.settings.web.listen.rpartition(":")[2])


def sent(app: App) -> int:
    """How many messages of the edition were taken."""
    counted = text("SELECT count(*) FROM delivery WHERE state = 'sent'")
    return int(app.db.read(lambda tx: tx.execute(counted).scalar_one()))


async def visitors(app: App, visits: int, first: int) -> dict[str, list[float]]:
    """How long each visit took; every reader leaves once, in one click."""

    async def choose(number: int) -> Answer:
        return await ask(door(app), f"/preferences/{sign('preferences', first + number, SECRET)}")

    async def leave(number: int) -> Answer:
        path = f"/unsubscribe/{sign('unsubscribe', first + number, SECRET)}"
        return await ask(door(app), path, b"List-Unsubscribe=One-Click", "POST", **FORM)

    times = {}
    for what, visit in (("preference page, GET", choose), ("unsubscribing, POST", leave)):
        answers = await crowd(visits, AT_ONCE, visit)
        assert {answer.status for answer in answers} == {200}, answers[0]
        times[what] = [answer.took for answer in answers]
    return times


def p99(times: list[float]) -> float:
    return sorted(times)[len(times) * 99 // 100]


def half(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]
