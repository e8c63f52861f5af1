"""Sending: an edition through the whole ledger, against smtp-source and nodemailer."""

import asyncio
import os
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.message.message_factory import MessageFactory
from digest.core.delivery.state import DeliveryState
from digest.core.message.encoded_edition import standard
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.store.database.database import Database, Tx, create
from digest.store.editions import audience, edition_contents
from digest.store.newsletters import slots
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT, articles, factory
from tests.builders import MONDAY, a_newsletter, a_selection, an_edition

POSTFIX = ROOT / ".venv" / "postfix"
CONNECTIONS = 20
ROUNDS = 5
GIVEN = {"ready": "given a message ready made", "composed": "given text and HTML"}
"""What nodemailer gets: bytes that it only hands on, or what its users give it."""
_SINKS: dict[int, int] = {}
"""The process behind each port."""


def send_rows(count: int = 20_000) -> list[Row]:
    """Messages of an edition through the whole ledger to smtp-sink, against its best peers.

    All take turns, so that a slow moment of the machine hits all of them.
    """
    rounds = ROUNDS if count > 500 else 1
    with beside_the_sink():
        turns = [_turn(count) for _ in range(rounds)]
    what = (
        f"{count:,} messages of {turns[0].size / 1000:.0f} kB to one local sink,"
        f" {CONNECTIONS} connections, median of {rounds}"
    )
    us, source = middle(one.us for one in turns), middle(one.source for one in turns)
    ours = f"personal, through the ledger (synchronous=FULL): {us}"
    peer = f"smtp-source (C, one text for all, no ledger): {source}"
    ratio = statistics.median(one.us.rate / one.source.rate for one in turns)
    rows = [Row(what, ours, peer, ratio, "goal: at least 1.0")]
    for n, given in enumerate(GIVEN.values()):
        pools = [(one.us.rate, one.pools[n]) for one in turns if one.pools]
        if pools:
            paces = middle(pace for _, pace in pools)
            peer = f"nodemailer's pool ({given}, for all the same, no ledger): {paces}"
            ratio = statistics.median(rate / pool.rate for rate, pool in pools)
            rows.append(Row(what, ours, peer, ratio, "goal: at least 3"))
    if len(rows) == 1:
        print("no npm here: left out the comparison with nodemailer's pool")
    return rows


@contextmanager
def beside_the_sink() -> Iterator[None]:
    """Give the sink a core of its own, and every sender the others.

    Without it, the scheduler moves threads of a sender to the sink's core now and then, where they
    wait for as long as it works: that says something of the machine, and nothing of the sender.
    """
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, cores - {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _apart(process: int) -> None:
    """Put a server where `beside_the_sink` lets no sender work."""
    others = set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0)
    if others:
        os.sched_setaffinity(process, others)


@dataclass(frozen=True)
class Pace:
    """How fast somebody sent, and what it cost them and the sink, in seconds of CPU a message.

    On a busy machine the cost says more.
    """

    rate: float
    cpu: float
    sink: float

    def __str__(self) -> str:
        cost, sink = self.cpu * 1e6, self.sink * 1e6
        return f"{self.rate:,.0f} a second, {cost:,.0f} µs of CPU each (the sink {sink:,.0f})"


@dataclass(frozen=True)
class Turn:
    """One turn of everybody."""

    size: int
    us: Pace
    source: Pace
    pools: tuple[Pace, ...]
    """nodemailer's, as in GIVEN; none without npm."""


def _turn(count: int) -> Turn:
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        db, ledger, size = a_frozen_edition(Path(folder), count)
        us = timed(lambda: asyncio.run(send_it(db, ledger, count, port, CONNECTIONS)), count, port)
        db.close()
        source = timed(lambda: smtp_source(count, size, port), count, port)
        pools = tuple(_pool(few, size, port, given) for given, few in _pools(count).items())
    return Turn(size, us, source, pools)


def _pools(count: int) -> dict[str, int]:
    """How many messages nodemailer is given in each way: composing takes it 20 times as long."""
    return {"ready": count, "composed": count // 10} if shutil.which("npm") else {}


def _pool(count: int, size: int, port: int, given: str) -> Pace:
    return timed(lambda: nodemailer(count, size, port, given), count, port)


def middle(paces: Iterable[Pace]) -> Pace:
    """The median of each figure."""
    all_of = list(paces)
    return Pace(
        *(
            statistics.median(getattr(one, name) for one in all_of)
            for name in ("rate", "cpu", "sink")
        )
    )


def timed(send: Callable[[], float | None], count: int, port: int) -> Pace:
    """Send so many. What runs in a process of its own may say itself how long it took."""
    before, theirs, start = _cpu(), _cpu_of_sink(port), time.perf_counter()
    said = send()
    took = said or time.perf_counter() - start
    return Pace(count / took, (_cpu() - before) / count, (_cpu_of_sink(port) - theirs) / count)


def _cpu() -> float:
    """Seconds of CPU that we and the processes that we waited for have used."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _cpu_of_sink(port: int) -> float:
    """Seconds of CPU that the sink on this port has used so far."""
    fields = Path(f"/proc/{_SINKS[port]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def a_frozen_edition(folder: Path, count: int) -> tuple[Database, MessageFactory, int]:
    """An edition for so many readers, ready to be sent, and about how long a message is."""
    path = folder / "digest.db"
    create(path)
    db = Database(path)
    ours = factory()
    contents = ours.contents(an_edition(*articles(30)), a_selection())
    db.write(fill, count)
    made = db.write(
        edition_contents.make_edition,
        "weekly",
        MONDAY,
        contents,
        planned=False,
        now=datetime.now(UTC),
    )
    assert db.write(audience.fix_audience, made.id, datetime.now(UTC)) == count
    wire = standard(contents.encoded)
    return db, ours, len(wire.head + wire.text + wire.html)


async def send_it(
    db: Database,
    ours: MessageFactory,
    count: int,
    port: int,
    connections: int,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Send all that is due to a server on this machine, encrypted if there is a `tls`."""
    server = Server("127.0.0.1", port, "tls" if tls else "none", tls=tls)
    post = DeliveryContext(
        db,
        ours,
        lambda: SmtpMailer(server),
        lambda: datetime.now(UTC),
        connections=connections,
    )
    tally = await deliver(post)
    assert tally.counts == {DeliveryState.SENT: count}, tally


def nodemailer(count: int, size: int, port: int, given: str, *how: str) -> float:
    """The time that nodemailer's pool needs for as many messages, `given` as in GIVEN."""
    folder = ROOT / ".venv" / "nodemailer"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer@7"]
        subprocess.run(install, cwd=folder, check=True)
    script = Path(__file__).with_name("nodemailer.mjs")
    words = [str(word) for word in (folder, count, size, CONNECTIONS, port, given, *how)]
    ran = subprocess.run(["node", str(script), *words], check=True, capture_output=True, text=True)
    return float(ran.stdout)


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
    with listening(process, port):
        yield port


@contextmanager
def listening(process: subprocess.Popen[bytes], port: int) -> Iterator[None]:
    """While this server runs, from when it listens."""
    try:
        wait_for(port, process)
        _SINKS[port] = process.pid
        _apart(process.pid)
        yield
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
    sys.exit("the server to send to did not start")


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
