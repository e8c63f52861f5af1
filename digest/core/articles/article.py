"""An article as a source gave it, and as we keep it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Access(StrEnum):
    """Who may read an article whole; others see a few lines of it."""

    EVERYONE = "everyone"
    SUBSCRIBERS = "subscribers"


class Visibility(StrEnum):
    """`HIDDEN` can be undone. Of what is `REMOVED` only its identity is kept: it stays away."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Withheld:
    """That an article is not shown: since when, and by whose word (a person, or its source)."""

    visibility: Visibility
    by: str
    at: datetime
    why: str = ""

    def __str__(self) -> str:
        said = f": {self.why}" if self.why else ""
        return f"{self.visibility} by {self.by} on {self.at:%Y-%m-%d}{said}"


HIDDEN_BY_SOURCE = "its source"
"""Who hid an article that its file, feed or page no longer offers to readers."""


def may_show_again(withheld: Withheld) -> bool:
    """Whether a source that offers it again brings it back: only what the source hid itself."""
    return withheld.visibility is Visibility.HIDDEN and withheld.by == HIDDEN_BY_SOURCE


@dataclass(frozen=True, slots=True)
class Related:
    """A link to a further piece; `url` is empty where the source gave none."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ImageLink:
    """Where a source says that a picture is: a web address, or a path as a file gives it."""

    url: str
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """The picture of an article as we keep it, in two files that are named by what is in them.

    `width` and `height` are the pixels of the wide one.
    """

    stem: str
    width: int
    height: int
    alt: str = ""
    credit: str = ""

    @property
    def wide(self) -> str:
        """The name of the file that a lead story shows."""
        return f"{self.stem}-wide.jpg"

    @property
    def small(self) -> str:
        """The name of the file that stands beside a title."""
        return f"{self.stem}-small.jpg"


@dataclass(frozen=True, slots=True)
class Item:
    """One article as a file, feed or page gave it. Text is clean: no markup in plain fields.

    `body_html` is already sanitised (see sanitise); `body_text` is the same words as plain
    paragraphs with a blank line between them. `published` is aware, or None where the source has
    no date. `url` and `guid` are empty where unknown. `source` says where it came from, for people
    (a file's path or a feed's address). `images` are the pictures that it may have, the likeliest
    first; `audio_url` is where one can listen to it.
    """

    title: str
    body_html: str
    body_text: str
    source: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    url: str = ""
    guid: str = ""
    summary: str = ""
    photo_credit: str = ""
    related: tuple[Related, ...] = ()
    categories: tuple[str, ...] = ()
    images: tuple[ImageLink, ...] = ()
    audio_url: str = ""
    access: Access | None = None
    """None where nobody said; its topic may."""
    withheld: str = ""
    """Why its source doesn't offer it to readers (a draft, unlisted); empty where it does."""


@dataclass(frozen=True, slots=True)
class HandSet:
    """That a person set a field of an article ("title", "summary" or "authors"), and when."""

    field: str
    by: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.field} set by {self.by} on {self.at:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Topic:
    """That an article belongs to a topic, how strongly, and why (a sentence for people)."""

    slug: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article as we keep it.

    `key` is its identity and survives edits; `content_hash` changes with every edit. `published`
    is aware and in UTC; `dated` is False where the source had no date and we took the time of
    first sight. `topics` are strongest first; `topics_by` is the fingerprint of the rules that
    gave them (see core.articles.topic_rules).
    """

    id: int
    key: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    dated: bool
    url: str
    summary: str
    body_html: str
    body_text: str
    words: int
    photo_credit: str
    related: tuple[Related, ...]
    categories: tuple[str, ...]
    topics: tuple[Topic, ...]
    topics_by: str
    source: str
    content_hash: str
    copy_of: int | None = None
    """The article that told the same story first, in nearly the same words (minhash)."""
    image: Image | None = None
    image_fault: str = ""
    """Why the picture that its source names could not be had; empty if there is nothing to say."""
    audio_url: str = ""
    access: Access = Access.EVERYONE
    access_said: bool = False
    """Whether its source or a person said so, so that its topics don't."""
    withheld: Withheld | None = None
    """Set where it is hidden or removed."""
    set_by_hand: tuple[HandSet, ...] = ()
    """What a person set, so that its source doesn't."""


class Change(StrEnum):
    """What an import did to the store."""

    NEW = "imported"
    EDITED = "updated"
    SAME = "unchanged"
