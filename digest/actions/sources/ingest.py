"""Take in the articles of feeds. Doing it again changes nothing; one bad feed delays no other."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from digest.actions.articles import topics
from digest.actions.sources import pages, pictures
from digest.actions.sources.pages import Completed, Draft
from digest.actions.sources.pictures import Saved
from digest.actions.sources.web_client import WebClient, WebFetcher
from digest.core.articles.article import Change, Topic
from digest.core.articles.identity import identify
from digest.core.articles.topic_classifier import Sorter
from digest.core.articles.topic_rules import TopicRule
from digest.core.sources.feed import (
    Failed,
    Feed,
    FeedState,
    Fetched,
    FetchOutcome,
    Validators,
    first_sight,
    next_fetch,
)
from digest.core.sources.page import PageState
from digest.errors import ArticleError
from digest.feeds.file import files
from digest.feeds.http.fetch import FEED
from digest.feeds.worker import isolated
from digest.store.articles import intake, visibility
from digest.store.articles.images import Gallery
from digest.store.articles.intake import Filed
from digest.store.database.database import Database, Tx
from digest.store.sources import feeds
from digest.store.sources import pages as page_states

MAX_PARALLEL_FEEDS = 20
"""Feeds that are asked at the same time."""
ARTICLES_PER_COMMIT = 100
"""Articles saved in one transaction."""
FEED_LEASE = timedelta(minutes=10)
"""How long a feed is left alone by others while one is at it."""

Sorted = tuple[Draft, tuple[Topic, ...]]


@dataclass(frozen=True, slots=True)
class IngestContext:
    """Where articles come in: the store, the way out to the web, a place for pictures, and the
    rules. Days without a time are midnight in `zone`.
    """

    db: Database
    fetcher: WebFetcher
    gallery: Gallery
    rules: tuple[TopicRule, ...]
    zone: tzinfo


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
class FeedReader:
    """All that one feed needs."""

    context: IngestContext
    outside: WebClient
    sorter: Sorter
    asking: asyncio.Semaphore

    async def read(self, feed: Feed, state: FeedState) -> Report:
        """Ask for a feed, keep its articles, and write down how it went."""
        db, now = self.context.db, self.outside.now
        outcome = await self._ask(feed, state)
        taken = Completed([])
        if isinstance(outcome, Fetched):
            try:
                taken = await self._taken(feed, outcome)
            except ArticleError as error:
                outcome = Failed(str(error))
        saved = await self._saved(taken, first=state.last_good is None)
        notes = taken.notes
        notes += await pictures.fetch(self.outside, self.context.gallery, feed, saved)
        # The state comes last: if we are ended before, the feed is simply read again.
        after = next_fetch(state, outcome, feed.every, now)
        if taken.again:
            after = replace(after, etag="", last_modified="")  # or it would have nothing new
        await db.writing(feeds.save_feed_state, after)
        counts = dict.fromkeys(Change, 0)
        counts[Change.SAME] += taken.unchanged
        for one in saved:
            counts[one.change] += 1
        return Report(feed.url, after, not isinstance(outcome, Failed | Fetched), counts, notes)

    async def _ask(self, feed: Feed, state: FeedState) -> FetchOutcome:
        known = Validators(state.etag, state.last_modified)
        async with self.asking:
            return await self.outside.fetch(feed, state.address, FEED, known, polite=feed.by_hand)

    async def _taken(self, feed: Feed, found: Fetched) -> Completed:
        """What a feed holds, or the one article of a page that somebody named."""
        if feed.by_hand and files.is_page(found.body, found.content_type):
            page = await pages.read_page(self.outside, feed, found)
            return Completed([Draft(identify(replace(page, access=feed.access)))])
        async with self.outside.reading:
            parsed = await asyncio.to_thread(
                isolated.parse_feed_isolated,
                found.body,
                feed.url,
                found.url,
                found.content_type,
                self.context.zone,
            )
        items = [replace(item, access=feed.access) for item in parsed.items]
        if not feed.page:
            return Completed([Draft(identify(item)) for item in items], notes=parsed.notes)
        taken = await pages.complete(self.outside, feed, items)
        return replace(taken, notes=parsed.notes + taken.notes)

    async def _saved(self, taken: Completed, *, first: bool) -> list[Saved]:
        """Keep what is new or was edited, with its topics; `first`: nobody read the feed before."""
        db, sorter = self.context.db, self.sorter
        drafts = [draft for draft in taken.drafts if not draft.entry.item.withheld]
        for entry in (draft.entry for draft in taken.drafts if draft.entry.item.withheld):
            why = entry.item.withheld
            await db.writing(visibility.hide_by_source, entry.key, why, self.outside.now)
        same = await db.reading(intake.unchanged, [draft.entry for draft in drafts])
        fresh = [draft for draft in drafts if draft.page or draft.entry.key not in same]
        saved = [
            Saved(same[draft.entry.key], Change.SAME, draft.entry.item)
            for draft in drafts
            if not draft.page and draft.entry.key in same
        ]
        ready = await asyncio.to_thread(
            lambda: [(draft, sorter.topics(draft.entry.item)) for draft in fresh]
        )
        now = self.outside.now
        undated = [draft.entry.key for draft in fresh if draft.entry.item.published is None]
        sights = {key: first_sight(n, now) for n, key in enumerate(undated)} if first else {}
        for start in range(0, len(ready), ARTICLES_PER_COMMIT):
            batch = ready[start : start + ARTICLES_PER_COMMIT]
            saved += await db.writing(_save, batch, sorter.mark, now, sights)
        if taken.states:
            await db.writing(_keep, taken.states)
        return saved


async def ingest(
    context: IngestContext, wanted: Sequence[Feed], now: datetime, *, only_due: bool = False
) -> list[Report]:
    """Fetch these feeds, or those of them that are due, and keep their articles.

    What a feed holds of older articles does not flood the next edition: they keep their dates,
    and a newsletter takes none that is older than its `lookback`; of those without a date only
    ten are of now (see core.sources.feed.first_sight). Returns a report for each feed
    that was asked, in their order.
    """
    db, by_url = context.db, {feed.url: feed for feed in wanted}
    claimed = await db.writing(feeds.claim_feeds, by_url, now, now + FEED_LEASE, only_due=only_due)
    if not claimed:
        return []
    reader = FeedReader(
        context=context,
        outside=WebClient(db, context.fetcher, context.zone, now),
        sorter=await asyncio.to_thread(topics.sorter, db, context.rules),
        asking=asyncio.Semaphore(MAX_PARALLEL_FEEDS),
    )
    try:
        found = await asyncio.gather(
            *(reader.read(by_url[state.url], state) for state in claimed), return_exceptions=True
        )
    finally:
        isolated.close(but=1)
    reports = [one for one in found if isinstance(one, Report)]
    if any(report.counts[Change.NEW] or report.counts[Change.EDITED] for report in reports):
        await asyncio.to_thread(topics.learn_if_due, db, context.rules)
    for one in found:
        if isinstance(one, BaseException):
            raise one  # a fault of ours or of the store; the other feeds are done all the same
    return reports


def _save(
    tx: Tx, ready: Sequence[Sorted], by: str, now: datetime, sights: Mapping[str, datetime]
) -> list[Saved]:
    filed = [Filed(one.entry, given, sights.get(one.entry.key)) for one, given in ready]
    done = intake.save_all(tx, filed, by, now)
    for draft, _ in ready:
        if draft.page:
            page_states.save_page_state(tx, draft.page)
    return [
        Saved(article_id, change, one.entry.item)
        for one, (change, article_id) in zip(filed, done, strict=True)
    ]


def _keep(tx: Tx, states: Iterable[PageState]) -> None:
    for state in states:
        page_states.save_page_state(tx, state)
