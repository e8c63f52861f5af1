"""Composing and signing messages in threads, as a send does."""

import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from digest.core.message.compose import EncodedVariant, Recipient
from digest.core.message.encoded_edition import standard
from digest.mail import keys
from digest.mail.dkim import Signer
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import articles, factory
from tests.builders import MONDAY, a_selection, an_edition


def sign_rows(count: int = 4000) -> list[Row]:
    """Messages of an edition of 12 articles, composed and signed, against OpenSSL's own speed."""
    rounds = 3 if count > 100 else 1
    key = keys.generate("harbour.example", "s1", "rsa")
    ours = replace(factory(), sign=Signer([key]))
    chosen = articles(12)
    contents = ours.contents(an_edition(*chosen), a_selection(*chosen))
    variant = EncodedVariant(standard(contents.encoded))
    token = f"1234567.{'a' * 43}"

    def one(n: int) -> int:
        to = Recipient(n, 1, f"r{n}@reader.example", "", token, token, token)
        return len(ours.message(variant, to, MONDAY).message)

    def seconds(threads: int) -> float:
        with ThreadPoolExecutor(threads) as pool:
            start = time.perf_counter()
            list(pool.map(one, range(count // rounds)))
            return time.perf_counter() - start

    threads = max(2, os.cpu_count() or 2)
    # In turns, and the best of each: other programs hit now the one, now the other.
    measured = [(openssl_rate(), seconds(1), seconds(threads)) for _ in range(rounds)]
    core = max(rate for rate, _, _ in measured)
    one_thread = count // rounds / min(took for _, took, _ in measured)
    several = count // rounds / min(took for _, _, took in measured)
    return [
        Row(
            f"{count:,} messages of {one(0) / 1000:.0f} kB composed and signed (RSA-2048)",
            f"{several:,.0f} a second in {threads} threads, {one_thread:,.0f} in one",
            f"openssl speed rsa2048, signing alone, one core: {core:,.0f} a second",
            several / core,
            "goal: at least 0.5",
        )
    ]


def openssl_rate() -> float:
    """RSA-2048 signatures a second of one core."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise SystemExit("this row needs the command openssl")
    command = [openssl, "speed", "-seconds", "1", "rsa2048"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(?m)^rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)", said)
    assert found, said
    return float(found[1])
