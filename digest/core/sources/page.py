"""The pages that a feed's entries lead to: which are read, and what becomes of the two of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.core.articles.article import Item
from digest.core.articles.identity import IdentifiedItem, canonical
from digest.core.articles.picture import likely
from digest.core.text import prose

MAX_PAGE_TRIES = 3
"""Fetches in which a page that can't be read is tried again."""
RECENT = timedelta(days=60)
"""How old an entry may be whose page or picture is still fetched."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What came of the page of an entry.

    `entry_key` and `entry_hash` are those of the entry as the feed has it, `article_key` that of
    the article. `read`: its text is that of the page. `why` says what went wrong last, `tries`
    counts that.
    """

    entry_key: str
    article_key: str
    entry_hash: str
    read: bool
    why: str = ""
    tries: int = 0


def is_page_due(entry: IdentifiedItem, state: PageState | None, now: datetime) -> bool:
    """Whether the page of an entry is to be read now."""
    published = entry.item.published
    if not canonical(entry.item.url) or (published and published < now - RECENT):
        return False
    if state is None or state.entry_hash != entry.content_hash:
        return True
    return not state.read and state.tries < MAX_PAGE_TRIES


def page_failed(entry: IdentifiedItem, state: PageState | None, why: str) -> PageState:
    """Return the state of a page that could not be read. What was read before stays."""
    known = state or PageState(entry.key, entry.key, entry.content_hash, read=False)
    tries = known.tries + 1
    # An entry that was edited is still new until its page could be read, or was given up.
    seen = known.entry_hash if known.read and tries < MAX_PAGE_TRIES else entry.content_hash
    return replace(known, entry_hash=seen, why=why, tries=tries)


def join_entry_and_page(said: Item, found: Item) -> Item:
    """Return the item that an entry and its page make: the feed's fields, the page's text.

    The address is the page's own (rel=canonical).
    """
    images = likely((*said.images, *found.images))
    return replace(
        found,
        title=said.title or found.title,
        authors=said.authors or found.authors,
        published=said.published or found.published,
        guid=said.guid,
        summary=said.summary or _teaser(said) or found.summary,
        photo_credit=found.photo_credit or said.photo_credit,
        related=found.related or said.related,
        categories=(*said.categories, *found.categories),
        images=images,
        audio_url=said.audio_url or found.audio_url,
        source=said.source,
        access=said.access,
        withheld=said.withheld or found.withheld,
    )


def is_fuller(found: Item, said: Item) -> bool:
    """Whether a page has more to read than its entry: a notice about cookies has not."""
    return prose.count_words(found.body_text) > prose.count_words(said.body_text)


def _teaser(said: Item) -> str:
    text = prose.one_line(said.body_text)
    return text if len(text) <= 600 else ""
