"""Readers of another system taken in: as a whole, or not at all."""

from datetime import UTC, datetime

import pytest

from digest.actions.readers import migrate_readers as module
from digest.actions.readers.migrate_readers import (
    MigrateOptions,
    migrate_readers,
    proof_in_words,
    read_lists,
    rehearse_migration,
)
from digest.core.readers.foreign_lists import ConsentProof
from digest.core.readers.list_states import ListState
from digest.core.readers.reader import Enrolment
from digest.errors import UsageError
from digest.store.readers import subscribers
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.stock import new_store

OPTIONS = MigrateOptions(["weekly"], SECRET, ["weekly", "daily"])


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def a_list(folder, text, name="list.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_people_are_counted_by_what_they_are_there_and_became_here(db, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PEOPLE_PER_COMMIT", 2)
    path = a_list(
        tmp_path,
        "email,status\na@b.example,active\nb@b.example,spam\nc@b.example,pending\n"
        "d@b.example,cleaned\nnobody,active\n",
    )
    found = read_lists([path], OPTIONS)
    steps: list[int] = []

    done = migrate_readers(db, found, OPTIONS, MONDAY, steps.append)

    assert {state.value: count for state, count in found.counts().items() if count} == {
        "active": 1, "unconfirmed": 1, "bounced": 1, "complained": 1,
    }  # fmt: skip
    assert done.by_state == {
        (ListState.ACTIVE, Enrolment.ADDED): 1,
        (ListState.COMPLAINED, Enrolment.GONE): 1,
        (ListState.DEAD, Enrolment.GONE): 1,
    }
    assert (found.rejections, steps) == (1, [2, 1])
    assert db.read(subscribers.count_active, "weekly") == 1


def test_a_rehearsal_says_the_same_and_changes_nothing(db, tmp_path):
    found = read_lists([a_list(tmp_path, "email\na@b.example\n")], OPTIONS)
    dry = rehearse_migration(db, found, OPTIONS, MONDAY)
    assert db.read(subscribers.count_active, "weekly") == 0
    assert dry == migrate_readers(db, found, OPTIONS, MONDAY)


def test_one_unclear_list_of_several_stops_all(tmp_path):
    clear = a_list(tmp_path, "email\na@b.example\n", "a.csv")
    unclear = a_list(tmp_path, "email,state\nb@b.example,resting\n", "b.csv")
    with pytest.raises(UsageError, match=r'state of .*b\.csv has "resting" \(1\)'):
        read_lists([clear, unclear], OPTIONS)


def test_who_left_all_stays_out_of_a_newsletter_that_comes_later(db, tmp_path):
    path = a_list(tmp_path, "email,status\na@b.example,unsubscribed\n")
    migrate_readers(db, read_lists([path], OPTIONS), OPTIONS, MONDAY)
    plain = a_list(tmp_path, "email\na@b.example\n", "plain.csv")
    options = MigrateOptions(["weekly", "news"], SECRET)

    later = datetime(2026, 5, 1, tzinfo=UTC)
    migrate_readers(db, read_lists([plain], options), options, later)

    assert db.read(subscribers.count_active, "news") == 0


def test_a_proof_is_told_in_words_as_it_was():
    at = datetime(2024, 2, 3, 10, tzinfo=UTC)
    assert proof_in_words(ConsentProof(at, None, "192.0.2.7", "landing page")) == (
        "asked: 2024-02-03 10:00:00 UTC; IP address: 192.0.2.7; source: landing page"
    )
