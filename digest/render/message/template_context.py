"""What templates see: stories, bylines and blocks, with every word ready to print.

Text in here is plain, scrubbed and on one line. Templates escape it; nothing in it is a template.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.message.story_choice import Choice, StoryEntry
from digest.render.message.promotions import Advertisement, PitchRequest


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A further piece; `url` is empty where it has none. `dir` as in Story."""

    title: str
    url: str
    dir: str


LEAD_PICTURE, THUMB_PICTURE = (600, 300), (120, 80)
"""Width and height in CSS pixels; the files have twice as many."""


@dataclass(frozen=True, slots=True)
class StoryPicture:
    """A story's picture, cropped for its two places; sizes are CSS pixels.

    `lead` is to be shown at 600 × 300 and is empty where the picture is too small for that; `thumb`
    is always there, for 120 × 80. `alt` is empty where nobody described it.
    """

    lead: str
    thumb: str
    alt: str
    credit: str
    lead_width: int = LEAD_PICTURE[0]
    lead_height: int = LEAD_PICTURE[1]
    thumb_width: int = THUMB_PICTURE[0]
    thumb_height: int = THUMB_PICTURE[1]


@dataclass(frozen=True, slots=True)
class Story:
    """One article as it is printed, at its place in reading order.

    `dir` is "rtl" or "ltr" where the title runs against the edition's own direction, else empty;
    `summary_dir` says the same of the summary.
    `date` is empty where the source had none, `minutes` is 0 where the length is unknown; `facts`
    has both of them, as far as they are known.
    `published` is in the newsletter's time zone. `listen_url` is where one can hear it, or empty.
    `teaser` is what those get in its place who may not read it whole, if it isn't for everyone:
    that one is `locked`, and one becomes a subscriber at its `subscribe_url`, if there is one.
    """

    place: int
    title: str
    url: str
    authors: tuple[str, ...]
    byline: str
    published: datetime
    date: str
    minutes: int
    facts: str
    summary: str
    related: tuple[RelatedLink, ...]
    dir: str
    summary_dir: str
    picture: StoryPicture | None = None
    listen_url: str = ""
    teaser: "Story | None" = None
    locked: bool = False
    subscribe_url: str = ""
    note: str = ""
    """What the editor says below it in this edition."""
    note_dir: str = ""

    @property
    def public(self) -> "Story":
        """What everybody may see of it."""
        return self.teaser or self

    @property
    def credits(self) -> str:
        """Who wrote it, when, and how long it takes to read, on one line."""
        return " · ".join(known for known in (self.byline, self.facts) if known)


@dataclass(frozen=True, slots=True)
class BylineGroup:
    """The pieces of one byline in a block; with two or more of them it gets a heading.

    `number` is that of `Entry.group`.
    """

    number: int
    name: str
    initials: str
    stories: tuple[Story, ...]

    @property
    def headed(self) -> bool:
        """Whether the writer stands above the pieces instead of on each."""
        return bool(self.name) and len(self.stories) > 1


@dataclass(frozen=True, slots=True)
class TopicBlock:
    """One topic's section; `number` is that of `Entry.section`."""

    number: int
    name: str
    anchor: str
    bylines: tuple[BylineGroup, ...]

    @property
    def stories(self) -> tuple[Story, ...]:
        """Its stories in reading order."""
        return tuple(story for byline in self.bylines for story in byline.stories)

    @property
    def count(self) -> int:
        """How many stories it has."""
        return len(self.stories)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction as it is printed, for the readers of a flag; `url` is empty without an address.

    `dir` as in Story.
    """

    flag: str
    title: str
    url: str
    note: str
    date: str
    dir: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One edition, ready for its templates: every story of it, whoever gets which.

    `leads` has each story, by its place, as it is printed at the top, and `kickers` the name of its
    section. The blocks have all but the lead of a reader without wishes.
    """

    entries: tuple[StoryEntry, ...]
    leads: tuple[Story, ...]
    kickers: tuple[str, ...]
    blocks: tuple[TopicBlock, ...]
    date: str
    weekday: str
    lang: str
    dir: str
    sponsors: tuple[Advertisement, ...] = ()
    requests: tuple[PitchRequest, ...] = ()
    footer: str = ""
    corrections: tuple[Amendment, ...] = ()

    @property
    def lead(self) -> Story:
        """The story at the top."""
        return self.leads[0]

    @property
    def kicker(self) -> str:
        """The section of the story at the top."""
        return self.kickers[0]

    def share(self, choice: Choice) -> "Layout":
        """What of it a choice shows; teasers of what it withholds."""
        top, shown = choice.lead, frozenset(choice.places)
        leads = self.leads if choice.is_open else tuple(story.public for story in self.leads)
        below = shown - {top}
        return replace(
            self,
            entries=tuple(self.entries[place] for place in choice.places),
            leads=(leads[top], *(leads[place] for place in sorted(below))),
            kickers=(self.kickers[top], *(self.kickers[place] for place in sorted(below))),
            blocks=tuple(
                part
                for block in self.blocks
                if (part := _part(block, below, whole=choice.is_open)).stories
            ),
        )

    @property
    def start(self) -> str:
        """The side where a line begins, for styles: mail clients don't know logical sides."""
        return "right" if self.dir == "rtl" else "left"

    @property
    def end(self) -> str:
        """The side where a line ends."""
        return "left" if self.dir == "rtl" else "right"

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story, the lead first."""
        return (self.lead, *(story for block in self.blocks for story in block.stories))

    @property
    def count(self) -> int:
        """How many stories it has."""
        return len(self.stories)

    @property
    def minutes(self) -> int:
        """How long all of it takes to read."""
        return sum(entry.minutes for entry in self.entries)


def _part(block: TopicBlock, shown: frozenset[int], *, whole: bool) -> TopicBlock:
    bylines = (
        replace(
            byline,
            stories=tuple(s if whole else s.public for s in byline.stories if s.place in shown),
        )
        for byline in block.bylines
    )
    return replace(block, bylines=tuple(byline for byline in bylines if byline.stories))
