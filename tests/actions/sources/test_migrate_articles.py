"""Articles of another system, from its export."""

from datetime import UTC

import pytest

from digest.actions.sources.migrate_articles import count_articles, migrate_articles
from digest.core.articles.article import Change
from digest.errors import UsageError
from tests.builders import MONDAY, TOPICS
from tests.feeds.file.test_wxr import HEAD, TAIL, a_post
from tests.stock import new_store


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def test_more_than_a_transaction_are_taken_in_and_counted(db, tmp_path):
    path = tmp_path / "export.xml"
    many = "".join(a_post(f"Story {n}", body=f"<p>Of gauge {n}.</p>") for n in range(230))
    path.write_text(HEAD + many + a_post("Layoffs", status="draft") + TAIL)
    steps: list[int] = []

    done = migrate_articles([path], db, TOPICS, UTC, MONDAY, steps.append)

    assert (done.counts[Change.NEW], len(done.left_out), len(steps)) == (230, 1, 231)
    assert count_articles([path, tmp_path / "nowhere.xml"]) == 231


def test_one_file_that_is_none_stops_all_before_anything_is_taken_in(db, tmp_path):
    good, bad = tmp_path / "a.xml", tmp_path / "b.xml"
    good.write_text(HEAD + a_post() + TAIL)
    bad.write_text("<rss/>")
    with pytest.raises(UsageError, match="no export of WordPress"):
        migrate_articles([good, bad], db, TOPICS, UTC, MONDAY)
    assert migrate_articles([good], db, TOPICS, UTC, MONDAY).counts[Change.NEW] == 1
