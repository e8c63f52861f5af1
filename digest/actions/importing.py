"""Import articles from files and folders. Doing it again changes nothing."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from digest.actions import topics
from digest.core.article import Article, Change
from digest.core.merge import Entry, enter
from digest.core.sorter import Sorter
from digest.core.topic import Rule
from digest.errors import ArticleError
from digest.feeds import files
from digest.store import articles
from digest.store.database import Database, Tx

BATCH = 200
"""Articles saved in one transaction."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file that is no article, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    counts: dict[Change, int]
    rejected: tuple[Rejection, ...]
    articles: tuple[Article, ...]
    """Every article that the files hold, as it now stands in the store."""


def import_files(
    paths: Sequence[Path],
    db: Database,
    rules: tuple[Rule, ...],
    zone: tzinfo,
    now: datetime,
    seen: Callable[[Path], None] = lambda _: None,
) -> Imported:
    """Read every file, keep what is an article, and say why the rest is not.

    Dates without a time of day are midnight in `zone`. `seen` hears of each file. What was saved
    before a failure stays saved.
    """
    rejected: list[Rejection] = []
    counts = dict.fromkeys(Change, 0)
    ids: dict[int, None] = {}
    batch: list[Entry] = []

    sorter = topics.sorter(db, rules)

    def flush() -> None:
        same = db.read(articles.unchanged, batch)
        fresh = iter(db.write(_save, [e for e in batch if e.key not in same], sorter, now))
        for entry in batch:
            known = same.get(entry.key)
            change, article_id = next(fresh) if known is None else (Change.SAME, known)
            counts[change] += 1
            ids[article_id] = None
        batch.clear()

    for path in files.walk(paths):
        seen(path)
        try:
            batch += [enter(item) for item in files.read(path, zone)]
        except ArticleError as error:
            rejected.append(Rejection(_shown(path), str(error)))
        if len(batch) >= BATCH:
            flush()
    flush()
    if counts[Change.NEW] or counts[Change.EDITED]:
        topics.learn(db, rules)
    return Imported(counts, tuple(rejected), tuple(db.read(articles.by_ids, list(ids))))


def _save(
    tx: Tx, entries: Iterable[Entry], sorter: Sorter, now: datetime
) -> list[tuple[Change, int]]:
    by = sorter.mark
    return [articles.save(tx, entry, sorter.topics(entry.item), by, now) for entry in entries]


def _shown(path: Path) -> str:
    """A path for people; a file name may hold bytes that are no text."""
    return os.fsencode(path).decode(errors="replace")
