"""What another system knew of readers, in the store."""

from datetime import timedelta

import pytest

from digest.store.operations.personal_data import held_about
from digest.store.readers.migrated import (
    Arrival,
    MigratedConsent,
    write_arrivals,
    write_consents,
)
from tests.builders import MONDAY
from tests.stock import enrol, new_store

ADA = "ada@reader.example"
EARLIER = MONDAY - timedelta(days=400)


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    enrol(opened, ADA)
    yield opened
    opened.close()


def held(db, table="subscriber"):
    return db.read(held_about, ADA)[table]


def test_when_somebody_joined_is_kept_if_it_was_before_we_knew_them(db):
    db.write(write_arrivals, [Arrival(ADA, EARLIER, "de")])
    db.write(write_arrivals, [Arrival(ADA, MONDAY + timedelta(days=1)), Arrival(ADA)])
    (row,) = held(db)
    assert (row["added"], row["language"]) == (EARLIER, "de")


def test_a_proof_is_kept_once_and_only_of_readers(db):
    proof = MigratedConsent(ADA, ADA, ["weekly"], "a list", "asked: then", "", EARLIER, EARLIER)
    stranger = proof._replace(key="bo@reader.example", email="bo@reader.example")
    for _ in range(2):
        db.write(write_consents, [proof, stranger])
    (row,) = held(db, "consent")
    assert (row["text"], row["confirmed"]) == ("asked: then", EARLIER)
    assert db.read(held_about, "bo@reader.example")["consent"] == []
