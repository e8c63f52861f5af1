"""A reader's record, mended by hand."""

import pytest

from digest.actions.readers.edit_reader import (
    edit_reader,
    look_up_readers,
    remove_from_newsletters,
    take_back_removal,
)
from digest.errors import DigestError, UsageError
from digest.store.readers import subscribers
from digest.store.readers.directory import ReaderQuery
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.stock import DEAD, enrol, freeze, new_store, states

ADA = "ada@reader.example"


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    enrol(opened, ADA)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "act",
    [
        lambda db: edit_reader(db, "x@y.example", {}, "", SECRET),
        lambda db: remove_from_newsletters(db, "x@y.example", ["weekly"], MONDAY),
        lambda db: take_back_removal(db, "x@y.example"),
    ],
)
def test_who_is_unknown_is_named(db, act):
    with pytest.raises(UsageError, match="no such subscriber"):
        act(db)


def test_what_was_frozen_goes_to_the_new_address(db):
    freeze(db)
    edit_reader(db, ADA, {}, "ada@harbour.example", SECRET)
    assert states(db) == {"ada@harbour.example": "pending"}


def test_a_dead_address_stays_dead_and_the_new_one_is_mailed(db):
    db.write(subscribers.suppress, ADA, "", DEAD, MONDAY)
    edit_reader(db, ADA, {}, "ada@harbour.example", SECRET)
    assert db.read(subscribers.count_active, "weekly") == 1
    with pytest.raises(UsageError, match="may not be mailed"):
        edit_reader(db, "ada@harbour.example", {}, ADA, SECRET)


def test_a_dead_address_that_works_again_may_be_lifted(db):
    db.write(subscribers.suppress, ADA, "", DEAD, MONDAY)
    assert take_back_removal(db, ADA) == [("", DEAD.words)]
    assert db.read(subscribers.count_active, "weekly") == 1
    with pytest.raises(DigestError, match="was not removed"):
        take_back_removal(db, ADA)


def test_the_case_of_an_address_may_be_changed(db):
    assert edit_reader(db, ADA, {}, "Ada@Reader.example", SECRET).email == "Ada@Reader.example"
    assert look_up_readers(db, ReaderQuery("ada@"), 10)[0] == 1
