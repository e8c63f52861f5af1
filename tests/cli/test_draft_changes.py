"""Edits in words."""

import pytest

from digest.cli.draft_changes import capital, edit_in_words
from digest.core.editions.draft_edit import DraftEdit, EditKind


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (DraftEdit(EditKind.DROP, 3), "drop article 3"),
        (DraftEdit(EditKind.TITLE, 3, "A new\none"), "title article 3: A new one"),
        (DraftEdit(EditKind.MOVE, 3, section="economy", place=2), "move article 3: to economy:2"),
        (DraftEdit(EditKind.MOVE, 3, place=2), "move article 3: to 2"),
        (DraftEdit(EditKind.INTRO, text="Hello."), "intro: Hello."),
    ],
)
def test_an_edit_is_said_in_a_line(edit, words):
    assert edit_in_words(edit) == words


def test_a_sentence_begins_with_a_capital():
    assert (capital("2 stories"), capital("the intro"), capital("")) == (
        "2 stories",
        "The intro",
        "",
    )
