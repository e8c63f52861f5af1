"""Find the picture of each article, once, when it comes in; never while a message is sent."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from digest.actions.sources.web_client import MAX_FAILURES_PER_HOST, WebClient, host
from digest.core.articles.article import Change, Image, ImageLink, Item
from digest.core.articles.identity import canonical
from digest.core.articles.picture import MAX_PICTURE_TRIES, ImageState, is_picture_due
from digest.core.sources.feed import Failed, Feed, Fetched
from digest.core.sources.page import RECENT
from digest.errors import ArticleError
from digest.feeds.http.fetch import IMAGE, MAX_ANSWER_BYTES
from digest.feeds.worker import isolated
from digest.store.articles import images
from digest.store.articles.images import Gallery
from digest.store.database.database import Database

MAX_PICTURES_PER_RUN = 60
"""Pictures of one feed that are looked for in one run, those of the newest articles first."""
PICTURES_SECONDS_PER_RUN = 60.0
"""Time that the pictures of one feed have in one run."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An article that was saved: its number, what that did, and what its source said."""

    article_id: int
    change: Change
    item: Item


async def fetch(
    outside: WebClient, gallery: Gallery, feed: Feed, saved: Sequence[Saved]
) -> tuple[str, ...]:
    """Fetch the pictures that these articles lack; returns notes for people.

    A failure costs the picture and not the article.
    """
    known = await outside.db.reading(images.image_states, [one.article_id for one in saved])
    recent = [one for one in saved if feed.by_hand or _is_recent(one.item, outside)]
    wanted = [
        one for one in recent if is_picture_due(known.get(one.article_id), _web(one), one.change)
    ]
    wanted.sort(key=lambda one: one.item.published or outside.now, reverse=True)
    by_host: dict[str, list[Saved]] = {}
    for one in wanted[:MAX_PICTURES_PER_RUN]:
        by_host.setdefault(host(_web(one)[0].url) if _web(one) else "", []).append(one)
    found: dict[int, ImageState] = {}

    async def one_by_one(some: Iterable[Saved]) -> None:
        misses = 0
        for one in some:
            if misses == MAX_FAILURES_PER_HOST:
                return
            state, is_miss = await _fetched(outside, gallery, feed, _web(one))
            misses = misses + 1 if is_miss else 0
            found[one.article_id] = state = _counted(state, known.get(one.article_id))
            await outside.db.writing(images.save_image_state, one.article_id, state)

    with suppress(TimeoutError):
        async with asyncio.timeout(PICTURES_SECONDS_PER_RUN):
            await asyncio.gather(*map(one_by_one, by_host.values()))
    return _notes([state.why for state in found.values() if state.why], len(wanted) - len(found))


def take_local_pictures(
    db: Database, gallery: Gallery, saved: Sequence[Saved], file: Path, folder: Path
) -> tuple[str, ...]:
    """Take the pictures of articles of a file from disk, where they lie within its `folder`."""
    known = db.read(images.image_states, [one.article_id for one in saved])
    whys = []
    for one in saved:
        links = tuple(link for link in one.item.images if not canonical(link.url))
        if not is_picture_due(known.get(one.article_id), links, one.change):
            continue
        state = _taken(gallery, links, file, folder)
        db.write(images.save_image_state, one.article_id, state)
        whys += [state.why] if state.why else []
    return tuple(whys)


async def _fetched(
    outside: WebClient, gallery: Gallery, feed: Feed, links: tuple[ImageLink, ...]
) -> tuple[ImageState, bool]:
    """The first picture that can be had, else why the first could not; and whether the last
    server was in trouble.
    """
    whys: list[tuple[str, bool]] = []
    is_miss = False
    for link in links:
        async with outside.hosts[host(link.url)]:
            outcome = await outside.fetch(feed, link.url, IMAGE, polite=False)
        is_miss = isinstance(outcome, Failed) and outcome.is_trouble
        if isinstance(outcome, Failed):
            whys.append((f"{link.url}: {outcome.why}", True))
            continue
        assert isinstance(outcome, Fetched)
        try:
            async with outside.reading:
                image = await asyncio.to_thread(_kept, gallery, outcome.body, link)
        except ArticleError as error:
            whys.append((f"{link.url}: {error}", False))
            continue
        return ImageState(tuple(each.url for each in links), image), False
    return _failed(links, whys), is_miss


def _taken(gallery: Gallery, links: tuple[ImageLink, ...], file: Path, folder: Path) -> ImageState:
    whys = []
    for link in links:
        try:
            image = _kept(gallery, _content(link.url, file, folder), link)
        except ArticleError as error:
            whys.append((f"{link.url}: {error}", False))
            continue
        return ImageState(tuple(each.url for each in links), image)
    return _failed(links, whys)


def _failed(links: tuple[ImageLink, ...], whys: Sequence[tuple[str, bool]]) -> ImageState:
    """The state after failures; those that another try may mend are said to be tried once."""
    passing = any(is_passing for _, is_passing in whys)
    why = whys[0][0] if whys else ""
    return ImageState(
        tuple(link.url for link in links), None, why, 1 if passing else MAX_PICTURE_TRIES
    )


def _kept(gallery: Gallery, data: bytes, link: ImageLink) -> Image:
    pair = isolated.resize_image_isolated(data)
    image = Image(pair.stem, pair.width, pair.height, link.alt, link.credit)
    gallery.keep(image.wide, pair.wide)
    gallery.keep(image.small, pair.small)
    return image


def _content(path: str, file: Path, folder: Path) -> bytes:
    """What is in a file beside a file. Raises ArticleError if it may not be read."""
    name = unquote(path.partition("?")[0].partition("#")[0])
    base = folder if name.startswith("/") else file.parent
    try:
        place = (base / name.lstrip("/")).resolve(strict=True)
        if not place.is_relative_to(folder.resolve()):
            raise ArticleError("it is not in the folder that is imported")
        if not place.is_file():
            raise ArticleError("it is no file")
        if place.stat().st_size > MAX_ANSWER_BYTES:
            raise ArticleError(f"it is too large: over {MAX_ANSWER_BYTES // 1_000_000} MB")
        return place.read_bytes()
    except (OSError, ValueError, RuntimeError):
        raise ArticleError("it is not there") from None


def _counted(state: ImageState, before: ImageState | None) -> ImageState:
    """The state with the failures of earlier runs at the same addresses."""
    if not state.why or before is None or before.asked != state.asked:
        return state
    return replace(state, tries=min(MAX_PICTURE_TRIES, before.tries + state.tries))


def _web(one: Saved) -> tuple[ImageLink, ...]:
    return tuple(link for link in one.item.images if canonical(link.url))


def _is_recent(item: Item, outside: WebClient) -> bool:
    return item.published is None or item.published >= outside.now - RECENT


def _notes(whys: Sequence[str], left: int) -> tuple[str, ...]:
    notes = []
    if whys:
        notes.append(f"{_pictures(len(whys))} could not be had: {whys[0]}")
    if left:
        notes.append(f"{_pictures(left)} left for the next time")
    return tuple(notes)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"
