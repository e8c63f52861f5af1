"""From what readers chose to what each of them gets of an edition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.core.articles import correction
from digest.core.articles.author import Writer, author_key, spellings
from digest.core.articles.topic_rules import TopicRule
from digest.core.editions.reader_filter import (
    ALREADY_GOT,
    MUTED,
    NOTHING_FOR_THEM,
    Candidate,
    FilteredStories,
    ReaderShare,
    Taste,
    tailor,
    taste_of,
)
from digest.core.message.encoded_edition import EncodedEdition, Scale
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import (
    FORMS,
    OPEN_FLAG,
    Choice,
    Format,
    StoryForm,
    choose_places,
    holds_locked,
)
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.promotion import tier_flags
from digest.core.readers.reader import tier_on
from digest.core.readers.reason import Reason


@dataclass(frozen=True, slots=True)
class PreferenceReader:
    """Reads the lists of readers by the config: topics by slug or name, authors by any spelling."""

    topics: Sequence[TopicRule]
    writers: Sequence[Writer] = ()

    def taste(self, candidate: Candidate) -> Taste:
        """What a reader's lists mean. A topic that the config doesn't know matches nothing."""
        slugs = {rule.name.casefold(): rule.slug for rule in self.topics}
        slugs |= {rule.slug.casefold(): rule.slug for rule in self.topics}
        topics = [_each(one, lambda n: slugs.get(n.casefold(), n)) for one in candidate.topics]
        authors = [_each(one, self._author) for one in candidate.authors]
        return taste_of(topics, authors, candidate.tier)

    def _author(self, name: str) -> str:
        known = spellings(name, self.writers)
        return author_key(known[1] if len(known) > 1 else name)


REMEMBERED = 100_000
"""Choices that are kept in mind: some 30 MB."""


def _fullest(choice: Choice, wanted: Format) -> StoryForm:
    """How much of a story there is where there is room."""
    fullest = next((form for form in FORMS if form in choice.forms), StoryForm.CARD)
    if wanted is Format.SHORT:
        return max(fullest, StoryForm.TITLE, key=FORMS.index)
    return StoryForm.CARD if wanted is Format.TEXT else fullest


def _each(wish: str, named: Callable[[str], str]) -> str:
    """The wish with its name in our terms, muted if it was."""
    muted = wish.startswith(MUTED)
    return MUTED * muted + named(wish[muted:].strip())


@dataclass(frozen=True, slots=True)
class Personaliser:
    """Gives each reader their share; equal choices are worked out once.

    `words` says what the message of a choice says of itself; `day` is that of the edition.
    """

    encoded: EncodedEdition
    words: Callable[[Choice], SubjectLine]
    wishes: PreferenceReader
    newsletter: Newsletter
    day: date
    _scale: Scale = field(init=False)
    _known: dict[Candidate, ReaderShare] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scale", Scale(self.encoded))

    def __call__(self, candidate: Candidate) -> ReaderShare:
        """Give this reader their share."""
        if candidate.tier_until:
            tier = tier_on(self.day, candidate.tier, candidate.tier_until)
            candidate = replace(candidate, tier=tier, tier_until=None)
        share = self._known.get(candidate)
        if share is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            share = self._known[candidate] = self._work_out(candidate)
        return share

    def tailored(self, candidate: Candidate) -> FilteredStories:
        """What is for this reader, and why each story is or isn't."""
        taste = self.wishes.taste(candidate)
        most = max(candidate.most, self.newsletter.rules.max_articles)
        return tailor(self.encoded.entries, taste, candidate.received, most)

    def _flags(self, candidate: Candidate, mask: int) -> tuple[str, ...]:
        """What a reader sees besides the stories, as far as the edition has it."""
        ours, locked = self.newsletter, holds_locked(self.encoded.entries, mask)
        tier, fixes = candidate.tier, correction.correction_flags(candidate.corrections)
        seen = tier_flags(tier, ours.tiers, ours.pitch, sponsored=True, locked=locked) + fixes
        has = self._scale.weights
        return tuple(flag for flag in seen if flag == OPEN_FLAG or f"with {flag}" in has)

    def _work_out(self, candidate: Candidate) -> ReaderShare:
        found = self.tailored(candidate)
        if not found.mask:
            return ReaderShare(why=nothing(found.why), reason=Reason.NOTHING_FOR_THEM)
        standard = self.encoded.choice
        seen = self._flags(candidate, found.mask)
        form = _fullest(standard, candidate.form)
        plain = choose_places(self.encoded.entries, found.mask, seen, form)
        alike = (plain.mask, plain.flags) == (standard.mask, standard.flags)
        words = self.encoded.words if alike else self.words(plain)
        if candidate.form is Format.TEXT:
            choice = replace(plain, text_only=True)
        elif alike and candidate.form is Format.FULL:
            choice = standard
        else:
            choice = self._scale.fit(plain, words)
        mask = choice.mask
        return ReaderShare(
            choice, words, choice.code, mask.to_bytes((mask.bit_length() + 7) // 8, "little")
        )


def allotter(
    newsletter: Newsletter,
    encoded: EncodedEdition,
    words: Callable[[Choice], SubjectLine],
    at: datetime,
) -> Personaliser:
    """What gives each reader of a newsletter their share of its edition of a moment."""
    wishes = PreferenceReader(newsletter.topics, newsletter.writers)
    day = at.astimezone(ZoneInfo(newsletter.timezone)).date()
    return Personaliser(encoded, words, wishes, newsletter, day)


def nothing(reasons: Sequence[str]) -> str:
    """Why a reader gets no mail, from the reasons of all stories."""
    counts: dict[str, int] = {}
    for why in reasons:
        counts[why] = counts.get(why, 0) + 1
    told = sorted(counts, key=lambda why: (why == ALREADY_GOT, -counts[why]))
    return NOTHING_FOR_THEM + "; ".join(f"{why} ({counts[why]})" for why in told[:3])


def plain_words(encoded: EncodedEdition, choice: Choice) -> SubjectLine:
    """Words for a choice from what is frozen alone: the titles."""
    if choice.mask == encoded.choice.mask:
        return encoded.words
    lead = encoded.entries[choice.lead].title
    others = [encoded.entries[place].title for place in choice.places if place != choice.lead]
    return SubjectLine(subject=lead, preheader=" · ".join(others[:2])[:130])
