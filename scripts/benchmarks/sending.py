"""Sending: an edition through the whole ledger, against Postfix's smtp-source."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from digest.actions.deliver import Post, deliver
from digest.core.delivery import DeliveryState
from digest.core.sheet import standard
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.store import audience, editions, slots
from digest.store.database import Database, Tx, create
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT, articles, press
from tests.builders import MONDAY, a_newsletter, a_selection, an_edition

POSTFIX = ROOT / ".venv" / "postfix"
CONNECTIONS = 20


def send_rows(count: int = 5000) -> list[Row]:
    """Messages of an edition through the whole ledger to smtp-sink, against smtp-source."""
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        size, seconds = through_the_ledger(Path(folder), count, port)
        theirs = smtp_source(count, size, port)
    return [
        Row(
            f"{count:,} messages of {size / 1000:.0f} kB to one local sink,"
            f" {CONNECTIONS} connections",
            f"personal, through the ledger (synchronous=FULL): {count / seconds:,.0f} a second",
            f"smtp-source (C, one text for all, no ledger): {count / theirs:,.0f} a second",
            theirs / seconds,
            "goal: at least 1.0",
        )
    ]


def through_the_ledger(folder: Path, count: int, port: int) -> tuple[int, float]:
    """Send one edition to so many readers. Returns a message's size and the time it took."""
    path = folder / "digest.db"
    create(path)
    db = Database(path)
    ours = press()
    chosen = articles(30)
    contents = ours.contents(an_edition(*chosen), a_selection())
    db.write(fill, count)
    made = db.write(editions.make, "weekly", MONDAY, contents, planned=False, now=datetime.now(UTC))
    assert db.write(audience.prepare, made.id, datetime.now(UTC)) == count
    start = time.perf_counter()
    tally = asyncio.run(
        deliver(
            Post(
                db,
                ours,
                lambda: SmtpMailer(Server("127.0.0.1", port, "none")),
                lambda: datetime.now(UTC),
                connections=CONNECTIONS,
            )
        )
    )
    seconds = time.perf_counter() - start
    assert tally.counts == {DeliveryState.SENT: count}, tally
    db.close()
    wire = standard(contents.sheet)
    return len(wire.head + wire.text + wire.html), seconds


def fill(tx: Tx, count: int) -> None:
    newsletter, _ = slots.know(tx, a_newsletter().slug, MONDAY)
    for statement in (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        " INSERT INTO subscriber (key, email, name, tier, topics, authors, added)"
        " SELECT 'reader' || i || '@reader.example', 'reader' || i || '@reader.example',"
        " '', '', '[]', '[]', '2026-01-01 00:00:00' FROM n",
        "INSERT INTO subscription (subscriber_id, newsletter_id, status, since)"
        " SELECT id, :newsletter, 'active', '2026-01-01 00:00:00' FROM subscriber",
    ):
        values = {"count": count, "newsletter": newsletter}
        tx.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's smtp-sink on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(POSTFIX / "usr/sbin/smtp-sink"), f"127.0.0.1:{port}", "100"]
    if os.getuid() == 0:
        command[1:1] = ["-u", "nobody"]
    process = subprocess.Popen(command, env=postfix_env(), cwd=tempfile.gettempdir())
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit("smtp-sink did not start")


def smtp_source(count: int, size: int, port: int) -> float:
    """The time that smtp-source needs for as many messages of that size."""
    command = [
        str(POSTFIX / "usr/sbin/smtp-source"),
        *("-d", "-s", str(CONNECTIONS), "-m", str(count), "-l", str(size)),
        *("-f", "weekly@harbour.example", "-t", "reader@reader.example", f"127.0.0.1:{port}"),
    ]
    start = time.perf_counter()
    subprocess.run(command, env=postfix_env(), check=True, cwd=tempfile.gettempdir())
    return time.perf_counter() - start


def postfix_env() -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": str(POSTFIX / "usr/lib/postfix")}
