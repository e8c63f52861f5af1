"""Readers with choices: each gets their own edition, and never the same article twice."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.preview import NothingToShowError, preview
from digest.actions.editions.publish import publish
from digest.core.articles.topic_rules import TopicRule
from digest.core.message.story_choice import places_of
from digest.store.message import encoded_editions
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.sending import parts, send
from tests.stock import a_reader, keep_article, new_store

WEEK = timedelta(days=7)
TOPICS = (
    TopicRule("world", "World", keywords=("embassy",)),
    TopicRule("arts", "The Arts", keywords=("opera",)),
)
WEEKLY = a_newsletter(topics=TOPICS)
ADA, BO, CY = (f"{name}@reader.example" for name in ("ada", "bo", "cy"))


def enrol(db, email, now=MONDAY - WEEK, slugs=("weekly",), **wishes):
    db.write(enrol_all, [a_reader(email, **wishes)], list(slugs), now)


def fill(db, at=MONDAY, tag="The"):
    for n, word in enumerate(("embassy", "opera", "harbour")):
        keep_article(
            db,
            f"{tag} {word}",
            body_text=f"{tag} {word} has a {word}." + " And more." * (word == "embassy"),
            authors=("Mara Lind",) if n else ("Bo Lin",),
            published=at - timedelta(days=1),
        )


def test_each_reader_gets_what_they_chose(db, factory):
    enrol(db, ADA)
    enrol(db, BO, topics=("The Arts",))
    enrol(db, CY, authors=("-bo LIN",))
    fill(db)

    assert send(db, factory, WEEKLY) == {
        ADA: ["The embassy", "The harbour", "The opera"],
        BO: ["The opera"],
        CY: ["The harbour", "The opera"],
    }


def test_who_has_nothing_new_gets_nothing_and_the_reason_is_written_down(db, factory):
    enrol(db, ADA, topics=("sports",))
    fill(db)

    assert send(db, factory, WEEKLY) == {}
    rows = db.read(lambda tx: tx.execute(text("SELECT state, why FROM delivery")).all())
    assert rows == [
        (
            "skipped",
            "nothing in it for them: not among the topics and authors that they follow (3)",
        )
    ]


def test_the_subject_is_that_of_the_readers_own_lead(db, factory):
    enrol(db, BO, topics=("arts",))
    fill(db)
    kept = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition

    shown = preview(db, factory, WEEKLY, MONDAY, MONDAY, reader=BO)

    assert shown.subject == "The opera"
    assert kept.subject == "The embassy"
    html, _ = parts(shown.envelope.message)
    assert "1 story" in html
    assert "The embassy" not in html


def test_what_failed_to_arrive_comes_with_the_next_edition(db, factory):
    enrol(db, ADA)
    enrol(db, BO)
    fill(db)
    send(db, factory, WEEKLY, failing=[BO])
    fill(db, MONDAY + WEEK, "Next")

    got = send(db, factory, WEEKLY, MONDAY + WEEK)

    assert got[ADA] == ["Next embassy", "Next harbour", "Next opera"]
    assert set(got[BO]) == {*got[ADA], "The embassy", "The harbour", "The opera"}


def test_what_was_out_before_somebody_came_is_not_made_up_for(db, factory):
    enrol(db, ADA)
    fill(db)
    send(db, factory, WEEKLY, failing=[ADA])
    enrol(db, BO, MONDAY + timedelta(days=1))
    fill(db, MONDAY + WEEK, "Next")

    assert len(send(db, factory, WEEKLY, MONDAY + WEEK)[BO]) == 3


def test_what_a_reader_muted_is_not_made_up_for_when_they_change_their_mind(db, factory):
    enrol(db, ADA, topics=("-arts",))
    enrol(db, BO)
    fill(db)
    send(db, factory, WEEKLY, failing=[BO])
    enrol(db, ADA, topics=("-sports",))
    fill(db, MONDAY + WEEK, "Next")

    assert len(send(db, factory, WEEKLY, MONDAY + WEEK)[ADA]) == 3


@pytest.mark.parametrize("repeats", [False, True])
def test_another_newsletter_brings_it_again_only_if_it_may(db, factory, repeats):
    enrol(db, ADA, slugs=("weekly", "daily"))
    enrol(db, BO, slugs=("weekly",))
    fill(db)
    daily = a_newsletter(slug="daily", topics=TOPICS, rules=some_rules(max_articles=1))
    (first,) = send(db, factory, daily, MONDAY - timedelta(hours=1))[ADA]

    got = send(db, factory, a_newsletter(topics=TOPICS, repeats=repeats))

    assert (first in got[ADA]) == repeats
    assert first in got[BO]


def test_a_frozen_share_does_not_change_with_the_choice(db, factory):
    enrol(db, BO, topics=("arts",))
    fill(db)
    publish(db, factory, WEEKLY, MONDAY, MONDAY)
    enrol(db, BO, topics=("world",))

    shown = explain_reader(db, factory, plan(db, WEEKLY, MONDAY), reader_of(db, BO))

    assert shown is not None
    assert [entry.title for entry, inside, _ in shown.stories if inside] == ["The opera"]


def test_a_preview_for_somebody_who_gets_nothing_says_why(db, factory):
    enrol(db, ADA, topics=("-world", "-arts"), authors=("-Mara Lind",))
    fill(db)

    with pytest.raises(
        NothingToShowError, match="gets no mail: nothing in it for them: they muted"
    ):
        preview(db, factory, WEEKLY, MONDAY, MONDAY, reader=ADA)


def test_texts_of_the_config_that_a_small_message_can_not_fill_are_left_out(db, factory):
    enrol(db, BO, topics=("arts",))
    fill(db)
    wordy = a_newsletter(topics=TOPICS, intro="Also: {{ sections[1].name }}")

    shown = preview(db, factory, wordy, MONDAY, MONDAY, reader=BO)

    assert "Also" not in parts(shown.envelope.message)[0]
    assert "Also: " in parts(preview(db, factory, wordy, MONDAY, MONDAY).envelope.message)[0]


def test_an_edition_whose_audience_was_cut_off_goes_on_where_it_was(db, factory, monkeypatch):
    for n in range(7):
        enrol(db, f"reader{n}@reader.example", topics=("arts",) if n % 2 else ())
    fill(db)
    monkeypatch.setattr("digest.store.editions.audience.READERS_PER_COMMIT", 2)
    real = db.write

    def dies(query, *args, **rest):
        if query.__name__ == "enter_some" and args[1] >= 4:
            raise KeyboardInterrupt
        return real(query, *args, **rest)

    with monkeypatch.context() as cut:
        cut.setattr(db, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            publish(db, factory, WEEKLY, MONDAY, MONDAY)
    assert db.read(lambda tx: tx.execute(text("SELECT count(*) FROM delivery")).scalar()) == 4

    got = send(db, factory, WEEKLY)

    assert len(got) == 7
    assert db.read(lambda tx: tx.execute(text("SELECT count(*) FROM delivery")).scalar()) == 7


wishes = st.lists(st.sampled_from(["world", "-world", "arts", "-arts"]), max_size=2)
names = st.lists(st.sampled_from(["Mara Lind", "-Mara Lind", "Bo Lin"]), max_size=1)
events = st.lists(
    st.one_of(
        st.tuples(st.just("edition"), st.sets(st.sampled_from([ADA, BO]))),
        st.tuples(st.just("articles"), st.integers(1, 3)),
        st.tuples(st.just("edit"), st.integers(0, 9)),
        st.tuples(st.just("taste"), st.sampled_from([ADA, BO, CY]), wishes, names),
    ),
    min_size=3,
    max_size=9,
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events)
def test_over_any_sequence_nobody_gets_an_article_twice(factory, events):
    with TemporaryDirectory() as folder:
        db = new_store(Path(folder))
        had: dict[str, list[str]] = {ADA: [], BO: [], CY: []}
        for email in had:
            enrol(db, email)
        at, made = MONDAY, 0
        for event in [*events, ("edition", set())]:
            at += timedelta(days=1)
            match event:
                case "articles", count:
                    for _ in range(count):
                        made += 1
                        write(db, made, at)
                case "edit", n if made:
                    write(db, n % made + 1, at, "Mended. ")
                case "taste", email, topics, authors:
                    enrol(db, email, at, topics=tuple(topics), authors=tuple(authors))
                case "edition", failing:
                    for email, titles in send(db, factory, WEEKLY, at, failing=failing).items():
                        had[email] += titles
                case _:
                    pass
        db.close()
    for email, titles in had.items():
        assert len(titles) == len(set(titles)), email


def write(db, number, at, more=""):
    word = ("embassy", "opera", "harbour")[number % 3]
    keep_article(
        db,
        f"Story {number:03} of the {word}",
        url=f"https://harbour.example/{number}",
        body_text=f"{more}The {word} has number {number}.",
        authors=("Mara Lind",) if number % 2 else ("Bo Lin",),
        published=MONDAY + timedelta(hours=number),
    )


def test_places_and_bits_are_the_same():
    assert list(places_of(0b1011)) == [0, 1, 3]
    assert encoded_editions.mask(encoded_editions.bitset(0b1_0000_0001)) == 0b1_0000_0001
