"""What an editor changes in a draft."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.editions.edition import Edition

LONGEST_TITLE = 300
"""Characters; more is no headline, and no inbox shows it."""
LONGEST_TEXT = 5000
"""Characters of any other text of an edit."""


class EditKind(StrEnum):
    """What is done to a draft."""

    PIN = "pin"
    """The story is in whatever is chosen later, at the top of its section."""
    DROP = "drop"
    BRING = "bring"
    """An article that was left out comes in."""
    MOVE = "move"
    LEAD = "lead"
    FORM = "form"
    TITLE = "title"
    SUMMARY = "summary"
    NOTE = "note"
    """A sentence of the editor below a story."""
    INTRO = "intro"
    SUBJECT = "subject"
    PREHEADER = "preheader"


BRINGING = frozenset({EditKind.PIN, EditKind.BRING})
"""These bring an article in that was left out."""


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """One change. `article` is the id of the story that it is about, if it is about one.

    `text` is the new title, summary, note, intro, subject, preheader, or the form. A move goes to
    the section with the slug `section` (None: its own) and there to `place`, from 1 (None: last).
    """

    kind: EditKind
    article: int | None = None
    text: str = ""
    section: str | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedEdit:
    """An edit with its number in the draft, and who made it when."""

    number: int
    edit: DraftEdit
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EditedDraft:
    """The edition with the edits, and those that could not be applied, each with the reason."""

    edition: Edition
    vain: tuple[tuple[DraftEdit, str], ...] = ()
    brought: frozenset[int] = frozenset()
    """Articles that are in it by an edit only."""
