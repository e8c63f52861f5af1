"""Articles from files into the store, as often as one likes."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.actions.sources import import_articles
from digest.actions.sources.import_articles import import_files
from digest.core.articles.article import Change
from digest.core.articles.topic_rules import TopicRule, rules_fingerprint
from digest.errors import StoreError
from digest.store.articles import articles
from tests.builders import MONDAY
from tests.examples import examples
from tests.publications import write_article
from tests.stock import new_store

BERLIN = ZoneInfo("Europe/Berlin")
SEA = TopicRule("sea", "Sea", keywords=("gauge",))
GAUGE = "The gauge is a gauge, and the gauge keeper calls it a gauge."
TITLES = ["The tide gauge", "Coffee at six", "Tram 7 waits", "The night ferry", "A quiet week"]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "articles"
    for title in TITLES:
        write_article(path, title)
    return path


def bring(db, *paths, rules=(), now=MONDAY, seen=lambda _: None):
    return import_files(paths, db, rules, BERLIN, now, seen)


def counts(done):
    return [done.counts[change] for change in (Change.NEW, Change.EDITED, Change.SAME)]


def everything(db):
    return {article.title: article for article in db.read(articles.list_articles)}


def test_every_article_of_a_folder_is_kept(db, folder):
    done = bring(db, folder)

    assert counts(done) == [5, 0, 0]
    assert {article.title for article in done.articles} == set(everything(db)) == set(TITLES)
    gauge = everything(db)["The tide gauge"]
    assert gauge.published.astimezone(BERLIN).isoformat() == "2026-03-07T00:00:00+01:00"
    assert gauge.source == str(folder / "the-tide-gauge.txt")


def test_importing_again_changes_nothing_whenever_it_is(db, folder):
    bring(db, folder)
    before = everything(db)

    done = bring(db, folder, now=MONDAY + timedelta(days=30))

    assert counts(done) == [0, 0, 5]
    assert everything(db) == before
    assert set(done.articles) == set(before.values())


def test_one_article_in_two_files_is_one_article(db, folder):
    (folder / "copy.txt").write_bytes((folder / "the-tide-gauge.txt").read_bytes())

    done = bring(db, folder)

    assert counts(done) == [5, 0, 1]
    assert len(done.articles) == 5


def test_a_file_named_twice_is_read_once(db, folder):
    paths: list[Path] = []
    done = bring(db, folder, folder / "the-tide-gauge.txt", folder, seen=paths.append)
    assert counts(done) == [5, 0, 0]
    assert len(paths) == len(set(paths)) == 5


def test_an_edit_keeps_the_articles_number_and_gives_topics_anew(db, folder):
    before = {article.title: article for article in bring(db, folder, rules=(SEA,)).articles}
    write_article(folder, "Coffee at six", text=GAUGE)

    done = bring(db, folder, rules=(SEA,))

    assert counts(done) == [0, 1, 4]
    after = everything(db)["Coffee at six"]
    assert after.id == before["Coffee at six"].id
    assert [topic.slug for topic in after.topics] == ["sea"]
    assert after.topics_by == rules_fingerprint((SEA,))


def test_a_bad_file_is_named_and_the_rest_goes_on(db, folder, tmp_path):
    (folder / "0-first.txt").write_bytes(b"%PDF-1.7\n\0\0")
    (folder / "m-middle.txt").touch()
    (folder / "z-last.txt").write_bytes(b"\0\1\2\3" * 100)

    done = bring(db, folder, tmp_path / "nowhere")

    assert counts(done) == [5, 0, 0]
    rejected = {rejection.path: rejection.reason for rejection in done.rejected}
    assert set(rejected) == {
        *(str(folder / name) for name in ("0-first.txt", "m-middle.txt", "z-last.txt")),
        str(tmp_path / "nowhere"),
    }
    assert "PDF" in rejected[str(folder / "0-first.txt")]


def test_many_files_are_saved_in_several_transactions(db, folder, monkeypatch):
    monkeypatch.setattr(import_articles, "FILE_ARTICLES_PER_COMMIT", 2)
    assert counts(bring(db, folder)) == [5, 0, 0]
    assert set(everything(db)) == set(TITLES)


def test_what_was_saved_before_a_failure_stays_saved(db, folder, monkeypatch):
    monkeypatch.setattr(import_articles, "FILE_ARTICLES_PER_COMMIT", 2)

    def fail_at_the_last(path):
        if path.name == "tram-7-waits.txt":
            raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        bring(db, folder, seen=fail_at_the_last)

    assert len(everything(db)) == 4
    assert counts(bring(db, folder)) == [1, 0, 4]


def test_an_article_without_a_date_is_of_the_day_it_was_first_seen(db, tmp_path):
    path = tmp_path / "undated.txt"
    path.write_text(f"Written by [Mara Lind](#)\n\nThe undated gauge\n\n{GAUGE}\n")
    bring(db, path)
    bring(db, path, now=MONDAY + timedelta(days=9))

    article = everything(db)["The undated gauge"]
    assert (article.published, article.dated) == (MONDAY, False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40))
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_whatever_the_files_hold_each_is_an_article_or_has_a_reason(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("files")
    for n, content in enumerate(contents):
        (folder / f"{n}.txt").write_bytes(content)
    db = new_store(folder)
    try:
        done = bring(db, *(folder / f"{n}.txt" for n in range(len(contents))))
        again = bring(db, *(folder / f"{n}.txt" for n in range(len(contents))))
    finally:
        db.close()

    assert sum(done.counts.values()) + len(done.rejected) == len(contents)
    assert all(rejection.reason for rejection in done.rejected)
    assert again.counts[Change.NEW] == 0
