"""Tailoring: an edition of 200 articles for readers of whom three in ten made choices of their own.

`python -m scripts.benchmarks.tailoring COUNT` freezes one and prints what it took, as JSON.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from digest.actions.editions.publish import publish
from digest.store.database.database import Database, Tx, create
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT, factory
from scripts.benchmarks.sending import fill
from tests.builders import MONDAY, TOPICS, a_newsletter, some_rules
from tests.stock import keep_article

ARTICLES = 200
NEWSLETTER = a_newsletter(
    rules=some_rules(max_articles=ARTICLES, max_per_topic=ARTICLES, max_per_author=ARTICLES)
)
WRITERS = 40
STREAM = (
    "SELECT subscription.id, subscriber_id, since, topics, authors, tier FROM subscription"
    " JOIN subscriber ON subscriber.id = subscriber_id WHERE status = 'active'"
)


def tailor_rows(count: int = 1_000_000) -> list[Row]:
    """What it takes to give each reader their share, against reading the same rows."""
    many, few = took(count), took(max(count // 50, 100))
    each, few_each = many["freeze"] / count, few["freeze"] / max(count // 50, 100)
    return [
        Row(
            f"freezing an edition of {ARTICLES} articles for {count:,} readers, 30 % with choices",
            f"{many['freeze']:.1f} s of CPU ({each * 1e6:.0f} µs a reader; at a fiftieth of the"
            f" readers {few_each * 1e6:.0f} µs), peak {many['peak']:.0f} MB"
            f" (at a fiftieth {few['peak']:.0f} MB)",
            f"streaming the same rows from SQLite: {many['stream']:.1f} s of CPU",
            many["freeze"] / many["stream"],
            "goal: linear, and at most 100 MB more",
        )
    ]


def took(count: int) -> dict[str, float]:
    """What one freeze takes, in a process of its own."""
    words = [sys.executable, "-m", "scripts.benchmarks.tailoring", str(count)]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def freeze(folder: Path, count: int) -> dict[str, float]:
    """Freeze an edition for so many readers: seconds of CPU, and the peak in MB."""
    create(folder / "digest.db")
    db = Database(folder / "digest.db")
    for n in range(ARTICLES):
        keep_article(
            db,
            f"The {n}th tide gauge, and what it says about the harbour",
            authors=(f"Author {n % WRITERS}",),
            published=MONDAY - timedelta(hours=n),
            body_text=" ".join([TOPICS[n % 3].keywords[0]] * 9),
        )
    db.write(fill, count)
    db.write(choose)
    start = time.process_time()
    done = publish(db, factory(), NEWSLETTER, MONDAY, MONDAY)
    freezing = time.process_time() - start
    assert done.audience == count, done
    db.close()
    return {
        "freeze": freezing,
        "stream": stream(folder / "digest.db"),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def choose(tx: Tx) -> None:
    """Let three readers in ten follow one to three topics, and some of them mute a writer."""
    slugs = [rule.slug for rule in TOPICS]
    rows = tx.execute(text("SELECT id FROM subscriber WHERE id % 10 < 3")).scalars().all()
    statement = "UPDATE subscriber SET topics = :topics, authors = :authors WHERE id = :id"
    for start in range(0, len(rows), 5000):  # all at once would be most of the peak
        values = [
            {
                "id": number,
                "topics": json.dumps(
                    [slug for n, slug in enumerate(slugs) if number // 10 >> n & 1]
                ),
                "authors": json.dumps([f"-Author {number // 80 % (2 * WRITERS)}"]),
            }
            for number in rows[start : start + 5000]
        ]
        tx.execute(text(statement), values)


def stream(path: Path) -> float:
    """Seconds of CPU to read what tailoring reads."""
    start = time.process_time()
    with closing(sqlite3.connect(path)) as connection:
        for _ in connection.execute(STREAM):
            pass
    return time.process_time() - start


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(freeze(Path(folder), int(sys.argv[1]))))
