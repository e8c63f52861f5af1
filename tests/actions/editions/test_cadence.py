"""Readers in their own rhythm: every second edition, one a month, none for a while."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.actions.editions import plan as planning
from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.publish import publish
from digest.core.message.story_choice import Format
from digest.core.newsletters.newsletter import Approval
from digest.core.readers.cadence import Cadence
from digest.store.delivery import deliveries
from digest.store.editions import confirmed_signup
from digest.store.readers import subscriber_settings
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.sending import send
from tests.stock import enrol, keep_article, new_store

WEEKLY = a_newsletter(topics=())
ADA, BO, CY = (f"{name}@reader.example" for name in ("ada", "bo", "cy"))
DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS = [MONDAY + n * WEEK for n in range(9)]
"""9, 16, 23, 30 March, 6, 13, 20, 27 April, 4 May."""


@pytest.fixture(autouse=True)
def readers(db):
    enrol(db, ADA, BO, now=MONDAY - WEEK)


def write(db, title, at, **more):
    words = {"body_text": f"{title} has its own words, which no other has."} | more
    address = f"https://harbour.example/{title.replace(' ', '-')}"
    keep_article(db, title, url=address, published=at - timedelta(hours=1), **words)


def editions(db, factory, moments, failing=(), newsletter=WEEKLY):
    """An edition each with one new story, called after its day; gives what Ada and Bo got."""
    got = []
    for at in moments:
        write(db, f"Of {at:%d %b}", at)
        mail = send(db, factory, newsletter, at, failing=failing)
        got.append((days(mail.get(ADA, [])), days(mail.get(BO, []))))
    return got


def days(titles):
    return sorted(title.removeprefix("Of ") for title in titles)


def subscription(db, email):
    return reader_of(db, email).subscriptions[0].id


def cadence(db, email, chosen, now=MONDAY):
    db.write(subscriber_settings.set_cadence, subscription(db, email), chosen, now)


def pause(db, email, until, now=MONDAY, *, catch_up=False):
    db.write(subscriber_settings.set_pause, email, until, "they paused", now, catch_up=catch_up)


def skipped(db, email):
    rows = db.read(
        lambda tx: tx.execute(
            text(
                "SELECT why FROM delivery JOIN subscriber ON subscriber.id = subscriber_id"
                " WHERE subscriber.key = :key AND state = 'skipped' ORDER BY delivery.id"
            ),
            {"key": email},
        ).all()
    )
    return [row.why for row in rows]


def test_every_second_edition_brings_what_the_one_between_had(db, factory):
    cadence(db, ADA, Cadence.SECOND)

    got = editions(db, factory, WEEKS[:4])

    assert [ada for ada, _ in got] == [["09 Mar"], [], ["16 Mar", "23 Mar"], []]
    assert [bo for _, bo in got] == [["09 Mar"], ["16 Mar"], ["23 Mar"], ["30 Mar"]]
    assert (
        skipped(db, ADA)
        == ["not their turn: they get every second edition; they get it with the next"] * 2
    )


def test_the_first_edition_of_a_month_brings_the_whole_month(db, factory):
    cadence(db, ADA, Cadence.MONTHLY)

    got = [ada for ada, _ in editions(db, factory, WEEKS)]

    assert got[0] == ["09 Mar"]
    assert got[4] == ["06 Apr", "16 Mar", "23 Mar", "30 Mar"]
    assert got[8] == ["04 May", "13 Apr", "20 Apr", "27 Apr"]
    assert [bool(one) for one in got] == [True, *[False] * 3, True, *[False] * 3, True]


def test_from_weekly_to_monthly_and_back_there_is_no_gap_and_no_repeat(db, factory):
    got = editions(db, factory, WEEKS[:2])
    cadence(db, ADA, Cadence.MONTHLY, WEEKS[1])
    got += editions(db, factory, WEEKS[2:7])
    cadence(db, ADA, Cadence.EVERY, WEEKS[6])
    got += editions(db, factory, WEEKS[7:])

    ada = [one for mail, _ in got for one in mail]
    assert [len(mail) for mail, _ in got] == [1, 1, 0, 0, 3, 0, 0, 3, 1]
    assert len(ada) == len(set(ada)) == len(WEEKS)


def test_a_month_that_did_not_arrive_comes_with_the_next_edition(db, factory):
    cadence(db, ADA, Cadence.MONTHLY)
    editions(db, factory, WEEKS[:4])
    editions(db, factory, WEEKS[4:5], failing=[ADA])

    got = [ada for ada, _ in editions(db, factory, WEEKS[5:7])]

    assert got == [["06 Apr", "13 Apr", "16 Mar", "23 Mar", "30 Mar"], []]


def test_what_is_new_and_what_waited_comes_whole_whatever_an_edition_may_have(db, factory):
    cadence(db, ADA, Cadence.MONTHLY)
    short = a_newsletter(topics=(), rules=some_rules(max_articles=1))

    got = [ada for ada, _ in editions(db, factory, WEEKS[:5], newsletter=short)]

    assert len(got[4]) == 4


def test_in_a_pause_nothing_comes_and_it_passes_them_by(db, factory):
    pause(db, ADA, WEEKS[3])

    got = [ada for ada, _ in editions(db, factory, WEEKS[:5])]

    assert got == [[], [], [], ["30 Mar"], ["06 Apr"]]
    assert set(skipped(db, ADA)) == {
        "they paused until 2026-03-30; what comes meanwhile passes them by"
    }


def test_after_a_pause_the_best_of_it_comes_as_much_as_an_edition_may_have(db, factory):
    pause(db, ADA, WEEKS[4], catch_up=True)
    write(db, "Of the long read", WEEKS[1], body_text="A long story. " * 300)
    small = a_newsletter(topics=(), rules=some_rules(max_articles=3))

    got = [ada for ada, _ in editions(db, factory, WEEKS[:6], newsletter=small)]

    assert got[:4] == [[]] * 4
    assert len(got[4]) == 3
    assert {"06 Apr", "the long read"} < set(got[4])
    assert got[5] == ["13 Apr"]


def test_what_waited_before_a_pause_comes_after_it(db, factory):
    cadence(db, ADA, Cadence.MONTHLY)
    editions(db, factory, WEEKS[:2])
    pause(db, ADA, WEEKS[4])

    got = [ada for ada, _ in editions(db, factory, WEEKS[2:5])]

    assert got == [[], [], ["06 Apr", "16 Mar"]]


def test_a_pause_takes_hold_of_what_is_prepared(db, factory):
    write(db, "Of 09 Mar", MONDAY)
    kept = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition
    held = db.write(deliveries.claim_deliveries, "me", 1, MONDAY, DAY, kept.id)

    pause(db, ADA, WEEKS[1], catch_up=True)
    pause(db, BO, WEEKS[1])

    assert len(held) == 1
    assert db.write(deliveries.claim_deliveries, "me", 100, MONDAY, DAY, kept.id) is None
    assert skipped(db, ADA) == skipped(db, BO) == ["they paused"]
    got = editions(db, factory, WEEKS[1:2])
    assert got == [(["09 Mar", "16 Mar"], ["16 Mar"])]


def test_a_pause_can_be_ended_early(db, factory):
    pause(db, ADA, MONDAY + 300 * DAY, catch_up=True)
    editions(db, factory, WEEKS[:2])

    db.write(subscriber_settings.end_pause, ADA, WEEKS[1] + DAY)

    assert editions(db, factory, WEEKS[2:3])[0][0] == ["09 Mar", "16 Mar", "23 Mar"]


def test_what_an_edition_can_not_keep_for_those_who_wait_has_its_reason(db, factory, monkeypatch):
    monkeypatch.setattr(planning, "MOST_CARRIED", 2)
    cadence(db, ADA, Cadence.MONTHLY)
    editions(db, factory, WEEKS[:4])
    write(db, "Of 06 Apr", WEEKS[4])

    drawn = plan(db, WEEKLY, WEEKS[4])

    reasons = {left.article.title: left.why for left in drawn.selection.leftouts}
    assert drawn.edition
    assert {a.title for a in drawn.edition.articles} == {"Of 06 Apr", "Of 30 Mar", "Of 23 Mar"}
    assert "others for those who missed them" in reasons["Of 16 Mar"]


@pytest.mark.parametrize("weeks", [1, 2])
def test_a_draft_from_before_their_choice_leaves_what_they_miss_to_the_next(db, factory, weeks):
    """It was drawn up when it was not their turn, and waited for its approval."""
    cadence(db, ADA, Cadence.MONTHLY)
    editions(db, factory, WEEKS[: weeks + 1])
    at, careful = WEEKS[weeks + 1], a_newsletter(topics=(), approval=Approval("required"))
    write(db, "Of the draft", at)
    publish(db, factory, careful, at, at, planned=True)
    cadence(db, ADA, Cadence.EVERY, at + timedelta(hours=1))

    got = days(send(db, factory, careful, at)[ADA])
    rest = editions(db, factory, [at + WEEK])[0][0]

    assert got == ["the draft"]
    assert len(rest) == weeks + 1


def test_a_reader_is_told_why_a_planned_edition_is_not_for_them(db, factory):
    cadence(db, ADA, Cadence.SECOND)
    pause(db, BO, WEEKS[3])
    editions(db, factory, WEEKS[:1])
    write(db, "Of 16 Mar", WEEKS[1])

    ada, bo = (
        explain_reader(db, factory, plan(db, WEEKLY, WEEKS[1]), reader_of(db, who))
        for who in (ADA, BO)
    )

    assert ada
    assert bo
    assert ada.why.startswith("not their turn: they get every second edition")
    assert bo.why == "they paused until 2026-03-30; what comes meanwhile passes them by"


def test_once_all_are_as_they_were_they_are_entered_in_one_statement_again(
    db, factory, monkeypatch
):
    cadence(db, ADA, Cadence.MONTHLY)
    editions(db, factory, WEEKS[:3])
    cadence(db, ADA, Cadence.EVERY, WEEKS[2])
    editions(db, factory, WEEKS[3:5])
    monkeypatch.setattr("digest.actions.editions.publish._enter_each", None)

    assert editions(db, factory, WEEKS[5:6]) == [(["13 Apr"], ["13 Apr"])]
    assert reader_of(db, ADA).subscriptions[0].owed_since is None


# ---------------------------------------------------------------- over any sequence

whom = st.sampled_from([ADA, BO])
events = st.lists(
    st.one_of(
        st.tuples(st.just("edition"), st.integers(1, 9)),
        st.tuples(st.just("edition"), st.integers(1, 9)),
        st.tuples(st.just("later"), st.integers(5, 25)),
        st.tuples(st.just("cadence"), whom, st.sampled_from(list(Cadence))),
        st.tuples(st.just("pause"), whom, st.integers(1, 60), st.booleans()),
        st.tuples(st.just("resume"), whom),
        st.tuples(st.just("format"), whom, st.sampled_from(list(Format))),
        st.tuples(st.just("fail"), st.just(CY)),
    ),
    min_size=4,
    max_size=14,
)


class Year:
    """A newsletter and three readers over a stretch of time."""

    def __init__(self, db, factory):
        self.db, self.factory, self.at, self.made = db, factory, MONDAY, 0
        self.failing: list[str] = []
        self.had: dict[str, list[str]] = {ADA: [], BO: [], CY: []}
        enrol(db, ADA, BO, CY, now=MONDAY - DAY)

    def edition(self, hours):
        self.at += timedelta(days=1, hours=hours)
        self.made += 1
        write(self.db, f"Story {self.made:03}", self.at)
        for email, titles in send(self.db, self.factory, WEEKLY, self.at, self.failing).items():
            self.had[email] += titles
        self.failing = []

    def later(self, days):
        self.at += timedelta(days=days)

    def cadence(self, email, chosen):
        cadence(self.db, email, chosen, self.at)

    def pause(self, email, days, catch_up):
        pause(self.db, email, self.at + days * DAY, self.at, catch_up=catch_up)

    def resume(self, email):
        self.db.write(subscriber_settings.end_pause, email, self.at)

    def format(self, email, wanted):
        self.db.write(subscriber_settings.set_format, email, wanted)

    def fail(self, email):
        self.failing = [email]

    def passed(self, email):
        """What passed somebody by, by the ledger: new in an edition in whose time they paused."""
        rows = self.db.read(
            lambda tx: tx.execute(
                text(
                    "SELECT title, delivery.why FROM delivery"
                    " JOIN subscriber ON subscriber.id = subscriber_id AND subscriber.key = :key"
                    " JOIN edition_article ON edition_article.edition_id = delivery.edition_id"
                    " JOIN article ON article.id = article_id WHERE passed AND taken"
                ),
                {"key": email},
            ).all()
        )
        assert all(row.why.startswith("they paused") for row in rows)
        return {row.title for row in rows}


@pytest.mark.slow
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events)
def test_over_any_sequence_there_is_no_gap_but_what_a_pause_let_pass_and_no_repeat(factory, events):
    with TemporaryDirectory() as folder:
        db = new_store(Path(folder))
        year = Year(db, factory)
        end = ("later", 70), ("edition", 1)
        for name, *arguments in [*events, *end, *end]:
            getattr(year, name)(*arguments)
        everything = {f"Story {n + 1:03}" for n in range(year.made)}
        last = {f"Story {year.made:03}"}  # some of them have to wait for it
        for email in (ADA, BO):
            assert len(year.had[email]) == len(set(year.had[email])), email
            due = everything - year.passed(email)
            assert set(year.had[email]) | last == due | last, email
        assert len(year.had[CY]) == len(set(year.had[CY]))
        db.close()


def test_the_last_second_of_a_month_is_not_the_next_month(db, factory):
    cadence(db, ADA, Cadence.MONTHLY)
    last, first = (datetime(2026, 3, 31, hour, 30, tzinfo=UTC) for hour in (20, 22))

    assert [ada for ada, _ in editions(db, factory, [MONDAY, last, first])][1] == []


def test_who_joins_anew_is_told_that_the_next_edition_comes_so_a_break_ends(db, factory):
    pause(db, ADA, MONDAY + 30 * DAY)

    db.write(confirmed_signup.join, ADA, ADA, ["weekly"], MONDAY - DAY)

    assert editions(db, factory, WEEKS[:1]) == [(["09 Mar"], ["09 Mar"])]
