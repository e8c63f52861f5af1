"""What of an edition is for one reader: what they chose, and did not get before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice, Format, StoryEntry, weight
from digest.core.readers.cadence import MOST_AT_ONCE
from digest.core.readers.reason import Reason

MUTED = "-"
"""Stands before a topic or an author that a reader does not want."""


ALREADY_GOT = (
    "they got it already, or the edition that had it, or it passed them by, or they came after it"
)
NO_CHOICE_MADE = "for everybody who made no choice"
NOTHING_FOR_THEM = "nothing in it for them: "
_FULL = {MOST_AT_ONCE: f"{MOST_AT_ONCE} stories are the most that come at once"}


@dataclass(frozen=True, slots=True)
class Taste:
    """What a reader chose. Topics by slug, authors by their comparison keys (core.articles.author).

    Without anything followed, all is for them but what they muted. With a topic or an author
    followed, only that. An author whom they follow comes in from a muted topic, too.
    """

    topics: frozenset[str] = frozenset()
    muted_topics: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    muted_authors: frozenset[str] = frozenset()
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reader of a newsletter, as far as choosing goes.

    `received` is a bitset of the edition's places: what they got already, or could have had in an
    edition that reached them, or what was in one before they came, or passed them by while they
    paused. They get at most so many stories; 0 is as many as the newsletter allows.
    `corrections` are those that they are to be told of, by number.
    """

    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tier: str = ""
    received: int = 0
    tier_until: date | None = None
    most: int = 0
    form: Format = Format.FULL
    corrections: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderShare:
    """What a reader gets of an edition; with nothing in it, `why` says why they get no mail."""

    choice: Choice | None = None
    words: SubjectLine | None = None
    code: str = ""
    bits: bytes = b""
    why: str = ""
    reason: Reason = Reason.NONE
    passed: bool = False
    """What was new in it passes them by, for good."""


@dataclass(frozen=True, slots=True)
class FilteredStories:
    """What a reader gets of an edition: a bitset of places, and a reason for each place."""

    mask: int
    why: tuple[str, ...]


def tailor(
    entries: Sequence[StoryEntry], taste: Taste, received: int = 0, most: int = 0
) -> FilteredStories:
    """Choose for one reader. Pure and cheap; equal arguments share one result.

    `received` is as in Candidate. With `most`, what is new goes first, then the best of what they
    missed, up to so many.
    """
    mask, reasons = 0, []
    for place, entry in enumerate(entries):
        out = ALREADY_GOT if received >> place & 1 else _unwanted(entry, taste)
        reasons.append(out)
        mask |= (not out) << place
    if most and mask.bit_count() > most:
        mask = _best(entries, mask, most)
        full = _FULL.get(most, f"max_articles = {most} is reached for this reader")
        reasons = [out or ("" if mask >> place & 1 else full) for place, out in enumerate(reasons)]
    return FilteredStories(
        mask, tuple(out or _in(entries[place], taste) for place, out in enumerate(reasons))
    )


def _unwanted(entry: StoryEntry, taste: Taste) -> str:
    """Why a story is not what a reader chose; "" if it is."""
    for author in entry.authors:
        if author in taste.muted_authors:
            return f"they muted the author {author}"
    if not taste.authors.isdisjoint(entry.authors):
        return ""
    if entry.topic in taste.muted_topics:
        return f"they muted the topic {entry.topic}"
    follows = bool(taste.topics or taste.authors)
    if follows and taste.topics.isdisjoint(entry.topics):
        return "not among the topics and authors that they follow"
    return ""


def _in(entry: StoryEntry, taste: Taste) -> str:
    """Why a story is for this reader."""
    missed = "" if entry.fresh else "they missed it; "
    for author in entry.authors:
        if author in taste.authors:
            return f"{missed}they follow the author {author}"
    for topic in entry.topics:
        if topic in taste.topics:
            return f"{missed}they follow the topic {topic}"
    return missed + (
        "they muted other things" if taste != Taste(tier=taste.tier) else NO_CHOICE_MADE
    )


def _best(entries: Sequence[StoryEntry], mask: int, most: int) -> int:
    """So many of these places: the new ones in reading order, then the best that were missed."""
    places = [place for place in range(len(entries)) if mask >> place & 1]
    missed = [place for place in places if not entries[place].fresh]
    missed.sort(key=lambda place: weight(entries[place]), reverse=True)
    places = [place for place in places if entries[place].fresh] + missed
    return sum(1 << place for place in places[:most])


def taste_of(topics: Sequence[str], author_keys: Sequence[str], tier: str = "") -> Taste:
    """The taste that a reader's lists mean: a name with "-" before it is muted."""
    return Taste(
        topics=frozenset(one for one in topics if not one.startswith(MUTED)),
        muted_topics=frozenset(one[1:] for one in topics if one.startswith(MUTED)),
        authors=frozenset(one for one in author_keys if not one.startswith(MUTED)),
        muted_authors=frozenset(one[1:] for one in author_keys if one.startswith(MUTED)),
        tier=tier,
    )
