"""Editors at once: nothing is lost, and the second is told."""

import pytest

from digest.actions.editions.drafts import DraftMovedError
from digest.actions.editions.edit import edit_draft, open_draft, undo
from digest.actions.editions.publish import next_draft, publish
from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.errors import UsageError
from digest.store.editions import drafts
from tests.builders import MONDAY, a_newsletter
from tests.stock import enrol, keep_article


@pytest.fixture
def drafted(db, factory):
    for name in ("Ada", "Ben", "Cleo"):
        keep_article(db, f"A story by {name}", authors=(name,))
    enrol(db, "ada@reader.example")
    return next_draft(db, factory, a_newsletter(), MONDAY, MONDAY)[1]


def drop(article):
    return [DraftEdit(EditKind.DROP, article)]


def test_the_second_of_two_editors_is_told_and_loses_nothing(db, factory, drafted):
    intro = [DraftEdit(EditKind.INTRO, text="Hello.")]
    edit_draft(db, factory, a_newsletter(), drafted, intro, "ada", MONDAY)

    with pytest.raises(DraftMovedError, match=r"edition 1 meanwhile \(ada: intro\)"):
        edit_draft(db, factory, a_newsletter(), drafted, drop(1), "ben", MONDAY)

    assert [(one.by, one.edit.kind) for one in db.read(drafts.edits, drafted.id)] == [
        ("ada", EditKind.INTRO)
    ]
    fresh = open_draft(db, a_newsletter(), None)
    edit_draft(db, factory, a_newsletter(), fresh, drop(1), "ben", MONDAY)
    assert [one.by for one in db.read(drafts.edits, drafted.id)] == ["ada", "ben"]


def test_what_was_frozen_meanwhile_is_not_changed(db, factory, drafted):
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)

    for change in (
        lambda: edit_draft(db, factory, a_newsletter(), drafted, drop(1), "ben", MONDAY),
        lambda: undo(db, factory, drafted, 1, "ben", MONDAY),
    ):
        with pytest.raises(UsageError):
            change()
    with pytest.raises(UsageError, match="weekly has no draft"):
        open_draft(db, a_newsletter(), None)
