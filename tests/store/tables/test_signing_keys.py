"""The table of keys."""

import pytest
from sqlalchemy.exc import IntegrityError

from digest.errors import StoreError
from digest.store.tables.signing_keys import SigningKeyRow
from tests.builders import MONDAY
from tests.stock import new_store


def test_a_key_is_in_it_once(tmp_path):
    db = new_store(tmp_path)

    def add(tx):
        tx.add(SigningKeyRow(fingerprint="ab12", since=MONDAY))
        tx.flush()

    db.write(add)
    with pytest.raises((IntegrityError, StoreError)):
        db.write(add)
    db.close()
