"""Take in the articles of feeds. Doing it again changes nothing; one bad feed delays no other."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Protocol
from urllib.parse import urlsplit

from digest.actions import topics
from digest.core.article import Change, Topic
from digest.core.feed import Failed, Feed, FeedState, Fetched, Known, Outcome, next_fetch
from digest.core.merge import Entry, enter
from digest.core.sorter import Sorter
from digest.core.topic import Rule
from digest.errors import ArticleError
from digest.feeds import apart
from digest.store import articles, feeds
from digest.store.database import Database, Tx

AT_ONCE = 20
"""Feeds that are asked at the same time."""
PARSED_AT_ONCE = 2
"""Feeds that are parsed at the same time: that is what costs."""
BATCH = 100
"""Articles saved in one transaction."""
LEASE = timedelta(minutes=10)
"""How long a feed is left alone by others while one is at it."""

Sorted = tuple[Entry, tuple[Topic, ...]]


class Fetcher(Protocol):
    """What fetches (see feeds.fetch)."""

    async def fetch(
        self, url: str, now: datetime, known: Known = ..., *, allow_private: bool = ...
    ) -> Outcome:
        """Ask for an address; every failure is a value."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one feed. `why` is empty unless it failed; `notes` say what was left out."""

    url: str
    state: FeedState
    unchanged: bool = False
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    notes: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it failed, in plain words, or ""."""
        return self.state.last_error


@dataclass(frozen=True, slots=True)
class Reader:
    """All that one feed needs."""

    db: Database
    fetcher: Fetcher
    sorter: Sorter
    zone: tzinfo
    now: datetime
    asking: asyncio.Semaphore
    parsing: asyncio.Semaphore

    async def read(self, feed: Feed, state: FeedState) -> Report:
        """Ask for a feed, keep its articles, and write down how it went."""
        known = Known(state.etag, state.last_modified)
        # What moved to another host was not what the config allowed.
        own = urlsplit(state.address).netloc == urlsplit(feed.url).netloc
        async with self.asking:
            outcome = await self.fetcher.fetch(
                state.address, self.now, known, allow_private=feed.allow_private and own
            )
        entries: list[Sorted] = []
        same = 0
        notes: tuple[str, ...] = ()
        if isinstance(outcome, Fetched):
            try:
                async with self.parsing:
                    entries, same, notes = await asyncio.to_thread(self._entries, feed, outcome)
            except ArticleError as error:
                outcome = Failed(str(error))
        counts = dict.fromkeys(Change, 0) | {Change.SAME: same}
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            for change in await self.db.writing(_save, batch, self.sorter.mark, self.now):
                counts[change] += 1
        # The state comes last: if we are ended before, the feed is simply read again.
        after = next_fetch(state, outcome, feed.every, self.now)
        await self.db.writing(feeds.keep, after)
        unchanged = not isinstance(outcome, Failed | Fetched)
        return Report(feed.url, after, unchanged, counts, notes)

    def _entries(self, feed: Feed, found: Fetched) -> tuple[list[Sorted], int, tuple[str, ...]]:
        """What is new in a feed or edited, how many entries are neither, and what was left out."""
        parsed = apart.parse(found.body, feed.url, found.url, found.content_type, self.zone)
        entries = [enter(item) for item in parsed.items]
        same = self.db.read(articles.unchanged, entries)
        fresh = [
            (entry, self.sorter.topics(entry.item)) for entry in entries if entry.key not in same
        ]
        return fresh, len(same), parsed.notes


async def ingest(
    db: Database,
    wanted: Sequence[Feed],
    fetcher: Fetcher,
    rules: tuple[Rule, ...],
    zone: tzinfo,
    now: datetime,
    *,
    only_due: bool = False,
) -> list[Report]:
    """Fetch these feeds, or those of them that are due, and keep their articles.

    What a feed holds of older articles does not flood the next edition: they keep their dates,
    and a newsletter takes none that is older than its `lookback`. Days without a time are midnight
    in `zone`. Returns a report for each feed that was asked, in their order.
    """
    by_url = {feed.url: feed for feed in wanted}
    claimed = await db.writing(feeds.claim, by_url, now, now + LEASE, only_due=only_due)
    if not claimed:
        return []
    reader = Reader(
        db=db,
        fetcher=fetcher,
        sorter=await asyncio.to_thread(topics.sorter, db, rules),
        zone=zone,
        now=now,
        asking=asyncio.Semaphore(AT_ONCE),
        parsing=asyncio.Semaphore(PARSED_AT_ONCE),
    )
    try:
        found = await asyncio.gather(
            *(reader.read(by_url[state.url], state) for state in claimed), return_exceptions=True
        )
    finally:
        apart.close(but=1)
    reports = [one for one in found if isinstance(one, Report)]
    if any(report.counts[Change.NEW] or report.counts[Change.EDITED] for report in reports):
        await asyncio.to_thread(topics.learn, db, rules)
    for one in found:
        if isinstance(one, BaseException):
            raise one  # a fault of ours or of the store; the other feeds are done all the same
    return reports


def _save(tx: Tx, entries: Iterable[Sorted], by: str, now: datetime) -> list[Change]:
    return [articles.save(tx, entry, given, by, now)[0] for entry, given in entries]
