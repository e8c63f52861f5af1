"""One reader's share of an edition: which of its stories, and how much of each.

An edition is printed once, with every story in every form. What a reader gets is a choice of
fragments by their labels, so that equal choices are equal messages.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StoryForm(StrEnum):
    """How much of a story is shown; the value is its letter in `Choice.code`."""

    LEAD = "L"
    CARD = "c"
    """Everything: summary, byline, picture, related pieces."""
    TEXT = "t"
    """Without its picture and its related pieces."""
    TITLE = "i"
    """Title and byline."""
    LINE = "l"
    """The title alone."""


FORMS = (StoryForm.CARD, StoryForm.TEXT, StoryForm.TITLE, StoryForm.LINE)
"""The forms of a story below the lead, the fullest first."""

_OUT = "-"
_TEXT_ONLY = "="


class Format(StrEnum):
    """How a reader wants their messages."""

    FULL = "full"
    SHORT = "short"
    """The lead, and of all others the titles."""
    TEXT = "text"
    """Plain text, without an HTML part."""


OPEN_FLAG = "open"
"""The flag of readers who may read what is for subscribers."""


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One story of an edition, as far as choosing goes; its place is that in reading order.

    `title` is as it is printed. `section` and `group` (its author's pieces together) are numbers
    inside the edition, `topic` is the slug of its section. `topics` and `authors` are all that it
    belongs to, authors by their comparison keys (author). `since` is set where an earlier
    edition had it: then it is for those who did not get it, and were readers at that moment.
    Without the flag OPEN a reader gets but a teaser of one that is `locked`.
    """

    article: int
    title: str
    section: int
    group: int
    topic: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    words: int
    minutes: int
    since: datetime | None = None
    locked: bool = False
    first: bool = False
    """An editor made it the lead: of all who get it."""

    @property
    def fresh(self) -> bool:
        """Whether no earlier edition had it."""
        return self.since is None


@dataclass(frozen=True, slots=True)
class Choice:
    """The form of each story of an edition, in reading order; None where it is left out.

    `flags` names the blocks beside the stories that are shown, such as an advertisement.
    `text_only` is of a message without an HTML part.
    """

    forms: tuple[StoryForm | None, ...]
    flags: tuple[str, ...] = ()
    text_only: bool = False

    @property
    def lead(self) -> int:
        """The place of the story at the top."""
        return self.forms.index(StoryForm.LEAD)

    @property
    def places(self) -> tuple[int, ...]:
        """The places that are shown."""
        return tuple(place for place, form in enumerate(self.forms) if form)

    @property
    def is_open(self) -> bool:
        """Whether what is for subscribers is shown whole."""
        return OPEN_FLAG in self.flags

    @property
    def mask(self) -> int:
        """The places that are shown, as a bitset: the ledger of what a reader got."""
        return mask_of(self.places)

    @property
    def code(self) -> str:
        """All of it on one line, e.g. "Lcc-t+pitch"; "=" before it means text only."""
        return _TEXT_ONLY * self.text_only + "+".join(
            ("".join(form or _OUT for form in self.forms), *self.flags)
        )

    @classmethod
    def read(cls, code: str) -> "Choice":
        """The choice of a code. Raises ValueError for what is none."""
        letters, *flags = code.removeprefix(_TEXT_ONLY).split("+")
        forms = tuple(None if letter == _OUT else StoryForm(letter) for letter in letters)
        return cls(forms, tuple(flags), code.startswith(_TEXT_ONLY))


def mask_of(places: Sequence[int]) -> int:
    """A bitset with these bits set."""
    return sum(1 << place for place in set(places))


def places_of(mask: int) -> Iterator[int]:
    """The bits that are set, the lowest first."""
    place = 0
    while mask:
        if mask & 1:
            yield place
        mask >>= 1
        place += 1


def choose_places(
    entries: Sequence[StoryEntry],
    mask: int,
    flags: Sequence[str] = (),
    form: StoryForm = StoryForm.CARD,
) -> Choice:
    """These places, the biggest of them as the lead, the others in one form.

    Raises ValueError for an empty mask: no empty mail.
    """
    shown = [place for place in places_of(mask) if place < len(entries)]
    if not shown:
        raise ValueError("a choice needs at least one story")
    lead = max(shown, key=lambda place: weight(entries[place]))
    kept = set(shown)
    forms = tuple(
        StoryForm.LEAD if place == lead else form if place in kept else None
        for place in range(len(entries))
    )
    return Choice(forms, tuple(sorted(flags)))


def holds_locked(entries: Sequence[StoryEntry], mask: int) -> bool:
    """Whether one of these places is for subscribers."""
    return any(entry.locked for place, entry in enumerate(entries) if mask >> place & 1)


def label_ending(entries: Sequence[StoryEntry], choice: Choice, place: int) -> str:
    """What the labels of a story end in: those of its teaser are others than those of the whole."""
    return " teaser" if entries[place].locked and not choice.is_open else ""


def weight(entry: StoryEntry) -> tuple[bool, bool, bool, int]:
    """How much a story deserves the top: by an editor's word, new, under a topic, and long."""
    return entry.first, entry.fresh, bool(entry.topic), entry.words


MAIL = "mail"
"""The label of what stands in messages only: what is about the reader, the link to the web."""

LABELS = frozenset(
    {"all", "byline", "contents", "entry", "group", "grouped", "intro", "lead", "mail", "minutes"}
    | {"more", "section", "solo", "tally", "total", "with"}
)
"""What a label can begin with."""


def labels(entries: Sequence[StoryEntry], choice: Choice) -> frozenset[str]:
    """The labels of the fragments that a choice is made of.

    - `all`: in every message; `mail`: in every message, but not in its copy on the web;
    - `lead P`, `solo P FORM`, `grouped P FORM`: the story at place P, at the top, on its own, or
      under its writer's heading; without FORM, whatever its form; all of them with `teaser` behind
      it where the reader gets but that;
    - `section S`, `group G`: what stands around the stories of a section, and of a writer who has
      two or more; `tally S N`, `byline G N`: how many they are;
    - `more P`: above the first story of a section that stands on its own as a single line, if there
      are fuller ones before it;
    - `contents`, `entry S`, `entry S N`: the list of sections, if there are three or more;
    - `total N`, `minutes N`: how many stories there are, and how long they take;
    - `with FLAG`.

    `intro` is added where a message has one.
    """
    top = f"lead {choice.lead}{label_ending(entries, choice, choice.lead)}"
    chosen = {"all", MAIL, top, *(f"with {flag}" for flag in choice.flags)}
    below = [
        (p, form) for p, form in enumerate(choice.forms) if form and form is not StoryForm.LEAD
    ]
    sections = Counter(entries[place].section for place, _ in below)
    groups = Counter(entries[place].group for place, _ in below)
    for place, form in below:
        manner = "grouped" if groups[entries[place].group] > 1 else "solo"
        end = label_ending(entries, choice, place)
        chosen |= {f"{manner} {place}{end}", f"{manner} {place} {form.name.lower()}{end}"}
    chosen |= {f"more {place}" for place in _first_lines(entries, below, groups)}
    for section, count in sections.items():
        chosen |= {f"section {section}", f"tally {section} {count}"}
        if len(sections) >= 3:
            chosen |= {"contents", f"entry {section}", f"entry {section} {count}"}
    for group, count in groups.items():
        if count > 1:
            chosen |= {f"group {group}", f"byline {group} {count}"}
    minutes = sum(entries[place].minutes for place in choice.places)
    return frozenset(chosen | {f"total {len(choice.places)}", f"minutes {minutes}"})


def _first_lines(
    entries: Sequence[StoryEntry], below: Sequence[tuple[int, StoryForm]], groups: Counter[int]
) -> Iterator[int]:
    """Where single lines begin, in each section that has fuller stories before them."""
    fuller, begun = set[int](), set[int]()
    for place, form in below:
        section = entries[place].section
        if form is not StoryForm.LINE:
            fuller.add(section)
        elif section in fuller - begun and groups[entries[place].group] == 1:
            begun.add(section)
            yield place
