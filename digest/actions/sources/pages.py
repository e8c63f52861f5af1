"""Read the pages that the entries of a feed lead to, each once, and never many at a time."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from digest.actions.sources.web_client import MAX_FAILURES_PER_HOST, WebClient, host
from digest.core.articles.article import Item
from digest.core.articles.identity import IdentifiedItem, identify
from digest.core.sources.feed import Failed, Feed, Fetched
from digest.core.sources.page import (
    MAX_PAGE_TRIES,
    PageState,
    is_fuller,
    is_page_due,
    join_entry_and_page,
    page_failed,
)
from digest.errors import ArticleError, FetchError
from digest.feeds.http.fetch import ACCEPT_PAGE
from digest.feeds.worker import isolated
from digest.store.sources import pages

MAX_PAGES_PER_RUN = 30
"""Pages of one feed that are read in one run."""
PAGES_SECONDS_PER_RUN = 60.0
"""Time that the pages of one feed have in one run."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article to be saved, and what came of its page if it was asked for."""

    entry: IdentifiedItem
    page: PageState | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """The entries of a feed with the text of their pages.

    `states` are those of pages that failed where an earlier text stays, `unchanged` counts what
    need not be saved. `again`: some pages are to be tried at the next run.
    """

    drafts: list[Draft]
    states: list[PageState] = field(default_factory=list)
    unchanged: int = 0
    notes: tuple[str, ...] = ()
    again: bool = False


async def complete(outside: WebClient, feed: Feed, items: Sequence[Item]) -> Completed:
    """Read the pages of the entries that are new or were edited; the newest come first in a feed.

    An entry whose page can't be read keeps its own words.
    """
    entries = [identify(item) for item in items]
    known = await outside.db.reading(pages.page_states, [entry.key for entry in entries])
    wanted = [one for one in entries if is_page_due(one, known.get(one.key), outside.now)]
    by_host: dict[str, list[IdentifiedItem]] = {}
    for entry in wanted[:MAX_PAGES_PER_RUN]:
        by_host.setdefault(host(entry.item.url), []).append(entry)
    found: dict[str, Draft] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(PAGES_SECONDS_PER_RUN):
            await asyncio.gather(
                *(_read(outside, feed, some, known, found) for some in by_host.values())
            )
    drafts, states, unchanged = [], [], 0
    for entry in entries:
        state, draft = known.get(entry.key), found.get(entry.key)
        if draft and draft.page and not (draft.page.why and draft.page.read):
            drafts.append(draft)
        elif draft and draft.page:
            states.append(draft.page)
            unchanged += 1
        elif state and state.read:
            unchanged += 1  # its text is that of the page, which the entry doesn't have
        else:
            drafts.append(Draft(entry))
    left = len(wanted) - len(found)
    return Completed(drafts, states, unchanged, _notes(found, left), _again(found, left))


async def _read(
    outside: WebClient,
    feed: Feed,
    entries: Iterable[IdentifiedItem],
    known: dict[str, PageState],
    found: dict[str, Draft],
) -> None:
    """Read the pages of one host, one after the other."""
    misses = 0
    for entry in entries:
        if misses == MAX_FAILURES_PER_HOST:
            return
        async with outside.hosts[host(entry.item.url)]:
            page, is_miss = await _page(outside, feed, entry.item.url)
        misses = misses + 1 if is_miss else 0
        state = known.get(entry.key)
        if isinstance(page, Item) and not is_fuller(page, entry.item):
            page = "it has no more to read than the feed"
        if isinstance(page, str):
            found[entry.key] = Draft(entry, page_failed(entry, state, page))
            continue
        whole = identify(join_entry_and_page(entry.item, page))
        article_key = state.article_key if state else whole.key
        new = PageState(entry.key, article_key, entry.content_hash, read=True)
        found[entry.key] = Draft(replace(whole, key=article_key), new)


async def _page(outside: WebClient, feed: Feed, url: str) -> tuple[Item | str, bool]:
    """The article on a page, or why there is none; and whether its server failed us."""
    try:
        await outside.permit(feed, url)
    except FetchError as error:
        return str(error), False
    outcome = await outside.fetch(feed, url, ACCEPT_PAGE, polite=True)
    if isinstance(outcome, Failed):
        return outcome.why, outcome.is_trouble
    assert isinstance(outcome, Fetched)
    try:
        return await read_page(outside, feed, outcome), False
    except ArticleError as error:
        return str(error), False


async def read_page(outside: WebClient, feed: Feed, found: Fetched) -> Item:
    """The article on a page that came. Raises ArticleError with the reason if there is none."""
    async with outside.reading:
        return await asyncio.to_thread(
            isolated.read_html_page_isolated,
            found.body,
            feed.url,
            found.url,
            found.content_type,
            outside.zone,
        )


def _notes(found: dict[str, Draft], left: int) -> tuple[str, ...]:
    reasons = Counter(draft.page.why for draft in found.values() if draft.page and draft.page.why)
    notes = [
        f"{_pages(count)} not read, the feed's own words stay: {why}"
        for why, count in reasons.items()
    ]
    if left:
        notes.append(f"{_pages(left)} left for the next time")
    return tuple(notes)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"


def _again(found: dict[str, Draft], left: int) -> bool:
    waiting = (draft.page for draft in found.values() if draft.page and draft.page.why)
    return left > 0 or any(page.tries < MAX_PAGE_TRIES for page in waiting)
