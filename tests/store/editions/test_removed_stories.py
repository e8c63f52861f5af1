"""What editions are listed as after a story of theirs was removed."""

from digest.actions.editions.publish import publish
from digest.core.articles.article import Visibility, Withheld
from digest.store.articles import visibility
from digest.store.editions import editions, removed_stories
from tests.builders import MONDAY
from tests.publications import fill, found, open_app


def subject(db, edition):
    stored = db.read(editions.by_id, edition)
    assert stored
    return stored.subject


def test_the_title_leaves_the_subject_and_the_article_is_known_to_be_removed(tmp_path):
    app = open_app(found(tmp_path))
    fill(app, "ada@reader.example")
    edition = publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition.id
    db = app.db
    before = subject(db, edition)

    db.write(removed_stories.blank_titles, 1)
    db.write(visibility.erase_article, 1, Withheld(Visibility.REMOVED, "mara", MONDAY))

    assert "gauge" in before
    assert "gauge" not in subject(db, edition)
    assert db.read(removed_stories.withheld_of, edition) == {1}
    assert db.read(removed_stories.withheld_stories, [1, 2]) == {1}
