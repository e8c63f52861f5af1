import threading
from datetime import timedelta

import pytest

from digest.core.editions.edition import EditionState
from digest.store.articles import articles
from digest.store.database.database import Database
from digest.store.delivery import recovery
from digest.store.editions import audience, edition_contents, editions
from digest.store.message import encoded_editions
from digest.store.newsletters import slots
from digest.store.newsletters.slots import TakenError
from tests.builders import MONDAY, a_selection
from tests.stock import contents, enrol, freeze, keep_article


def make(db, at=MONDAY, selection=None, planned=True):
    return db.write(
        edition_contents.make_edition, "weekly", at, contents(selection), planned=planned, now=at
    )


def test_a_moment_has_one_edition(db):
    make(db)

    with pytest.raises(TakenError):
        make(db)

    assert len(db.read(editions.newest_editions)) == 1


def test_an_article_is_in_one_edition_of_a_newsletter(db):
    article = keep_article(db)
    make(db, selection=a_selection(article))

    with pytest.raises(TakenError):
        make(db, MONDAY + timedelta(days=7), a_selection(article))

    assert len(db.read(editions.newest_editions)) == 1
    assert db.read(articles.seen, "weekly") == {article.id}
    assert db.read(articles.seen, "daily") == frozenset()


def test_a_refused_edition_leaves_its_moment_free(db):
    article = keep_article(db)
    make(db, selection=a_selection(article))
    later = MONDAY + timedelta(days=7)
    with pytest.raises(TakenError):
        make(db, later, a_selection(article))

    assert make(db, later).state is EditionState.DRAFT


def test_a_held_edition_gives_way_to_a_real_one(db):
    held = db.write(edition_contents.hold, "weekly", MONDAY, "too few", planned=True, now=MONDAY)
    again = db.write(
        edition_contents.hold, "weekly", MONDAY, "still too few", planned=True, now=MONDAY
    )
    made = make(db)

    assert held.state is again.state is EditionState.HELD
    assert again.why == "still too few"
    assert held.id == again.id == made.id
    assert [kept.state for kept in db.read(editions.newest_editions)] == [EditionState.DRAFT]
    assert made.why == ""
    assert db.read(slots.last_slot, "weekly") == MONDAY


def test_asking_in_vain_again_and_again_hides_no_edition(db):
    def hold(n, planned=False):
        at = MONDAY + timedelta(minutes=n)
        return db.write(
            edition_contents.hold, "weekly", at, "nothing new", planned=planned, now=at
        ).id

    sent = make(db).id
    planned = hold(1, planned=True)
    hours = [hold(n) for n in range(2, 40)]

    assert [kept.id for kept in db.read(editions.newest_editions)] == [hours[-1], planned, sent]
    assert [kept.id for kept in db.read(editions.newest_editions, 1)] == [hours[-1]]


def test_the_sheet_comes_back_byte_for_byte(db):
    made = make(db)

    assert db.read(encoded_editions.encoded_edition, made.id) == contents().encoded


def test_a_cancelled_edition_that_nobody_got_gives_its_articles_back(db):
    article = keep_article(db)
    made = make(db, selection=a_selection(article))

    db.write(editions.move, made.id, [made.state], EditionState.CANCELLED, "by hand", MONDAY)
    db.write(recovery.abandon, MONDAY)

    assert db.read(articles.seen, "weekly") == frozenset()
    make(db, MONDAY + timedelta(days=7), a_selection(article))


def test_only_planned_slots_count_for_the_timetable(db):
    make(db, MONDAY)
    make(db, MONDAY + timedelta(days=1), planned=False)

    assert db.read(slots.last_slot, "weekly") == MONDAY
    assert db.read(slots.last_slot, "daily") is None


def test_the_unfinished_edition_is_found_until_it_is_sent(db):
    enrol(db, "ada@reader.example")
    kept = freeze(db)

    assert db.read(editions.unfinished_edition, "weekly").id == kept.id
    db.write(editions.move, kept.id, editions.LIVE, EditionState.SENT, "", MONDAY)

    assert db.read(editions.unfinished_edition, "weekly") is None


def test_schedulers_that_race_for_a_slot_make_one_edition(db):
    made, lost = [], []

    def race():
        store = Database(db.path)
        try:
            made.append(make(store))
        except TakenError:
            lost.append(1)
        store.close()

    racers = [threading.Thread(target=race) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert (len(made), len(lost)) == (1, 5)


def test_the_audience_of_ten_thousand_is_one_statement(db):
    def many(tx):
        from sqlalchemy import text

        slots.know(tx, "weekly", MONDAY)
        tx.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 10000)"
                " INSERT INTO subscriber (key, email, name, tier, topics, authors, added)"
                " SELECT i||'@r.example', i||'@r.example', '', '', '[]', '[]', '2026-01-01' FROM n"
            )
        )
        tx.execute(
            text(
                "INSERT INTO subscription (subscriber_id, newsletter_id, status, since)"
                " SELECT id, 1, 'active', '2026-01-01' FROM subscriber"
            )
        )

    db.write(many)
    made = make(db)

    assert db.write(audience.fix_audience, made.id, MONDAY) == 10000


def test_a_moment_without_an_edition_is_listed_until_it_has_one(db):
    late = MONDAY - timedelta(days=7)
    decide = {"planned": True, "now": MONDAY}
    db.write(slots.decide, "weekly", MONDAY, "skipped", "it is 9 h late", **decide)
    db.write(slots.decide, "weekly", late, "asked", "it is late; you decide", **decide)

    both = db.read(slots.skipped_slots, late)
    make(db, late)

    assert [(one.at, one.decision) for one in both] == [(MONDAY, "skipped"), (late, "asked")]
    assert [one.at for one in db.read(slots.skipped_slots, late)] == [MONDAY]
    assert db.read(slots.skipped_slots, MONDAY + timedelta(days=1)) == []
