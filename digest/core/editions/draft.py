"""A draft: an edition as it was drawn up, and what has changed since."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from digest.core.articles.article import Article
from digest.core.editions.apply_edits import apply_edits
from digest.core.editions.draft_edit import EditedDraft, EditKind, RecordedEdit
from digest.core.editions.edition import Edition
from digest.core.editions.selection import LeftoutReason, Pick
from digest.core.newsletters.newsletter import Newsletter


@dataclass(frozen=True, slots=True)
class DrawnDraft:
    """An edition before anybody edited it, with what it takes to print it again.

    `why` says of each article of the edition why it was picked, `out` of those that were looked at
    and left out: by the article's id. `at` is when it was drawn up, `readers` how many would have
    got it then. `brought` has the articles that editors brought in, as they were then.
    """

    edition: Edition
    why: Mapping[int, str]
    out: Mapping[int, tuple[str, LeftoutReason]]
    at: datetime
    readers: int
    brought: Mapping[int, Pick] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it is now: what was drawn up, the edits that count, and what both come to."""

    drawn: DrawnDraft
    edits: tuple[RecordedEdit, ...]
    edited: EditedDraft

    @property
    def dropped(self) -> frozenset[int]:
        """Articles that editors took out."""
        asked = {one.edit.article for one in self.edits if one.edit.kind is EditKind.DROP}
        inside = {article.id for article in self.edited.edition.articles}
        return frozenset(one for one in asked if one is not None and one not in inside)


def edited_draft(drawn: DrawnDraft, edits: Iterable[RecordedEdit]) -> OpenDraft:
    """The draft that these edits make of what was drawn up."""
    edits = tuple(edits)
    wanted = [one.edit for one in edits]
    return OpenDraft(drawn, edits, apply_edits(drawn.edition, wanted, drawn.brought))


@dataclass(frozen=True, slots=True)
class ChangedStory:
    """A story of a draft whose article says something else now, and in which parts.

    `title` is that of the draft, `title_now` that of the article.
    """

    article: int
    title: str
    parts: tuple[str, ...]
    title_now: str


@dataclass(frozen=True, slots=True)
class DraftChanges:
    """What would be different if the draft were drawn up now.

    `texts` are the newsletter's own: "the intro", "the subject". `look` is whether the same stories
    and texts are printed in another way. How many readers there are has effect without a redraw.
    """

    since: datetime
    changed: tuple[ChangedStory, ...] = ()
    new: tuple[Article, ...] = ()
    gone: tuple[Article, ...] = ()
    texts: tuple[str, ...] = ()
    look: bool = False
    readers: int = 0
    """How many more would get it now; below 0, how many fewer."""

    def __bool__(self) -> bool:
        """Whether the message itself would be another."""
        return bool(self.changed or self.new or self.gone or self.texts or self.look)

    def __str__(self) -> str:
        """For people, without the moment: "2 stories and the intro changed, 1 story is new"."""
        altered = [*([_stories(self.changed)] if self.changed else []), *self.texts]
        altered += ["the look"] if self.look and not self.texts else []
        said = [f"{_and(altered)} changed"] if altered else []
        said += [f"{_stories(self.new)} {_is(self.new)} new"] if self.new else []
        if self.gone:
            said.append(f"{_stories(self.gone)} would no longer be in it")
        if self.readers:
            more = "more" if self.readers > 0 else "fewer"
            number = abs(self.readers)
            said.append(f"{number:,} reader{'s' * (number > 1)} {more}")
        return ", ".join(said)


def _stories(them: tuple[object, ...]) -> str:
    return f"{len(them)} {'story' if len(them) == 1 else 'stories'}"


def _is(them: tuple[object, ...]) -> str:
    return "is" if len(them) == 1 else "are"


def _and(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def draft_changes(
    drawn: DrawnDraft,
    dropped: Set[int],
    now: Edition | None,
    brought: Mapping[int, Pick],
    readers: int,
) -> DraftChanges:
    """Compare a draft with what would be drawn up now: None if there is too little for an edition.

    `brought` has the articles that editors brought in, as they are now; what editors `dropped`
    counts no more. What earlier editions had, for those who missed it, doesn't count either: it is
    settled by reader.
    """
    before = _own(drawn.edition) | _picks(drawn.brought)
    after = (_own(now) if now else {}) | _picks(brought)
    for number in dropped:
        before.pop(number, None)
        after.pop(number, None)
    return DraftChanges(
        since=drawn.at,
        changed=tuple(
            ChangedStory(number, article.title, parts, after[number][0].title)
            for number, (article, section) in before.items()
            if number in after and (parts := _differ(article, section, *after[number]))
        ),
        new=tuple(one for number, (one, _) in after.items() if number not in before),
        gone=tuple(one for number, (one, _) in before.items() if number not in after),
        texts=_texts(drawn.edition.newsletter, now.newsletter) if now else (),
        readers=readers - drawn.readers,
    )


def _own(edition: Edition) -> dict[int, tuple[Article, str]]:
    """The stories that no earlier edition had, each with its section."""
    found = {edition.lead.id: (edition.lead, edition.lead_topic)}
    for section in edition.sections:
        found |= {article.id: (article, section.slug) for article in section.articles}
    return {number: one for number, one in found.items() if number not in edition.carried}


def _picks(brought: Mapping[int, Pick]) -> dict[int, tuple[Article, str]]:
    return {number: (pick.article, pick.section) for number, pick in brought.items()}


_PARTS = {
    "title": "title",
    "authors": "byline",
    "summary": "summary",
    "body_html": "text",
    "url": "address",
    "image": "picture",
    "related": "related pieces",
    "photo_credit": "photo credit",
    "audio_url": "recording",
    "access": "access",
    "published": "date",
    "withheld": "visibility",
}
_TEXTS = {
    "title": "the name",
    "subject": "the subject",
    "preheader": "the preheader",
    "intro": "the intro",
    "footer": "the footer",
    "sponsors": "the sponsors",
    "pitch": "the pitch",
}


def _differ(old: Article, section: str, new: Article, now_in: str) -> tuple[str, ...]:
    parts = [name for part, name in _PARTS.items() if getattr(old, part) != getattr(new, part)]
    return (*parts, *(["section"] if section != now_in else []))


def _texts(old: Newsletter, new: Newsletter) -> tuple[str, ...]:
    return tuple(name for part, name in _TEXTS.items() if getattr(old, part) != getattr(new, part))
