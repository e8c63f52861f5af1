"""The same story from two places."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from digest.core.articles.article import Change
from digest.core.articles.identity import identify
from digest.store.articles import articles, intake, near_duplicates
from digest.store.tables.articles import ArticleRow, CopyRow, RevisionRow
from tests.builders import MONDAY, a_selection, an_item
from tests.core.articles.test_minhash import a_text, edited
from tests.stock import freeze, keep_article

STORY, OTHER = a_text(1), a_text(2)


def wire(db, title, text, **changes):
    return keep_article(db, title, body_text=text, **changes)


def original(db, article):
    (found,) = db.read(articles.by_ids, [article.id])
    return found.copy_of


def rewrite(db, article, text):
    item = an_item(article.title, body_text=text, body_html=f"<p>{text}</p>")
    change, _ = db.write(intake.save_article, identify(item), (), "", MONDAY + timedelta(hours=1))
    assert change is Change.EDITED


def test_a_story_that_comes_again_is_linked_to_the_first(db):
    first = wire(db, "Ferry strike", STORY)
    second = wire(db, "Strike on the ferries", edited(STORY, 0.1))
    third = wire(db, "Ferries: strike", STORY[: len(STORY) * 6 // 10])
    other = wire(db, "Herring", OTHER)

    assert (first.copy_of, other.copy_of) == (None, None)
    assert second.copy_of == third.copy_of == first.id


def test_importing_again_links_nothing_anew(db):
    first = wire(db, "Ferry strike", STORY)
    second = wire(db, "Strike on the ferries", STORY)

    wire(db, "Ferry strike", STORY)
    wire(db, "Strike on the ferries", STORY)

    assert (original(db, first), original(db, second)) == (None, first.id)


def test_a_copy_that_is_rewritten_becomes_a_story_of_its_own(db):
    first = wire(db, "Ferry strike", STORY)
    second = wire(db, "Strike on the ferries", STORY)

    rewrite(db, second, OTHER)
    third = wire(db, "Herring", OTHER)

    assert original(db, second) is None
    assert third.copy_of == second.id != first.id


def test_when_the_original_is_rewritten_its_copies_find_each_other(db):
    first = wire(db, "Ferry strike", STORY)
    second = wire(db, "Strike on the ferries", STORY)
    third = wire(db, "Ferries: strike", STORY)

    rewrite(db, first, OTHER)

    assert original(db, first) is None
    assert original(db, second) is None
    assert original(db, third) == second.id


def test_what_an_article_said_before_an_edit_is_kept(db):
    first = wire(db, "Ferry strike", STORY)
    rewrite(db, first, OTHER)

    def revisions(tx):
        return [(r.title, r.body_text, r.content_hash) for r in tx.scalars(select(RevisionRow))]

    assert db.read(revisions) == [("Ferry strike", STORY, first.content_hash)]


def test_an_article_that_did_not_change_has_no_revision(db):
    wire(db, "Ferry strike", STORY)
    wire(db, "Ferry strike", STORY)

    assert db.read(lambda tx: tx.scalar(select(func.count()).select_from(RevisionRow))) == 0


def test_who_had_the_copy_has_had_the_story(db):
    first = wire(db, "Ferry strike", STORY)
    second = wire(db, "Strike on the ferries", STORY)

    freeze(db, a_selection(second))

    assert db.read(articles.sent_originals, "weekly") == {first.id}
    assert db.read(articles.sent_originals, "daily") == frozenset()


@pytest.mark.slow
def test_linking_takes_as_long_in_a_large_store_as_in_a_small_one(db):
    openings = [a_text(n, 120) for n in range(5)]  # many share one, so that their bands are full
    row = {"content_hash": "", "body_html": "", "words": 0, "published": MONDAY}
    row |= {"first_seen": MONDAY, "changed": MONDAY}

    def seconds(start, count):
        some = [
            row | {"key": f"{n}", "title": f"{n}", "body_text": text(n)}
            for n in range(start, start + count)
        ]

        def query(tx):
            tx.execute(insert(ArticleRow), some)
            began = time.process_time()
            for one in tx.execute(
                select(ArticleRow).order_by(col(ArticleRow.id).desc()).limit(count)
            ).all():
                near_duplicates.link_duplicates(
                    tx, [near_duplicates.SavedText(one[0].id, one[0].body_text)]
                )
            return time.process_time() - began

        return db.write(query)

    def text(n):
        return f"{openings[n % 5]} {a_text(1000 + n, 180)}" if n % 10 else STORY

    seconds(0, 200)
    small = seconds(200, 200)
    seconds(400, 1200)

    assert seconds(1600, 200) < 2 * small
    assert db.read(lambda tx: tx.scalar(select(func.count()).select_from(CopyRow))) == 179
