"""The right key, a new one, and none."""

import pytest

from digest.actions.operations.signing_key import expect_right_key, rotate_key
from digest.config.secrets import Secret
from digest.core.message.signed_token import keys_of
from digest.errors import ConfigError, DigestError
from digest.store.message import signing_keys
from tests.builders import MONDAY
from tests.stock import new_store


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("first key\n")
    return Secret("web.secret", "config.toml:3", file=path)


def test_any_key_is_right_for_a_store_that_signed_nothing(db, secret):
    assert expect_right_key(db, secret) == "first key"


def test_each_change_keeps_all_that_signed(db, secret):
    db.write(signing_keys.remember_first_key, "first key", MONDAY)
    for _ in range(2):
        rotate_key(db, secret, MONDAY)
    keys = keys_of(expect_right_key(db, secret))
    assert (len(set(keys)), keys[-1]) == (3, "first key")


def test_a_file_that_can_not_be_written_changes_nothing(db, secret, tmp_path):
    db.write(signing_keys.remember_first_key, "first key", MONDAY)
    (tmp_path / ".secret.key.new").mkdir()
    with pytest.raises(DigestError, match="can't be written"):
        rotate_key(db, secret, MONDAY)
    assert expect_right_key(db, secret) == "first key"


def test_another_key_is_refused(db, secret):
    db.write(signing_keys.remember_first_key, "another key", MONDAY)
    with pytest.raises(ConfigError, match=r"config\.toml:3: web\.secret: this is another key"):
        expect_right_key(db, secret)
