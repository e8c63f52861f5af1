"""Hiding and removing articles, and which editions carry them."""

import pytest

from digest.actions.editions.publish import publish
from digest.actions.editions.visibility import hide_article, remove_article, show_article
from digest.errors import UsageError
from tests.builders import MONDAY
from tests.publications import fill, found, open_app
from tests.stock import keep_article


def test_the_editions_that_carry_an_article_are_named(tmp_path):
    app = open_app(found(tmp_path))
    fill(app, "ada@reader.example")
    publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY)

    change = hide_article(app.db, "1", "mara", MONDAY)

    assert (change.drafts, change.on_their_way, change.sent) == ((), (1,), ())


def test_what_is_not_hidden_can_not_be_shown_again(db):
    keep_article(db)

    with pytest.raises(UsageError, match="is not hidden"):
        show_article(db, "1")


def test_nothing_is_done_twice_to_what_was_removed(db):
    keep_article(db)
    remove_article(db, "1", "mara", MONDAY, "a court order")

    for again in (hide_article, remove_article):
        with pytest.raises(UsageError, match="removed by mara on 2026-03-09: a court order"):
            again(db, "1", "mara", MONDAY)
