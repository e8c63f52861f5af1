"""Readers whose edition is still tried when the next one is made: they get it with that one."""

import pytest
from sqlalchemy import text

from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.publish import approve, publish
from digest.core.newsletters.newsletter import Approval
from digest.core.readers.cadence import Cadence
from digest.store.readers import subscriber_settings
from tests.actions.editions.test_cadence import ADA, BO, WEEK, WEEKLY, WEEKS, days, write
from tests.builders import MONDAY, a_newsletter
from tests.sending import send
from tests.stock import enrol


@pytest.fixture(autouse=True)
def readers(db):
    enrol(db, ADA, BO, now=MONDAY - WEEK)


def weekly(db, factory, week, newsletter=WEEKLY, failing=()):
    """An edition with a new story; what Ada got of it."""
    at = WEEKS[week]
    write(db, f"Of {at:%d %b}", at)
    return days(send(db, factory, newsletter, at, failing).get(ADA, []))


def put_off(db):
    """The server told Ada's newest delivery to come later, and is still to be asked."""
    sql = (
        "UPDATE delivery SET state = 'deferred', why = '450 4.2.0 not now' WHERE id ="
        " (SELECT max(id) FROM delivery WHERE subscriber_id = 1)"
    )
    db.write(lambda tx: tx.execute(text(sql)))


def arrived(db):
    db.write(lambda tx: tx.execute(text("UPDATE delivery SET state = 'sent' WHERE why != ''")))


def test_who_was_put_off_for_a_week_has_both_with_the_next(db, factory):
    weekly(db, factory, 0, failing=[ADA])
    put_off(db)

    assert weekly(db, factory, 1) == ["09 Mar", "16 Mar"]
    assert weekly(db, factory, 2) == ["23 Mar"]


def test_so_has_who_was_put_off_twice(db, factory):
    for week in (0, 1):
        weekly(db, factory, week, failing=[ADA])
        put_off(db)

    assert weekly(db, factory, 2) == ["16 Mar", "23 Mar"]  # 9 March is out of the lookback


def test_the_plan_says_so_before(db, factory):
    weekly(db, factory, 0, failing=[ADA])
    put_off(db)
    write(db, "Of 16 Mar", WEEKS[1])

    shown = explain_reader(db, factory, plan(db, WEEKLY, WEEKS[1]), reader_of(db, ADA))

    assert shown
    assert days(entry.title for entry, shows, _ in shown.stories if shows) == ["09 Mar", "16 Mar"]


@pytest.mark.parametrize("cadence", [Cadence.SECOND, Cadence.MONTHLY])
def test_it_is_the_turn_of_who_missed_theirs(db, factory, cadence):
    db.write(
        subscriber_settings.set_cadence,
        reader_of(db, ADA).subscriptions[0].id,
        cadence,
        MONDAY - WEEK,
    )
    weekly(db, factory, 0, failing=[ADA])
    put_off(db)

    assert weekly(db, factory, 1) == ["09 Mar", "16 Mar"]


def test_what_arrives_while_a_draft_waits_comes_no_second_time(db, factory):
    required = a_newsletter(topics=(), approval=Approval("required"))
    weekly(db, factory, 0, failing=[ADA])
    put_off(db)
    write(db, "Of 16 Mar", WEEKS[1])
    draft = publish(db, factory, required, WEEKS[1], WEEKS[1], planned=True).edition
    arrived(db)

    approve(db, factory, required, draft, WEEKS[1])

    assert days(send(db, factory, required, WEEKS[1])[ADA]) == ["16 Mar"]


def test_nobody_else_gets_what_is_made_up_for(db, factory):
    weekly(db, factory, 0, failing=[ADA])
    put_off(db)
    write(db, "Of 16 Mar", WEEKS[1])
    assert days(send(db, factory, WEEKLY, WEEKS[1])[BO]) == ["16 Mar"]
