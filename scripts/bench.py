"""Benchmarks: each row holds us against a peer, measured in the same run."""

import argparse
import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sqlalchemy import text  # noqa: E402

from digest.actions.deliver import Post, deliver  # noqa: E402
from digest.actions.press import Press  # noqa: E402
from digest.core.article import Article  # noqa: E402
from digest.core.delivery import DeliveryState  # noqa: E402
from digest.core.envelope import Mould, Recipient, compose  # noqa: E402
from digest.mail.smtp import SmtpMailer  # noqa: E402
from digest.render.edition import Renderer  # noqa: E402
from digest.store import audience, editions, slots  # noqa: E402
from digest.store.database import Database, Tx, create  # noqa: E402
from tests.builders import (  # noqa: E402
    MONDAY,
    TOPICS,
    a_newsletter,
    a_publication,
    a_selection,
    a_sender,
    an_article,
    an_edition,
    related,
)

POSTFIX = HERE.parent / ".venv" / "postfix"
CONNECTIONS = 20
WEB = "https://harbour.example"


@dataclass(frozen=True)
class Row:
    """One comparison. `ratio` is in our favour above 1 for rates, below 1 for times."""

    what: str
    ours: str
    peer: str
    ratio: float
    goal: str


def main() -> int:
    """Run the rows that were asked for and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=["render", "send", []], metavar="render | send")
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    wanted = options.rows or ["render", "send"]
    rows: list[Row] = []
    if "render" in wanted:
        rows += render_rows(5 if options.quick else 25)
    if "send" in wanted:
        rows += send_rows(200 if options.quick else 5000)
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
        return 0
    print(f"\n{machine()}\n")
    for row in rows:
        print(
            f"{row.what}\n    {row.ours}\n    {row.peer}\n    ratio {row.ratio:.2f}  ({row.goal})"
        )
    return 0


def machine() -> str:
    """What this ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


# ------------------------------------------------------------------ render


def press() -> Press:
    renderer = Renderer([HERE.parent / "templates"])
    return Press(renderer, a_publication(), a_sender(), "s" * 40, WEB)


def articles(count: int) -> list[Article]:
    titles = (f"The {n}th tide gauge, and what it says about the harbour" for n in range(count))
    return [
        an_article(
            title,
            topic=TOPICS[n % 3].slug,
            authors=(f"Author {n % 9}",),
            related=related("The gauge", "The pilots") if n % 3 == 0 else (),
        )
        for n, title in enumerate(titles)
    ]


def render_rows(rounds: int) -> list[Row]:
    """One edition of 50 articles: render, inline and encode, against premailer's defaults."""
    from premailer import Premailer

    chosen = articles(50)
    edition, selection = an_edition(*chosen), a_selection(*chosen)
    ours = press()
    contents = ours.contents(edition, selection)
    document = ours.renderer.draft(edition, ours.publication, contents.wire.mark, WEB).html

    def peer() -> None:
        Premailer(document, cssutils_logging_level=50).transform()

    def us() -> None:
        ours.contents(edition, selection)

    mine, theirs = alternate(us, peer, rounds)
    mould = Mould(contents.wire)
    recipient = Recipient(7, 1, "ada@reader.example", "", f"1234567.{'a' * 43}")
    link = f"{WEB}/unsubscribe/"
    composing = measure(lambda: compose(mould, recipient, ours.sender, link, MONDAY), 2000)
    return [
        Row(
            f"one edition of 50 articles ({len(document):,} bytes of source HTML)",
            f"render + inline + encode: {mine * 1e3:.1f} ms",
            f"premailer with its defaults, inlining alone: {theirs * 1e3:.1f} ms",
            mine / theirs,
            "goal: at most 0.35",
        ),
        Row(
            "one reader's message of that edition",
            f"compose: {composing * 1e6:.0f} µs",
            f"render + inline + encode per reader: {mine * 1e3:.1f} ms",
            mine / composing,
            "goal: at least 1,000 times faster",
        ),
    ]


def measure(run: Callable[[], object], rounds: int) -> float:
    """The median of so many runs, in seconds."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def alternate(
    one: Callable[[], None], other: Callable[[], None], rounds: int
) -> tuple[float, float]:
    """The medians of both, measured in turns, so that a slow moment hits both."""
    one()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, took in zip((one, other), times, strict=True):
            start = time.perf_counter()
            run()
            took.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


# -------------------------------------------------------------------- send


def send_rows(count: int) -> list[Row]:
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
            "goal: at least 1.0; pipelining and grouped commits are not built yet",
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
                lambda: SmtpMailer(host="127.0.0.1", port=port, security="none"),
                lambda: datetime.now(UTC),
                connections=CONNECTIONS,
            )
        )
    )
    seconds = time.perf_counter() - start
    assert tally.counts == {DeliveryState.SENT: count}, tally
    db.close()
    return len(contents.wire.head + contents.wire.text + contents.wire.html), seconds


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


if __name__ == "__main__":
    sys.exit(main())
