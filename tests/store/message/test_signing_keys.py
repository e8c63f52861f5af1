"""Which keys signed the links of a store."""

import pytest

from digest.core.message.signed_token import key_fingerprint
from digest.store.message import signing_keys
from tests.builders import MONDAY
from tests.stock import enrol, new_store


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def known(db):
    return {one.fingerprint for one in db.read(signing_keys.known_keys)}


def test_the_first_keys_are_known_and_no_others_by_themselves(db):
    db.write(signing_keys.remember_first_key, "new\nold\n", MONDAY)
    db.write(signing_keys.remember_first_key, "another", MONDAY)
    assert known(db) == {key_fingerprint("new"), key_fingerprint("old")}


def test_a_fingerprint_tells_nobody_the_key():
    assert "secret" not in key_fingerprint("secret")
    assert key_fingerprint("secret") != key_fingerprint("secret2")


def test_a_store_with_a_reader_may_have_signed(db):
    assert not db.read(signing_keys.may_have_signed)
    enrol(db, "ada@reader.example")
    assert db.read(signing_keys.may_have_signed)
