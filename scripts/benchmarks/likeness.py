"""What is told from an article's words: which one it is a copy of, and what it reads like."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.core.articles import naive_bayes
from digest.core.articles.identity import identify
from digest.store.articles import intake, near_duplicates
from digest.store.articles.intake import Filed
from digest.store.articles.near_duplicates import SavedText
from digest.store.database.database import Database, Tx, create
from scripts.benchmarks import prose
from scripts.benchmarks.measuring import Row, measure
from scripts.benchmarks.message import ROOT
from tests.builders import an_item

NOW = datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
BATCH = 500
COPIED = 10  # one article in so many tells what another one told, with a word in thirty changed


def copies_rows(most: int = 100_000) -> list[Row]:
    """Finding near-duplicates while articles come in: does the work for each stay the same?"""
    sizes = [most // 10, 3 * most // 10, most]
    taken = apart("linking", most)
    costs = [taken["ms"][size - most // 10 : size] for size in sizes]
    each = [sum(cost) / len(cost) for cost in costs]
    told = ", ".join(f"{ms:.2f} ms up to {size:,}" for size, ms in zip(sizes, each, strict=True))
    return [
        Row(
            f"linking near-duplicates, CPU time an article, in a store that grows to {most:,}",
            told,
            f"the first {sizes[0]:,}; {taken['found']:.1%} of the copies found,"
            f" {taken['wrong']} wrong",
            each[-1] / each[0],
            "goal: linear, which is 1",
        ),
        Row(
            f"memory while {most:,} articles are linked",
            f"at most {taken['mb']:.0f} MB, the whole program",
            f"300 MB; before the first article: {taken['before']:.0f} MB",
            taken["mb"] / 300,
            "goal: less than 1",
        ),
    ]


def apart(what: str, size: int) -> dict[str, Any]:
    """Measure in a process of its own, so that its memory is its own."""
    code = f"from scripts.benchmarks import likeness; likeness.{what}({size})"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def linking(size: int) -> None:
    """Save and link so many articles, and print what linking took."""
    before = megabytes()
    spent: list[float] = []
    link = near_duplicates.link_duplicates

    def timed(tx: Tx, told: Iterable[SavedText]) -> None:
        every = list(told)
        start = time.thread_time()
        link(tx, every)
        took = 1e3 * (time.thread_time() - start)
        spent.extend([round(took / len(every), 3)] * len(every))

    near_duplicates.link_duplicates = timed
    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder) / "digest.db")
        db = Database(Path(folder) / "digest.db")
        for start in range(0, size, BATCH):
            db.write(save, range(start, min(start + BATCH, size)))
        found, wrong = db.read(judged, size)
        db.close()
    near_duplicates.link_duplicates = link
    answer = {"ms": spent, "mb": megabytes(), "before": before, "found": found, "wrong": wrong}
    print(json.dumps(answer))


def save(tx: Tx, numbers: range) -> None:
    filed = [
        Filed(identify(an_item(prose.title(number), body_text=told(number), authors=())))
        for number in numbers
    ]
    intake.save_all(tx, filed, "", NOW)


def told(number: int) -> str:
    """One text in ten is that of an earlier article, edited a little."""
    if number % COPIED or not number:
        return prose.text(number)
    return prose.edited(prose.text(number - number // 2 - 1), number)


def judged(tx: Tx, size: int) -> tuple[float, int]:
    """The share of the copies that were found, and how many links are wrong."""
    ids = list(range(1, size + 1))
    linked: dict[int, int] = {}
    for start in range(0, size, BATCH):
        linked |= near_duplicates.originals(tx, ids[start : start + BATCH])
    copied = [n for n in range(1, size) if not n % COPIED]
    # Rows are numbered from 1. Of a copy's copy, the original is the first of all.
    found = sum(n + 1 in linked for n in copied)
    wrong = sum(one - 1 not in copied for one in linked)
    return found / max(len(copied), 1), wrong


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def bayes_rows(count: int = 3_000) -> list[Row]:
    """What an article reads like, against one millisecond."""
    topics = ("world", "economy", "science", "culture", "cities", "")
    known = [
        (topics[n % len(topics)], naive_bayes.telling_words(prose.title(n), prose.text(n, 800)))
        for n in range(count)
    ]
    model = naive_bayes.train(known)
    assert model.topics
    among = set(model.topics)
    unseen = [(prose.title(n), prose.text(n, 800)) for n in range(count, count + count // 15)]

    def guess() -> None:
        for title, body in unseen:
            naive_bayes.classify(model, naive_bayes.telling_words(title, body), among)

    took = measure(guess, 5, time.process_time) / len(unseen)
    return [
        Row(
            f"a naive Bayes of {len(model.topics)} topics, trained on {count:,} articles,"
            f" {len(model.words):,} words",
            f"an article of 800 words, its words taken apart: {took * 1e3:.2f} ms of CPU time",
            "one millisecond",
            took * 1e3,
            "goal: less than 1",
        )
    ]
