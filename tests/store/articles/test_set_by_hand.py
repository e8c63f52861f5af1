"""Fields that a person set, and what the source says of them meanwhile."""

from datetime import timedelta

from digest.store.articles import articles, set_by_hand
from tests.builders import MONDAY
from tests.stock import keep_article


def title(db):
    (found,) = db.read(articles.by_ids, [1])
    return found.title


def test_the_last_who_set_it_is_named_and_the_source_is_kept(db):
    keep_article(db, "As its source says")
    later = MONDAY + timedelta(days=1)

    db.write(set_by_hand.set_fields, 1, {"title": "First"}, "ada", MONDAY)
    db.write(set_by_hand.set_fields, 1, {"title": "Second"}, "ben", later)

    ((said,),) = db.read(set_by_hand.fields_set, [1]).values()
    assert (said.field, said.by, said.at, title(db)) == ("title", "ben", later, "Second")
    db.write(set_by_hand.release_fields, 1, ["title"])
    assert title(db) == "As its source says"
    assert db.read(set_by_hand.fields_set, [1]) == {}
