"""What is shown of a frozen edition after stories of it were removed."""

from collections.abc import Sequence, Set
from dataclasses import replace

from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice, StoryEntry, StoryForm

REMOVED_TITLE = "…"
"""Stands where a removed story's title was."""


def without_stories(
    choice: Choice, entries: Sequence[StoryEntry], removed: Set[int]
) -> Choice | None:
    """A choice without these articles; the first story that is left leads. None if none is left."""
    forms = [
        None if entry.article in removed else form
        for entry, form in zip(entries, choice.forms, strict=True)
    ]
    left = [place for place, form in enumerate(forms) if form]
    if not left:
        return None
    if StoryForm.LEAD not in forms:
        forms[left[0]] = StoryForm.LEAD
    return replace(choice, forms=tuple(forms))


def without_titles(
    words: SubjectLine, entries: Sequence[StoryEntry], removed: Set[int]
) -> SubjectLine:
    """Subject, preheader and intro, with "…" in place of the titles of these articles."""
    titles = sorted(
        (one.title for one in entries if one.article in removed and one.title),
        key=len,
        reverse=True,
    )

    def blanked(text: str) -> str:
        for title in titles:
            text = text.replace(title, REMOVED_TITLE)
        return text

    return replace(
        words,
        subject=blanked(words.subject),
        preheader=blanked(words.preheader),
        intro=blanked(words.intro),
    )
