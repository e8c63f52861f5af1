"""Articles of another system, from its export: only what readers could see there."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from digest.actions.articles import topics
from digest.actions.sources.import_articles import FILE_ARTICLES_PER_COMMIT, Rejection, keep_entries
from digest.core.articles.article import Change, Item
from digest.core.articles.identity import IdentifiedItem, identify
from digest.core.articles.topic_rules import TopicRule
from digest.errors import ArticleError, UsageError
from digest.feeds.file import wxr
from digest.store.articles import visibility
from digest.store.database.database import Database


@dataclass(slots=True)
class MigratedArticles:
    """What became of the articles: counts, and what was left out, with its reason."""

    counts: Counter[Change] = field(default_factory=Counter)
    left_out: list[Rejection] = field(default_factory=list)
    beside: Counter[str] = field(default_factory=Counter)
    """What the exports hold beside posts and pages, by kind."""
    cut: list[str] = field(default_factory=list)
    """Files that break off."""


def migrate_articles(
    paths: Sequence[Path],
    db: Database,
    rules: tuple[TopicRule, ...],
    zone: tzinfo,
    now: datetime,
    seen: Callable[[int], None] = lambda _: None,
    *,
    pages: bool = False,
) -> MigratedArticles:
    """Take in what is published. Doing it again changes nothing, so one goes on where it ended.

    Raises UsageError for a file that is no export of WordPress, before anything is taken in.
    """
    for path in paths:
        _expect_wxr(path)
    done, sorter = MigratedArticles(), topics.sorter(db, rules)
    batch: list[tuple[Path, IdentifiedItem]] = []

    def flush() -> None:
        for one in keep_entries(db, batch, sorter, now):
            done.counts[one.change] += 1
        batch.clear()

    for path in paths:
        found = wxr.WxrCounts()
        for item in _items(path, zone, found, pages=pages):
            seen(1)
            if item.withheld:
                db.write(visibility.hide_by_source, identify(item).key, item.withheld, now)
                done.left_out.append(Rejection(str(path), item.withheld))
            else:
                batch.append((path, identify(item)))
            if len(batch) >= FILE_ARTICLES_PER_COMMIT:
                flush()
        flush()
        done.beside.update(found.beside)
        done.cut += [str(path)] if found.cut else []
    if done.counts[Change.NEW] or done.counts[Change.EDITED]:
        topics.learn_if_due(db, rules)
    return done


def count_articles(paths: Sequence[Path]) -> int:
    """About how many items there are to read, for a progress bar."""
    total = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    total += part.count(b"<item>")
        except OSError:
            continue  # that is told when it is read
    return total


def _items(path: Path, zone: tzinfo, found: wxr.WxrCounts, *, pages: bool) -> Iterator[Item]:
    try:
        yield from wxr.read_wxr(path, str(path), zone, found, pages=pages)
    except ArticleError as error:
        raise UsageError(f"{path}: {error}") from None


def _expect_wxr(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(5000)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    if not wxr.is_wxr(start):
        raise UsageError(
            f"{path}: this is no export of WordPress (Tools, Export, All content). Articles of"
            " other systems come in as files or by their feed: `digest import`, `digest ingest`"
        )
