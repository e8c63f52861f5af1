"""Lists: a CSV file of readers imported, against sqlite3's own import into a table without rules.

`python -m scripts.benchmarks.lists FILE [again]` imports one and prints what it took, as JSON.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.actions.readers.subscriber_lists import ListOptions, import_list
from digest.core.readers.delivery_options import Calendar
from digest.core.readers.reader import Enrolment
from digest.store.database.database import Database, create
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT

BARE = "CREATE TABLE bare (email, name, topics, authors, tier, status)"
ROUNDS = 3


def csv_rows(count: int = 1_000_000) -> list[Row]:
    """Importing so many new readers, and the same list again; the best of each, in turns."""
    if not shutil.which("sqlite3"):
        sys.exit("the row csv needs the program sqlite3")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "readers.csv"
        write(path, count)
        few = Path(folder) / "few.csv"
        write(few, few_rows := max(count // 50, 10))
        took = [(ours(path), peer(path)) for _ in range(ROUNDS)]
        twice, small = ours(few, "again"), ours(few)["peak"]
    first, theirs = min(one["first"] for one, _ in took), min(other for _, other in took)
    again, peak = twice["again"], max(one["peak"] for one, _ in took)
    peer_said = f"sqlite3 .import into a bare table: {theirs:.2f} s of CPU"
    return [
        Row(
            f"a list of {count:,} new readers, three in ten with choices of their own",
            f"import, with every check: {first:.2f} s of CPU, peak {peak:.0f} MB"
            f" (of a fiftieth: {small:.0f} MB)",
            peer_said,
            first / theirs,
            "goal: at most 5",
        ),
        Row(
            f"a list of {few_rows:,} readers again, which changes nothing",
            f"{again / few_rows * 1e6:.1f} µs of CPU a row",
            f"{peer_said}: {theirs / count * 1e6:.1f} µs a row",
            again / few_rows / (theirs / count),
            "goal: none stated",
        ),
    ]


def moving_rows(count: int = 1_000_000) -> list[Row]:
    """A list of another system, with states and times, against our own list of as many."""
    with tempfile.TemporaryDirectory() as folder:
        own, foreign = Path(folder) / "readers.csv", Path(folder) / "foreign.csv"
        write(own, count)
        write_foreign(foreign, count)
        took = [(ours(foreign), ours(own)) for _ in range(ROUNDS)]
    theirs, mine = min(one["first"] for one, _ in took), min(other["first"] for _, other in took)
    peak = max(one["peak"] for one, _ in took)
    return [
        Row(
            f"a foreign list of {count:,} with states, two in ten of them gone",
            f"{theirs:.2f} s of CPU, peak {peak:.0f} MB",
            f"our own list of as many: {mine:.2f} s of CPU",
            theirs / mine,
            "goal: at most 1.5",
        )
    ]


def write_foreign(path: Path, count: int) -> None:
    """A list of so many people as another system writes it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,name,status,unsubscribed_at,created_at,tier\r\n")
        for n in range(count):
            status = {7: "unsubscribed", 8: "bounced"}.get(n % 10, "active")
            left = f"2025-02-{n % 28 + 1:02} 10:{n % 60:02}:00" if n % 10 == 7 else ""
            file.write(
                f"reader{n}@mail{n % 997}.example,Ada Quay {n},{status},{left},"
                f"2024-01-{n % 28 + 1:02} 10:00:00,free\r\n"
            )


def write(path: Path, count: int) -> None:
    """A list of so many readers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,name,topics,authors,tier,status\r\n")
        for n in range(count):
            wishes = "world;science,Mara Lind" if n % 10 < 3 else ","
            tier = "free" if n % 2 else ""
            file.write(f"reader{n}@mail{n % 997}.example,Ada Quay {n},{wishes},{tier},active\r\n")


def ours(path: Path, *how: str) -> dict[str, float]:
    """What an import takes in a process of its own: seconds of CPU, and the peak in MB."""
    words = [sys.executable, "-m", "scripts.benchmarks.lists", str(path), *how]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def peer(path: Path) -> float:
    """Seconds of CPU that sqlite3 takes."""
    bare = path.with_name("bare.db")
    bare.unlink(missing_ok=True)
    before = _children()
    words = ["sqlite3", str(bare), BARE, ".mode csv", f".import --skip 1 {path} bare"]
    subprocess.run(words, check=True)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bring(path: Path, folder: Path, *, twice: bool) -> dict[str, float]:
    """Import a list into a new store, once or twice."""
    create(folder / "digest.db")
    db = Database(folder / "digest.db")
    today = Calendar(datetime.now(UTC), ZoneInfo("UTC"))
    start = time.process_time()
    first = import_list(path, db, ListOptions(["weekly"], "s" * 40), today).counts
    took = {"first": time.process_time() - start}
    assert first[Enrolment.ADDED] > 0, first
    if twice:
        start = time.process_time()
        again = import_list(path, db, ListOptions(["weekly"], "s" * 40), today).counts
        took["again"] = time.process_time() - start
        assert again[Enrolment.UNCHANGED] == first[Enrolment.ADDED], again
    db.close()
    return took | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(bring(Path(sys.argv[1]), Path(place), twice=len(sys.argv) > 2)))
