"""What a draft was drawn up from comes back as it was; edits count until they are undone."""

from digest.core.editions.draft import DrawnDraft
from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.core.editions.selection import LeftoutReason, Pick
from digest.store.editions import drafts, edition_contents
from tests.builders import MONDAY, an_article, an_edition, an_image
from tests.stock import contents, keep_article


def made(db):
    return db.write(
        edition_contents.make_edition, "weekly", MONDAY, contents(), planned=False, now=MONDAY
    ).id


def test_what_was_drawn_up_comes_back_whole(db):
    number = made(db)
    article = an_article("With a picture", image=an_image())
    drawn = DrawnDraft(
        an_edition(article, an_article("Other")),
        why={article.id: "a test"},
        out={9: ("too old", LeftoutReason.TOO_OLD)},
        at=MONDAY,
        readers=3,
        brought={7: Pick(an_article("Brought", id=7), "", "by hand")},
    )

    db.write(drafts.save_drawn, number, drawn)

    assert db.read(drafts.drawn, number) == drawn


def test_edits_are_numbered_and_undone_ones_count_no_more(db):
    number = made(db)
    article = keep_article(db, "A story").id
    one = DraftEdit(EditKind.TITLE, article, text="Another")
    two = DraftEdit(EditKind.MOVE, article, section="", place=2)

    added = db.write(drafts.add_edits, number, [one, two], "ada", MONDAY)
    assert [one.number for one in added] == [1, 2]
    assert db.write(drafts.undo_edit, number, 1, "ben", MONDAY)
    assert not db.write(drafts.undo_edit, number, 1, "ben", MONDAY)

    (left,) = db.read(drafts.edits, number)
    assert (left.number, left.edit, left.by, left.at) == (2, two, "ada", MONDAY)
    assert db.write(drafts.add_edits, number, [one], "ada", MONDAY)[0].number == 3


def test_the_words_of_a_removed_article_leave_its_drafts(db):
    number = made(db)
    article = keep_article(db, "A secret").id
    db.write(drafts.add_edits, number, [DraftEdit(EditKind.TITLE, article, text="S")], "a", MONDAY)

    db.write(drafts.forget_article, article)

    assert db.read(drafts.edits, number)[0].edit.text == ""
