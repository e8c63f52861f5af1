"""A removed article can't be given words again."""

import pytest

from digest.actions.articles.set_by_hand import set_article
from digest.actions.editions.visibility import remove_article
from digest.errors import UsageError
from digest.store.articles import set_by_hand
from tests.builders import MONDAY
from tests.stock import keep_article


def test_of_what_was_removed_nothing_is_set(db):
    keep_article(db, "A secret")
    set_article(db, "1", "ada", MONDAY, title="A secret merger")
    remove_article(db, "1", "ada", MONDAY)

    with pytest.raises(UsageError, match="nothing of it is left"):
        set_article(db, "1", "ada", MONDAY, title="A secret again")
    assert db.read(set_by_hand.fields_set, [1]) == {}
