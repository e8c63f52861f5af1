"""Import articles from files and folders. Doing it again changes nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from digest.actions.articles import topics
from digest.actions.sources import pictures
from digest.actions.sources.pictures import Saved
from digest.core.articles.article import Article, Change
from digest.core.articles.identity import IdentifiedItem, identify
from digest.core.articles.topic_classifier import Sorter
from digest.core.articles.topic_rules import TopicRule
from digest.errors import ArticleError
from digest.feeds.file import files
from digest.store.articles import articles, intake, visibility
from digest.store.articles.images import Gallery
from digest.store.articles.intake import Filed
from digest.store.database.database import Database, Tx

FILE_ARTICLES_PER_COMMIT = 200
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
    rules: tuple[TopicRule, ...],
    zone: tzinfo,
    now: datetime,
    seen: Callable[[Path], None] = lambda _: None,
    gallery: Gallery | None = None,
) -> Imported:
    """Read every file, keep what is an article, and say why the rest is not.

    Dates without a time of day are midnight in `zone`. Pictures that lie beside the files go into
    the `gallery`. `seen` hears of each file. What was saved before a failure stays saved.
    """
    rejected: list[Rejection] = []
    counts = dict.fromkeys(Change, 0)
    ids: dict[int, None] = {}
    batch: list[tuple[Path, IdentifiedItem]] = []

    sorter = topics.sorter(db, rules)

    def flush() -> None:
        for (file, _), one in zip(batch, keep_entries(db, batch, sorter, now), strict=True):
            counts[one.change] += 1
            ids[one.article_id] = None
            if gallery and (one.item.images or one.change is Change.EDITED):
                pictures.take_local_pictures(db, gallery, [one], file, _folder(file, paths))
        batch.clear()

    for path in files.walk(paths):
        seen(path)
        try:
            for entry in map(identify, files.read_file(path, zone)):
                if entry.item.withheld:
                    rejected.append(refuse_withheld(db, path, entry, now))
                else:
                    batch.append((path, entry))
        except ArticleError as error:
            rejected.append(Rejection(_shown(path), str(error)))
        if len(batch) >= FILE_ARTICLES_PER_COMMIT:
            flush()
    flush()
    if counts[Change.NEW] or counts[Change.EDITED]:
        topics.learn_if_due(db, rules)
    return Imported(counts, tuple(rejected), tuple(db.read(articles.by_ids, list(ids))))


def refuse_withheld(db: Database, path: Path, entry: IdentifiedItem, now: datetime) -> Rejection:
    """Leave out what its source doesn't offer to readers; hide it if it is here already."""
    why = entry.item.withheld
    number = db.write(visibility.hide_by_source, entry.key, why, now)
    hidden = f"; article {number} is hidden" if number is not None else ""
    return Rejection(_shown(path), f"{why}{hidden}")


def keep_entries(
    db: Database, batch: Sequence[tuple[Path, IdentifiedItem]], sorter: Sorter, now: datetime
) -> Iterator[Saved]:
    """Save what is new or was edited; yields what became of each, in their order."""
    same = db.read(intake.unchanged, [entry for _, entry in batch])
    fresh = [entry for _, entry in batch if entry.key not in same]
    written = iter(db.write(_save, fresh, sorter, now))
    for _, entry in batch:
        known = same.get(entry.key)
        yield next(written) if known is None else Saved(known, Change.SAME, entry.item)


def _save(tx: Tx, entries: Sequence[IdentifiedItem], sorter: Sorter, now: datetime) -> list[Saved]:
    filed = [Filed(entry, sorter.topics(entry.item)) for entry in entries]
    done = intake.save_all(tx, filed, sorter.mark, now)
    return [
        Saved(article_id, change, entry.item)
        for entry, (change, article_id) in zip(entries, done, strict=True)
    ]


def _folder(file: Path, paths: Sequence[Path]) -> Path:
    """The folder that was named and that a file is in; pictures are taken from nowhere else."""
    within = (path for path in paths if path.is_dir() and file.is_relative_to(path))
    return next(within, file.parent)


def _shown(path: Path) -> str:
    """A path for people; a file name may hold bytes that are no text."""
    return os.fsencode(path).decode(errors="replace")
