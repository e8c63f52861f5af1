"""Taking articles in: files that have not changed, and a feed from its server to the store."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from digest.actions.sources.import_articles import import_files
from digest.actions.sources.ingest import IngestContext, ingest
from digest.config.load import load_config
from digest.core.articles.article import Change
from digest.core.articles.topic_rules import TopicRule
from digest.core.sources.feed import Feed
from digest.feeds.file import files
from digest.feeds.http.fetch import Fetcher
from digest.feeds.worker import isolated
from digest.store.articles.images import Gallery
from digest.store.database.database import Database, create
from scripts.benchmarks import prose
from scripts.benchmarks.measuring import Row, seconds
from scripts.benchmarks.message import ROOT
from tests.web_server import page, serving

NOW = datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
FOLDERS = 20


def rules() -> tuple[TopicRule, ...]:
    """The topics of the example config."""
    (newsletter,) = load_config(ROOT / "config.toml").newsletter_values()
    return newsletter.topics


def store(folder: Path) -> Database:
    """An empty store."""
    path = folder / "digest.db"
    create(path)
    return Database(path)


def reimport_rows(count: int = 10_000) -> list[Row]:
    """Files whose articles are in the store already, against reading them alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = store(folder)
        dumps = folder / "articles"
        for number in range(count):
            path = dumps / f"{number % FOLDERS}" / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(prose.dump(number), encoding="utf-8")

        def again() -> dict[Change, int]:
            return import_files([dumps], db, rules(), UTC, NOW).counts

        first = again()
        assert first[Change.NEW] == count, first
        mine, theirs = [], []
        for _ in range(2):
            theirs.append(seconds(lambda: read_all(dumps), time.process_time))
            mine.append(seconds(lambda: check(again(), Change.SAME, count), time.process_time))
        db.close()
    return [
        Row(
            f"{count:,} files whose articles are in the store and have not changed",
            f"imported again: {min(mine):.2f} s of CPU time",
            f"read and parsed alone: {min(theirs):.2f} s",
            min(mine) / min(theirs),
            "goal: at most 1.3",
        )
    ]


def read_all(folder: Path) -> int:
    """Read and parse every file, as an import does."""
    return sum(len(files.read_file(path)) for path in files.walk([folder]))


def feed_rows(rounds: int = 15, entries: int = 100) -> list[Row]:
    """A feed from its server into the store, new and unchanged, against feedparser alone."""
    return asyncio.run(_feed_rows(rounds, entries))


async def _feed_rows(rounds: int, entries: int) -> list[Row]:
    import feedparser

    times: dict[str, list[float]] = {"alone": [], "new": [], "same": []}
    fetcher = Fetcher("digest/bench")
    with tempfile.TemporaryDirectory() as name:
        db = store(Path(name))
        context = IngestContext(db, fetcher, Gallery(Path(name) / "images"), rules(), UTC)
        for turn in range(rounds):
            async with serving() as site:
                feed = Feed(site.url("/feed"), allow_private=True)

                async def take(feed: Feed = feed) -> dict[Change, int]:
                    (report,) = await ingest(context, [feed], NOW)
                    assert not report.why, report.why
                    return report.counts

                body = rss(turn * entries, entries).encode()
                site.pages["/feed"] = page(body)
                times["alone"].append(seconds(lambda body=body: feedparser.parse(body), busy))  # type: ignore[misc]
                times["new"].append(await awaited(take, Change.NEW, entries))
                times["same"].append(await awaited(take, Change.SAME, entries))
        db.close()
    await fetcher.close()
    isolated.close()
    alone = min(times["alone"])
    return [
        Row(
            f"a feed of {entries} {what} entries ({len(body) / 1000:.0f} kB), from server to store",
            "fetched, parsed apart, cleaned, sorted, saved:"
            f" {min(times[key]) * 1e3:.0f} ms of CPU time",
            f"feedparser alone, as it comes: {alone * 1e3:.0f} ms of CPU time",
            min(times[key]) / alone,
            "goal: at most 2",
        )
        for key, what in (("new", "new"), ("same", "unchanged"))
    ]


def rss(start: int, count: int) -> str:
    """A feed of so many articles with their whole text; pictures are fetched one by one."""
    items = "".join(
        f"<item><title>{prose.title(n)}</title><link>https://harbour.example/{n}</link>"
        f"<guid>https://harbour.example/{n}</guid><dc:creator>{prose.author(n)}</dc:creator>"
        f"<pubDate>Sun, {1 + n % 28:02} Mar 2026 09:00:00 GMT</pubDate><category>Pilots</category>"
        f"<content:encoded><![CDATA[{markup(n)}]]></content:encoded></item>"
        for n in range(start, start + count)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Harbour</title><link>https://harbour.example</link>{items}</channel></rss>"
    )


def markup(number: int) -> str:
    """An article's text as a weblog's HTML: 3.5 kB, with links. Pictures are fetched one by one
    from their own servers, which is no matter of the feed.
    """
    told = "".join(
        f'<p class="wp-block">{part} <a href="/more/{number}"><em>More</em></a></p>\n'
        for part in prose.text(number, words=430).split("\n\n")
    )
    return f"<article>{told}</article>"


async def awaited(
    take: Callable[[], Awaitable[dict[Change, int]]], change: Change, count: int
) -> float:
    """The processor time it takes, if it changes as many articles as it should."""
    start = busy()
    check(await take(), change, count)
    return busy() - start


def busy() -> float:
    """The processor time that we and the processes that parse for us have had, in seconds."""
    theirs = (Path(f"/proc/{one.pid}/schedstat").read_text().split()[0] for one in isolated._idle)
    return time.process_time() + sum(map(int, theirs)) / 1e9


def check(counts: dict[Change, int], change: Change, count: int) -> None:
    assert counts[change] == count, counts
