"""An edition set in type: both parts as labelled fragments, before encoding."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from html import escape

from digest.core.message.story_choice import Choice, StoryEntry, labels
from digest.core.text import prose

SUBJECT, PREHEADER, INTRO = "SUBJECT", "PREHEADER", "INTRO"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a part, and the label that says in which messages it stands."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """What a message says of itself; depends on the stories that are in it. Plain text."""

    subject: str
    preheader: str
    intro: str = ""

    @property
    def for_html(self) -> dict[str, str]:
        """What takes the place of the slots in the HTML part."""
        intro = "<br><br>".join(escape(part) for part in prose.plain_paragraphs(self.intro))
        return {SUBJECT: escape(self.subject), PREHEADER: escape(self.preheader), INTRO: intro}

    @property
    def for_text(self) -> dict[str, str]:
        """What takes the place of the slots in the text part."""
        intro = "\n\n".join(prose.fill(part) for part in prose.plain_paragraphs(self.intro))
        return {SUBJECT: self.subject, PREHEADER: self.preheader, INTRO: intro}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A message as text, before encoding; `mark` begins every slot in it.

    A slot is `mark` + NAME in upper case + "Z", all of it [A-Za-z0-9], and stands where a
    reader's own value goes, e.g. the UNSUBSCRIBE token at the end of a link. The mark is
    unguessable, so an article can't forge a slot.
    """

    subject: str
    preheader: str
    html: str
    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class RenderedFragments:
    """One edition with every story in every form.

    `words` are those of the message that holds `choice`, the edition as a reader without wishes
    gets it. Besides the readers' slots there are SUBJECT, PREHEADER and INTRO, for its words.
    """

    entries: tuple[StoryEntry, ...]
    html: tuple[Fragment, ...]
    text: tuple[Fragment, ...]
    choice: Choice
    words: SubjectLine
    mark: str

    def proof(self, choice: Choice | None = None, words: SubjectLine | None = None) -> Rendering:
        """One message of it; without a choice, what a reader without wishes gets."""
        choice, words = choice or self.choice, words or self.words
        chosen = shown_labels(self.entries, choice, words)
        return Rendering(
            subject=words.subject,
            preheader=words.preheader,
            html=_set(self.html, chosen, words.for_html, self.mark),
            text=_set(self.text, chosen, words.for_text, self.mark),
            mark=self.mark,
        )


def shown_labels(
    entries: Sequence[StoryEntry], choice: Choice, words: SubjectLine
) -> frozenset[str]:
    """The labels of one message: its choice, and `intro` where it has one."""
    return labels(entries, choice) | ({"intro"} if words.intro else set())


def cut_fragments(printed: str, mark: str) -> tuple[Fragment, ...]:
    """Take a printed part apart at its cuts: `<!--MARK LABEL-->` begins the fragment of that label.

    What stands before the first one is in every message.
    """
    stretches = re.split(rf"<!--{re.escape(mark)} ([a-z]+(?: [a-z0-9-]+)*)-->", printed)
    pairs = zip(["all", *stretches[1::2]], stretches[::2], strict=True)
    return tuple(Fragment(label, text) for label, text in pairs if text)


def _set(fragments: Iterable[Fragment], chosen: Set[str], words: dict[str, str], mark: str) -> str:
    text = "".join(one.text for one in fragments if one.label in chosen)
    for name, value in words.items():
        text = text.replace(f"{mark}{name}Z", value)
    return text
