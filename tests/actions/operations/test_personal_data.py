"""What is held about a person: all of it shown, all of it forgotten."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.actions.editions.publish import publish
from digest.actions.operations.personal_data import forget_person, show_person
from digest.actions.readers.subscribe import add_subscriber, remove_subscriber, subscription_of_link
from digest.actions.readers.subscriber_lists import ListOptions, import_list
from digest.actions.transactional import signup
from digest.actions.transactional.signup import SignupForm
from digest.core.message.signed_token import sign
from digest.core.readers.double_opt_in import Quota
from digest.core.readers.reader import Enrolment
from digest.errors import DigestError, UsageError
from digest.store.database import database
from digest.store.delivery import deliveries
from digest.store.editions import confirmed_signup
from digest.store.operations import personal_data
from digest.store.readers import subscriber_settings, subscribers
from digest.store.tables.notices import NoticeRow
from digest.store.tables.schema import SCHEMA
from tests.builders import MONDAY, calendar
from tests.publications import SECRET, fill, found, open_app
from tests.stock import DEAD, a_reader

ADA, BEN = "ada.quay@reader.example", "ben@reader.example"
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def app(tmp_path):
    """A publication in whose store Ada left traces wherever a reader can."""
    app = open_app(found(tmp_path))
    fill(app, ADA, BEN)
    weekly = app.newsletter("weekly")
    asked = SignupForm(ADA, ADA, (weekly,), "page", "The words", "198.51.100.7")
    number = signup.ask(app.db, asked, Quota(), SECRET, MONDAY)
    assert isinstance(number, int)
    consent = signup.consent_of_link(app.db, sign("confirm", number, SECRET), SECRET)
    assert consent
    signup.confirm_signup(app.db, consent, "198.51.100.7", SECRET, MONDAY)
    app.db.write(subscriber_settings.set_preferences, ADA, ["world"], ["-Mara Lind"], MONDAY)
    app.db.write(subscriber_settings.set_preferences, ADA, [], [], MONDAY)
    publish(app.db, app.factory, weekly, MONDAY, MONDAY)
    app.db.write(
        subscribers.suppress,
        ADA,
        "weekly",
        DEAD._replace(words=f"550 <{ADA}> is unknown here"),
        MONDAY,
    )
    app.db.write(traces)
    yield app
    app.db.close()


def traces(tx):
    tx.add(NoticeRow(key="failed 1", email=ADA, state="sent", changed=MONDAY))
    said = {"said": f"550 5.1.1 <{ADA.upper()}> no such user"}
    tx.execute(
        text("UPDATE delivery SET state = 'failed', why = :said WHERE subscriber_id = 1"), said
    )
    tx.execute(text("UPDATE subscriber SET name = 'Ada Quay' WHERE id = 1"))


def counts(app):
    """What editions add up to."""
    query = text("SELECT edition_id, state, count(*) FROM delivery GROUP BY 1, 2 ORDER BY 1, 2")
    return app.db.read(lambda tx: [tuple(row) for row in tx.execute(query)])


# ---------------------------------------------------------------- shown


def test_every_table_about_readers_is_shown_and_every_other_is_known_not_to_be():
    """A table that comes to the store must be decided on."""
    about = {"subscriber_id", "subscription_id", "email", "key"}
    of_articles = {"article", "author"}  # their keys compare articles and writers
    personal = {
        name
        for name, table in SCHEMA.tables.items()
        if name not in of_articles and about & set(table.columns.keys())
    }
    assert personal == set(personal_data.PERSONAL)
    for name, table in SCHEMA.tables.items():
        for key in table.foreign_keys:
            if key.column.table.name in {"subscriber", "subscription", "consent", "delivery"}:
                assert name in personal_data.PERSONAL, name


def test_everything_is_shown_row_by_row(app):
    person = show_person(app.db, ADA.upper(), SECRET)

    assert set(person.held) == set(personal_data.PERSONAL)
    assert all(person.held.values())
    for table, rows in person.held.items():
        assert set(SCHEMA.tables[table].columns.keys()) <= set(rows[0])
    (delivery,) = person.held["delivery"]
    assert delivery["articles"] == ["The tide gauge"]
    assert (delivery["newsletter"], delivery["at"]) == ("weekly", MONDAY)
    assert person.held["consent"][0]["text"] == "The words"
    assert person.reader
    assert person.reader.email == ADA


def test_of_who_only_asked_that_is_shown(app):
    asked = SignupForm(cy := "cy@reader.example", cy, (app.newsletter("weekly"),), "page", "words")
    signup.ask(app.db, asked, Quota(), SECRET, MONDAY)
    person = show_person(app.db, cy, SECRET)
    assert person.reader is None
    assert [table for table, rows in person.held.items() if rows] == ["consent"]


# ---------------------------------------------------------------- forgotten


def test_no_byte_of_the_store_tells_who_was_forgotten(app):
    before = counts(app)
    assert forget_person(app.db, ADA, SECRET, LATER)

    for path in app.db.path.parent.glob("digest.db*"):
        content = path.read_bytes().lower()
        for trace in (b"ada.quay", b"ada quay", b"198.51.100", b"-mara lind"):
            assert trace not in content, (path, trace)
    assert counts(app) == before
    assert BEN in app.db.path.read_bytes().decode("latin-1")


def test_who_was_forgotten_is_not_mailed_and_can_not_be_shown(app):
    app.db.write(lambda tx: tx.execute(text("UPDATE delivery SET state = 'pending', why = ''")))
    forget_person(app.db, ADA, SECRET, LATER)

    claims = app.db.write(deliveries.claim_deliveries, "owner", 10, LATER, timedelta(minutes=5))

    assert [claim.email for claim in claims] == [BEN]
    with pytest.raises(UsageError, match="was forgotten"):
        show_person(app.db, ADA, SECRET)
    assert [one.email for one in app.db.read(lambda tx: list(subscribers.all_subscribers(tx)))] == [
        BEN
    ]


def test_doing_it_again_changes_nothing_and_an_unknown_address_is_said(app):
    forget_person(app.db, ADA, SECRET, LATER)
    before = stored(app)
    assert forget_person(app.db, ADA, SECRET, LATER + timedelta(days=1))
    assert stored(app) == before
    with pytest.raises(UsageError, match="no such subscriber"):
        forget_person(app.db, "nobody@reader.example", SECRET, LATER)


@pytest.mark.parametrize("status", ["active", "unsubscribed"])
def test_no_list_brings_them_back_and_none_writes_them_down(app, tmp_path, status):
    forget_person(app.db, ADA, SECRET, LATER)
    path = tmp_path / "readers.csv"
    path.write_text(f"email,name,status\n{ADA.title()},Ada Quay,{status}\ncy@reader.example,Cy,\n")
    told = []

    done = import_list(
        path,
        app.db,
        ListOptions(["weekly"], SECRET),
        calendar(LATER),
        told=lambda *row: told.append(row),
    )

    assert (done.counts[Enrolment.GONE], done.counts[Enrolment.ADDED]) == (1, 1)
    assert told[0][2:] == ("left earlier", "they asked to be forgotten")
    with pytest.raises(DigestError, match="left earlier"):
        add_subscriber(app.db, a_reader(ADA), ["weekly"], LATER, SECRET)
    assert b"ada.quay" not in stored(app)


def stored(app):
    connection = sqlite3.connect(app.db.path)
    try:
        return "\n".join(connection.iterdump()).lower().encode()
    finally:
        connection.close()


def test_the_form_counts_them_and_writes_no_address_down(app):
    forget_person(app.db, ADA, SECRET, LATER)
    weekly = app.newsletter("weekly")
    form = SignupForm(ADA, ADA, (weekly,), "page", "The words", "198.51.100.9")

    quota = replace(Quota(), per_network=2)
    answers = [signup.ask(app.db, form, quota, SECRET, LATER) for _ in range(3)]

    assert [str(one) for one in answers] == ["quiet", "quiet", "busy"]
    assert b"ada.quay" not in stored(app)


def test_old_links_of_theirs_open_nothing(app):
    forget_person(app.db, ADA, SECRET, LATER)
    for purpose in ("unsubscribe", "preferences", "confirm"):
        assert subscription_of_link(app.db, sign(purpose, 1, SECRET), SECRET) is None
    assert not app.db.write(confirmed_signup.undo_unsubscribe, [1])


def test_who_was_removed_can_still_be_forgotten(app):
    remove_subscriber(app.db, ADA, LATER)
    assert forget_person(app.db, ADA, SECRET, LATER)
    assert b"ada.quay" not in stored(app)


def test_a_store_that_others_use_is_wiped_when_they_are_done(app, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    reader = sqlite3.connect(app.db.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subscriber").fetchone()
    assert not forget_person(app.db, ADA, SECRET, LATER)
    reader.close()
    assert forget_person(app.db, ADA, SECRET, LATER)
    assert b"ada.quay" not in app.db.path.read_bytes()
