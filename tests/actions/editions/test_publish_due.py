"""The timetable asks, the slot table answers: once per moment, late or not, alone or not."""

import multiprocessing
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.actions.delivery.status import cancel_edition
from digest.actions.editions.edit import edit_draft
from digest.actions.editions.publish import publish
from digest.actions.editions.publish_due import publish_due
from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.core.newsletters.newsletter import Approval
from digest.core.newsletters.timetable import Late
from digest.store.database.database import Database
from digest.store.editions import editions
from digest.store.newsletters import slots
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.publications import a_press
from tests.stock import enrol, keep_article, states

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def factory():
    return a_press()


@pytest.fixture
def stocked(db):
    """Two articles, two readers, and a slot three weeks ago: the newest that was dealt with."""
    stock(db)
    return db


def stock(db):
    keep_article(db, "The tide gauge", published=MONDAY - timedelta(days=2))
    keep_article(db, "The last ferry", published=MONDAY - timedelta(days=3))
    enrol(db, "ada@reader.example", "ben@reader.example", now=MONDAY - 4 * WEEK)
    ago = MONDAY - 3 * WEEK
    db.write(slots.decide, "weekly", ago, "edition", "", planned=True, now=ago)


def rows(db, query):
    return [tuple(row) for row in db.read(lambda tx: tx.execute(text(query)).all())]


def editions_in(db):
    return rows(db, "SELECT state FROM edition")


def decisions_in(db):
    return rows(db, "SELECT at, decision, why FROM slot ORDER BY at DESC")


def test_a_slot_that_has_come_gives_a_frozen_edition_for_everybody(stocked, factory):
    events = publish_due(stocked, factory, [a_newsletter()], MONDAY + MINUTE)

    assert [(e.newsletter, e.at, e.what) for e in events] == [("weekly", MONDAY, "frozen")]
    assert states(stocked) == {"ada@reader.example": "pending", "ben@reader.example": "pending"}


def test_before_its_slot_nothing_happens(stocked, factory):
    just_done = MONDAY - WEEK
    stocked.write(slots.decide, "weekly", just_done, "edition", "", planned=True, now=just_done)

    assert publish_due(stocked, factory, [a_newsletter()], MONDAY - MINUTE) == []
    assert editions_in(stocked) == []


def test_asked_again_there_is_nothing_left_to_do(stocked, factory):
    publish_due(stocked, factory, [a_newsletter()], MONDAY)

    again = [publish_due(stocked, factory, [a_newsletter()], MONDAY + n * HOUR) for n in range(3)]

    assert again == [[], [], []]
    assert editions_in(stocked) == [("frozen",)]


@pytest.mark.parametrize("policy", [Late("send"), Late("send_until", 6 * HOUR)])
def test_after_three_weeks_of_silence_one_edition_is_made_not_three(stocked, factory, policy):
    newsletter = a_newsletter(late=policy)

    events = publish_due(stocked, factory, [newsletter], MONDAY + HOUR)
    events += publish_due(stocked, factory, [newsletter], MONDAY + 2 * HOUR)

    assert [(e.at, e.what) for e in events] == [(MONDAY, "frozen")]
    assert editions_in(stocked) == [("frozen",)]


def test_a_newsletter_that_is_new_is_not_late(db, factory):
    keep_article(db, published=MONDAY - timedelta(days=2))

    assert publish_due(db, factory, [a_newsletter()], MONDAY + 5 * timedelta(days=1)) == []
    assert decisions_in(db) == []


@pytest.mark.parametrize(
    ("policy", "decision", "reason"),
    [
        (Late("skip"), "skipped", 'late = "skip"'),
        (Late("ask"), "asked", 'late = "ask"'),
        (Late("send_until", HOUR), "skipped", 'late = "send_until" allows 1 h only'),
    ],
)
def test_a_late_slot_that_is_not_sent_is_written_down_with_the_reason(
    stocked, factory, policy, decision, reason
):
    events = publish_due(stocked, factory, [a_newsletter(late=policy)], MONDAY + 3 * HOUR)

    newest = decisions_in(stocked)[0]
    assert [e.what for e in events] == [decision]
    assert newest[1] == decision
    assert "3 h late" in newest[2]
    assert reason in newest[2]
    assert editions_in(stocked) == []


def test_a_late_slot_is_decided_on_once(stocked, factory):
    newsletter = a_newsletter(late=Late("skip"))
    publish_due(stocked, factory, [newsletter], MONDAY + 3 * HOUR)

    assert publish_due(stocked, factory, [newsletter], MONDAY + 4 * HOUR) == []
    assert len(decisions_in(stocked)) == 2


def test_after_a_skipped_slot_the_next_one_is_sent(stocked, factory):
    newsletter = a_newsletter(late=Late("skip"))
    publish_due(stocked, factory, [newsletter], MONDAY + 3 * HOUR)

    events = publish_due(stocked, factory, [newsletter], MONDAY + WEEK)

    assert [(e.at, e.what) for e in events] == [(MONDAY + WEEK, "frozen")]


def test_too_little_to_say_is_held_with_the_reason_and_not_tried_again(stocked, factory):
    newsletter = a_newsletter(rules=some_rules(min_articles=3))

    events = publish_due(stocked, factory, [newsletter], MONDAY)

    assert [e.what for e in events] == ["held"]
    assert "only 2 of at least 3" in events[0].why
    assert publish_due(stocked, factory, [newsletter], MONDAY + HOUR) == []
    assert states(stocked) == {}


def test_an_edition_that_was_made_by_hand_for_its_moment_is_left_as_it_is(stocked, factory):
    publish(stocked, factory, a_newsletter(), MONDAY, MONDAY)

    assert publish_due(stocked, factory, [a_newsletter()], MONDAY) == []
    assert editions_in(stocked) == [("frozen",)]


@pytest.fixture
def ahead(stocked):
    """The same, where last week's slot was dealt with, too."""
    at = MONDAY - WEEK
    stocked.write(slots.decide, "weekly", at, "edition", "", planned=True, now=at)
    return stocked


def test_an_edition_that_was_approved_before_its_moment_is_frozen_then(ahead, factory):
    publish(ahead, factory, a_newsletter(), MONDAY, MONDAY - HOUR)
    keep_article(ahead, "Too late for it", published=MONDAY - HOUR)

    assert publish_due(ahead, factory, [a_newsletter()], MONDAY - MINUTE) == []
    assert [e.what for e in publish_due(ahead, factory, [a_newsletter()], MONDAY)] == ["frozen"]
    assert editions_in(ahead) == [("frozen",)]
    assert rows(ahead, "SELECT count(*) FROM edition_article WHERE taken") == [(2,)]


# ---------------------------------------------------------------- ahead of its moment


AHEAD = 12 * HOUR


@pytest.mark.parametrize("policy", ["auto", "required"])
def test_a_draft_is_made_ahead_and_kept_up_to_date(ahead, factory, policy):
    newsletter = a_newsletter(draft_ahead=AHEAD, approval=Approval(policy))

    def beat(at):
        return [event.what for event in publish_due(ahead, factory, [newsletter], at)]

    assert beat(MONDAY - AHEAD - MINUTE) == []
    assert beat(MONDAY - AHEAD) == ["draft"]
    keep_article(ahead, "A later piece", published=MONDAY - 2 * HOUR)
    assert beat(MONDAY - HOUR) == []
    assert rows(ahead, "SELECT count(*) FROM edition_article WHERE taken") == [(3,)]
    assert beat(MONDAY) == (["frozen"] if policy == "auto" else [])
    assert beat(MONDAY + MINUTE) == []


def test_what_an_editor_touched_is_left_as_it_is(ahead, factory):
    newsletter = a_newsletter(draft_ahead=AHEAD)
    publish_due(ahead, factory, [newsletter], MONDAY - AHEAD)
    (draft,) = ahead.read(editions.drafts)
    intro = DraftEdit(EditKind.INTRO, text="Hello.")
    edit_draft(ahead, factory, newsletter, draft, [intro], "ada", MONDAY - 3 * HOUR)
    keep_article(ahead, "A later piece", published=MONDAY - 2 * HOUR)

    publish_due(ahead, factory, [newsletter], MONDAY - HOUR)
    ended = publish_due(ahead, factory, [newsletter], MONDAY)

    assert [event.what for event in ended] == ["frozen"]
    assert rows(ahead, "SELECT count(*) FROM edition_article WHERE taken") == [(2,)]
    assert rows(ahead, "SELECT intro FROM variant") == [("Hello.",)]


def test_a_cancelled_draft_is_not_made_again_by_the_schedule(ahead, factory):
    newsletter = a_newsletter(draft_ahead=AHEAD)
    publish_due(ahead, factory, [newsletter], MONDAY - AHEAD)
    cancel_edition(ahead, 1, MONDAY - HOUR)

    for minutes in (-30, 0, 1, 60):
        assert publish_due(ahead, factory, [newsletter], MONDAY + minutes * MINUTE) == []
    assert editions_in(ahead) == [("cancelled",)]


@pytest.mark.parametrize("late", [Late("skip"), Late("ask"), Late("send_until", HOUR)])
def test_a_draft_whose_moment_passed_while_nothing_ran_goes_by_the_rule_for_late(
    ahead, factory, late
):
    newsletter = a_newsletter(draft_ahead=AHEAD, late=late)
    publish_due(ahead, factory, [newsletter], MONDAY - AHEAD)

    assert publish_due(ahead, factory, [newsletter], MONDAY + 5 * HOUR) == []
    assert editions_in(ahead) == [("draft",)]


def test_too_little_ahead_of_the_moment_makes_no_draft_and_is_no_word_on_it(ahead, factory):
    newsletter = a_newsletter(draft_ahead=AHEAD, rules=some_rules(min_articles=3))

    assert publish_due(ahead, factory, [newsletter], MONDAY - AHEAD) == []
    keep_article(ahead, "The third", published=MONDAY - HOUR)
    assert [e.what for e in publish_due(ahead, factory, [newsletter], MONDAY)] == ["frozen"]


def test_a_draft_waits_for_its_time_and_is_then_approved_once(stocked, factory):
    newsletter = a_newsletter(approval=Approval("auto_after", 2 * HOUR))

    first = publish_due(stocked, factory, [newsletter], MONDAY)
    early = publish_due(stocked, factory, [newsletter], MONDAY + HOUR)
    assert ([e.what for e in first], early, states(stocked)) == (["draft"], [], {})

    then = publish_due(stocked, factory, [newsletter], MONDAY + 2 * HOUR)
    after = publish_due(stocked, factory, [newsletter], MONDAY + 3 * HOUR)
    assert [e.what for e in then] == ["frozen"]
    assert after == []
    assert len(states(stocked)) == 2


def test_a_draft_that_needs_a_person_waits_for_one(stocked, factory):
    newsletter = a_newsletter(approval=Approval("required"))
    publish_due(stocked, factory, [newsletter], MONDAY)

    assert publish_due(stocked, factory, [newsletter], MONDAY + timedelta(days=6)) == []
    assert editions_in(stocked) == [("draft",)]


def _publish_at_once(path, barrier, answers):
    db, factory = Database(path), a_press()
    barrier.wait(60)
    answers.put([event.what for event in publish_due(db, factory, [a_newsletter()], MONDAY)])
    db.close()


def test_two_schedulers_at_the_same_moment_make_one_edition(stocked):
    world = multiprocessing.get_context("spawn")
    barrier, answers = world.Barrier(2), world.Queue()
    both = [
        world.Process(target=_publish_at_once, args=(stocked.path, barrier, answers))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(60)

    told = [answers.get(timeout=5) for _ in both]
    assert [one.exitcode for one in both] == [0, 0]
    assert sorted(told) == [[], ["frozen"]]
    assert editions_in(stocked) == [("frozen",)]
    assert states(stocked) == {"ada@reader.example": "pending", "ben@reader.example": "pending"}
