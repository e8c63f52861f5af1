"""Hidden and removed articles in the store."""

from digest.core.articles.article import HIDDEN_BY_SOURCE, Change, Visibility, Withheld
from digest.core.articles.identity import identify
from digest.store.articles import articles, intake, visibility
from tests.builders import MONDAY, an_item
from tests.stock import keep_article

SAID = Withheld(Visibility.HIDDEN, "mara", MONDAY, "not yet")


def test_what_is_withheld_is_told_with_its_reason_and_back_when_shown(db):
    number = keep_article(db).id

    db.write(visibility.withhold, number, SAID)
    assert db.read(visibility.withheld, [number, 99]) == {number: SAID}
    (found,) = db.read(articles.by_ids, [number])
    assert str(found.withheld) == "hidden by mara on 2026-03-09: not yet"

    assert db.write(visibility.show_again, number)
    assert not db.write(visibility.show_again, number)
    assert db.read(visibility.withheld, [number]) == {}


def test_only_what_its_source_hid_comes_back_with_its_source(db):
    entry = identify(an_item("On fog"))
    _, number = db.write(intake.save_article, entry, (), "", MONDAY)

    assert db.write(visibility.hide_by_source, entry.key, "a draft", MONDAY) == number
    assert db.read(visibility.withheld, [number])[number].by == HIDDEN_BY_SOURCE
    assert db.read(intake.unchanged, [entry]) == {}, "so that it is looked at again"
    assert db.write(intake.save_article, entry, (), "", MONDAY) == (Change.SAME, number)
    assert db.read(visibility.withheld, [number]) == {}

    db.write(visibility.withhold, number, SAID)
    db.write(visibility.hide_by_source, entry.key, "a draft", MONDAY)
    db.write(intake.save_article, entry, (), "", MONDAY)
    assert db.read(visibility.withheld, [number]) == {number: SAID}


def test_a_source_that_holds_back_what_we_never_had_changes_nothing(db):
    assert db.write(visibility.hide_by_source, "url:a.example/x", "a draft", MONDAY) is None


def test_an_edit_of_what_was_removed_is_not_taken(db):
    entry = identify(an_item("On fog", url="https://a.example/fog"))
    _, number = db.write(intake.save_article, entry, (), "", MONDAY)
    gone = Withheld(Visibility.REMOVED, "mara", MONDAY)

    db.write(visibility.erase_article, number, gone)
    other = identify(an_item("On more fog", url="https://a.example/fog"))

    assert db.write(intake.save_article, other, (), "", MONDAY) == (Change.SAME, number)
    (found,) = db.read(articles.by_ids, [number])
    assert (found.title, found.body_text, found.authors) == ("", "", ())
