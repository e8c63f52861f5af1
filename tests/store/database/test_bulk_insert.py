"""Rows that go into a table many at a time."""

import re

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from digest.store.database.bulk_insert import ROWS_A_STATEMENT, bulk_insert, to_db_value
from digest.store.tables.readers import SuppressionRow
from tests.builders import MONDAY


def rows(tx):
    columns = (SuppressionRow.key, SuppressionRow.why, SuppressionRow.at)
    return [tuple(row) for row in tx.execute(select(*map(col, columns)))]


def insert(tx, keys, why):
    at = to_db_value(tx, SuppressionRow, "at", MONDAY)
    own = [(key, "weekly") for key in keys]
    return bulk_insert(tx, SuppressionRow, ("key", "scope"), own, {"why": why, "at": at})


def test_what_all_have_is_given_once_and_what_clashes_is_left_as_it_is(db):
    keys = [f"reader{n}@reader.example" for n in range(ROWS_A_STATEMENT + 1)]

    assert db.write(insert, keys[1:], "left") == ROWS_A_STATEMENT
    assert db.write(insert, keys, "bounced") == 1

    assert sorted(db.read(rows)) == sorted(
        (key, "bounced" if key == keys[0] else "left", MONDAY) for key in keys
    )


@pytest.mark.parametrize("keys", [[], ["ada@reader.example"]])
def test_no_placeholder_has_a_number_which_python_3_14_refuses(db, keys):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    def noted(tx):
        event.listen(tx.connection(), "before_cursor_execute", note)
        return insert(tx, keys, "left")

    assert db.write(noted) == len(keys)
    assert len(statements) == len(keys)
    assert not re.search(r"\?\d", "".join(statements))
