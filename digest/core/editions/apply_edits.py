"""Edits of a draft, applied to the edition as it was drawn up, in order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from digest.core.articles.article import Article
from digest.core.editions.draft_edit import DraftEdit, EditedDraft, EditKind
from digest.core.editions.edition import Edition, Group, Section, StoryLength
from digest.core.editions.selection import OTHER, Pick
from digest.core.newsletters.newsletter import Newsletter


class VainEditError(ValueError):
    """An edit that can't be applied; the message says why, for people."""


def apply_edits(
    edition: Edition, edits: Iterable[DraftEdit], known: Mapping[int, Pick]
) -> EditedDraft:
    """Apply edits in order. `known` has the articles that may be brought in, with their sections.

    What can't be applied is named, and the others are.
    """
    edits = tuple(edits)
    if not edits:
        return EditedDraft(edition)
    desk = _Desk(edition)
    vain = []
    for edit in edits:
        try:
            _ACTIONS[edit.kind](desk, edit, known)
        except VainEditError as why:
            vain.append((edit, str(why)))
    return EditedDraft(desk.edition(), tuple(vain), frozenset(desk.brought & desk.ids()))


@dataclass(slots=True)
class _Desk:
    """The stories of an edition while they are moved about."""

    before: Edition
    lead: Article = field(init=False)
    lead_topic: str = field(init=False)
    sections: dict[str, list[Article]] = field(init=False)
    touched: set[str] = field(default_factory=set)
    brought: set[int] = field(default_factory=set)
    lengths: dict[int, StoryLength] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    newsletter: Newsletter = field(init=False)

    def __post_init__(self) -> None:
        self.lead, self.lead_topic = self.before.lead, self.before.lead_topic
        self.sections = {one.slug: list(one.articles) for one in self.before.sections}
        self.newsletter = self.before.newsletter
        self.lengths |= self.before.lengths
        self.notes |= self.before.notes

    def ids(self) -> set[int]:
        return {self.lead.id, *(one.id for them in self.sections.values() for one in them)}

    def take(self, number: int) -> tuple[str, Article]:
        """Take a story that is not the lead out of its section."""
        for slug, them in self.sections.items():
            for place, article in enumerate(them):
                if article.id == number:
                    self.touched.add(slug)
                    return slug, them.pop(place)
        raise VainEditError(f"article {number} is not in the draft")

    def put(self, slug: str, place: int | None, article: Article) -> None:
        them = self.sections.setdefault(slug, [])
        them.insert(len(them) if place is None else place - 1, article)
        self.touched.add(slug)

    def change(self, number: int, **values: str) -> None:
        """Set fields of a story, wherever it stands."""
        if self.lead.id == number:
            self.lead = replace(self.lead, **values)  # type: ignore[arg-type]
            return
        for them in self.sections.values():
            for place, article in enumerate(them):
                if article.id == number:
                    them[place] = replace(article, **values)  # type: ignore[arg-type]
                    return
        raise VainEditError(f"article {number} is not in the draft")

    def expect(self, number: int) -> int:
        if number not in self.ids():
            raise VainEditError(f"article {number} is not in the draft")
        return number

    def new_lead(self) -> None:
        """Make the longest story of a topic the lead, as when it is drawn up."""
        among = [
            (article, slug)
            for slug, them in self.sections.items()
            for article in them
            if article.id not in self.before.carried
        ]
        if not among:
            raise VainEditError("it is the only new story; an edition needs one")
        article, slug = max(among, key=lambda one: (one[1] != OTHER, one[0].words))
        self.take(article.id)
        self.lead, self.lead_topic = article, slug

    def edition(self) -> Edition:
        rules = {rule.slug: rule.name for rule in self.newsletter.topics} | {OTHER: ""}
        known = {one.slug: one for one in self.before.sections}
        names = rules | {slug: one.name for slug, one in known.items()}
        inside = self.ids()
        return replace(
            self.before,
            newsletter=self.newsletter,
            lead=self.lead,
            lead_topic=self.lead_topic,
            lead_section=names.get(self.lead_topic, self.lead_topic),
            sections=tuple(
                self._section(slug, names.get(slug, slug), them, known.get(slug))
                for slug, them in sorted(self.sections.items(), key=self._order)
                if them
            ),
            carried={n: at for n, at in self.before.carried.items() if n in inside},
            lengths={n: one for n, one in self.lengths.items() if n in inside},
            lead_by_hand=True,
            notes={n: one for n, one in self.notes.items() if n in inside and one},
        )

    def _section(
        self, slug: str, name: str, them: list[Article], before: Section | None
    ) -> Section:
        """The stories of a section; by author as they were, unless somebody moved one."""
        if before and slug not in self.touched:
            new = iter(them)
            groups = (
                replace(group, articles=tuple(next(new) for _ in group.articles))
                for group in before.groups
            )
            return Section(slug, name, tuple(groups))
        return Section(slug, name, tuple(_runs(them)))

    def _order(self, one: tuple[str, list[Article]]) -> tuple[bool, int]:
        order = [section.slug for section in self.before.sections]
        rules = self.newsletter.rules.topics or tuple(rule.slug for rule in self.newsletter.topics)
        order += [slug for slug in rules if slug not in order]
        slug = one[0]
        return slug == OTHER, order.index(slug) if slug in order else len(order)


def _runs(them: Iterable[Article]) -> Iterable[Group]:
    """Neighbours of one byline are a group; unsigned pieces are, too."""
    run: list[Article] = []
    for article in them:
        if run and article.authors != run[0].authors:
            yield Group(run[0].authors, tuple(run))
            run = []
        run.append(article)
    if run:
        yield Group(run[0].authors, tuple(run))


Known = Mapping[int, Pick]


def _drop(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    number = desk.expect(edit.article or 0)
    if desk.lead.id == number:
        desk.new_lead()
        return
    fresh = desk.ids() - set(desk.before.carried) - {number}
    if not fresh:
        raise VainEditError("it is the only new story; an edition needs one")
    desk.take(number)
    desk.brought.discard(number)


def _bring(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    number = edit.article or 0
    if number in desk.ids():
        return
    if number not in known:
        raise VainEditError(f"article {number} is not there any more, or hidden")
    pick = known[number]
    desk.put(pick.section, None, pick.article)
    desk.brought.add(number)


def _pin(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    _bring(desk, edit, known)
    if desk.lead.id != edit.article:
        slug, article = desk.take(edit.article or 0)
        desk.put(slug, 1, article)


def _move(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    number = desk.expect(edit.article or 0)
    if desk.lead.id == number:
        was = desk.lead_topic
        article = desk.lead
        desk.new_lead()
    else:
        was, article = desk.take(number)
    desk.put(was if edit.section is None else edit.section, edit.place, article)


def _lead(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    number = desk.expect(edit.article or 0)
    if desk.lead.id == number:
        return
    if number in desk.before.carried:
        raise VainEditError("an earlier edition had it, so not everybody gets it: it can't lead")
    slug, article = desk.take(number)
    desk.put(desk.lead_topic, 1, desk.lead)
    desk.lead, desk.lead_topic = article, slug


def _form(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    desk.lengths[desk.expect(edit.article or 0)] = StoryLength(edit.text)


def _note(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    desk.notes[desk.expect(edit.article or 0)] = edit.text


def _title(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    desk.change(edit.article or 0, title=edit.text)


def _summary(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    desk.change(edit.article or 0, summary=edit.text)


def _words(desk: _Desk, edit: DraftEdit, known: Known) -> None:
    values = {edit.kind.value: edit.text}
    desk.newsletter = replace(desk.newsletter, **values)  # type: ignore[arg-type]


_ACTIONS: dict[EditKind, Callable[[_Desk, DraftEdit, Known], None]] = {
    EditKind.DROP: _drop,
    EditKind.BRING: _bring,
    EditKind.PIN: _pin,
    EditKind.MOVE: _move,
    EditKind.LEAD: _lead,
    EditKind.FORM: _form,
    EditKind.TITLE: _title,
    EditKind.SUMMARY: _summary,
    EditKind.NOTE: _note,
    EditKind.INTRO: _words,
    EditKind.SUBJECT: _words,
    EditKind.PREHEADER: _words,
}
