"""Memory: how much more a whole send takes when ten and a hundred times as many readers get it.

`python -m scripts.benchmarks.memory COUNT` does one send to a sink and prints the peak in MB.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT
from scripts.benchmarks.sending import CONNECTIONS, a_frozen_edition, send_it, sink

FEW = 10_000


def memory_rows(count: int = 100_000) -> list[Row]:
    """The peak of a process that sends to so many, against those that send to fewer and fewer."""
    fewer = [size for size in (count // 10, count // 100) if size >= FEW] or [count // 10]
    peaks = {size: peak(size) for size in (count, *fewer)}
    many, *others = (f"{size:,} readers: {took:.0f} MB" for size, took in peaks.items())
    return [
        Row(
            "peak memory of a whole send, freeze to last outcome",
            many,
            "; ".join(others),
            peaks[count] / peaks[fewer[-1]],
            "goal: at most 30 MB more from 10,000 to 1,000,000; at most 200 MB",
        )
    ]


def peak(count: int) -> float:
    """The peak of a process of its own, in MB."""
    words = [sys.executable, "-m", "scripts.benchmarks.memory", str(count)]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(ran.stdout)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        count = int(sys.argv[1])
        db, ours, _ = a_frozen_edition(Path(folder), count)
        asyncio.run(send_it(db, ours, count, port, CONNECTIONS))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
