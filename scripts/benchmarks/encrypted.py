"""Sending over TLS, against nodemailer: an stunnel stands before the sink."""

import asyncio
import os
import shutil
import socket
import ssl
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT
from scripts.benchmarks.sending import (
    CONNECTIONS,
    Pace,
    a_frozen_edition,
    beside_the_sink,
    listening,
    middle,
    nodemailer,
    send_it,
    sink,
    timed,
)

STUNNEL = ROOT / ".venv" / "stunnel"


def tls_rows(count: int = 5000) -> list[Row]:
    """Messages of an edition through the whole ledger, encrypted on the way to the sink."""
    rounds = 3 if count > 500 else 1
    with beside_the_sink():
        turns = [_turn(count) for _ in range(rounds)]
    us, pools = [turn[0] for turn in turns], [turn[1] for turn in turns if turn[1]]
    if not pools:
        print("no npm here: left out the comparison with nodemailer's pool over TLS")
        return []
    ratio = statistics.median(one.rate / pool.rate for one, pool in turns if pool)
    return [
        Row(
            f"the same over TLS 1.3, {count:,} messages, median of {rounds}",
            f"personal, through the ledger: {middle(us)}",
            "nodemailer's pool (given a message ready made, for all the same, no ledger):"
            f" {middle(pools)}",
            ratio,
            "no goal was set",
        )
    ]


def _turn(count: int) -> tuple[Pace, Pace | None]:
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with TemporaryDirectory() as name, sink() as port, _tunnel(authority, port) as far:
        db, ours, size = a_frozen_edition(Path(name), count)
        sent = lambda: asyncio.run(send_it(db, ours, count, far, CONNECTIONS, trusting))  # noqa: E731
        us = timed(sent, count, far)
        db.close()
        if not shutil.which("npm"):
            return us, None
        return us, timed(lambda: nodemailer(count, size, far, "ready", "tls"), count, far)


@contextmanager
def _tunnel(authority: trustme.CA, port: int) -> Iterator[int]:
    """A port that speaks TLS, and passes on what it decrypts; its CPU time counts as the sink's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        far = probe.getsockname()[1]
    with TemporaryDirectory() as name:
        pem, settings = Path(name) / "server.pem", Path(name) / "stunnel.conf"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
        settings.write_text(
            "foreground = yes\nsyslog = no\npid =\ndebug = 2\n[smtps]\n"
            f"accept = 127.0.0.1:{far}\nconnect = 127.0.0.1:{port}\ncert = {pem}\n"
        )
        libraries = ":".join(map(str, STUNNEL.glob("**/lib/*-linux-gnu*")))
        process = subprocess.Popen(
            [str(STUNNEL / "usr" / "bin" / "stunnel4"), str(settings)],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
            stderr=subprocess.DEVNULL,
        )
        with listening(process, far):
            yield far
