import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from digest.errors import StoreError
from digest.store.database import schema
from digest.store.database.database import Database, create


def test_a_missing_store_is_not_made_silently(tmp_path):
    path = tmp_path / "digest.db"

    with pytest.raises(StoreError, match=r"there is no store here.*digest init.*backup"):
        Database(path)

    assert not path.exists()


def test_creating_a_store_twice_leaves_the_first_as_it_is(tmp_path):
    path = tmp_path / "digest.db"

    assert create(path) is True
    before = path.read_bytes()
    assert create(path) is False

    assert path.read_bytes() == before


def test_a_store_in_a_missing_folder_says_so(tmp_path):
    with pytest.raises(StoreError, match="no such folder"):
        create(tmp_path / "nowhere" / "digest.db")


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "digest.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE precious (thing TEXT)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="a database of another program"):
        Database(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"not a database, but long enough to be read as one" * 40]
)
def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "digest.db"
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"an empty file|damaged"):
        create(path)

    assert path.read_bytes() == content


def test_a_damaged_store_is_named_and_left_alone(tmp_path, db):
    db.write(lambda tx: tx.execute(text("CREATE TABLE filler AS SELECT randomblob(100000) AS b")))
    db.close()
    with sqlite3.connect(db.path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    damaged = bytearray(db.path.read_bytes())
    for start in range(4096, len(damaged), 4096):
        damaged[start : start + 64] = os.urandom(64)
    db.path.write_bytes(damaged)

    with pytest.raises(StoreError, match=r"is damaged.*backup.*\.recover"):
        Database(db.path).check()

    assert db.path.read_bytes()[4096:] == bytes(damaged)[4096:]


def test_a_full_disk_is_one_plain_sentence_and_changes_nothing(db):
    def fill(tx):
        tx.execute(text("PRAGMA max_page_count = 1"))
        tx.execute(text("CREATE TABLE filler AS SELECT randomblob(10000000) AS b"))

    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        db.write(fill)

    tables = db.read(lambda tx: tx.execute(text("SELECT name FROM sqlite_master")).scalars().all())
    assert "filler" not in tables


def test_a_read_only_store_is_one_plain_sentence(db):
    def write(tx):
        tx.execute(text("PRAGMA query_only = ON"))
        tx.execute(text("CREATE TABLE filler (x)"))

    with pytest.raises(StoreError, match="can't be written; check the permissions"):
        db.write(write)


def test_a_locked_store_is_one_plain_sentence(db):
    holder = sqlite3.connect(db.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    impatient = Database(db.path, busy_seconds=0.01)

    with pytest.raises(StoreError, match="another program holds the store"):
        impatient.write(lambda tx: tx.execute(text("DELETE FROM article")))

    assert impatient.read(lambda tx: tx.execute(text("SELECT count(*) FROM article")).scalar()) == 0
    holder.close()


def test_a_store_of_a_newer_version_is_refused(db):
    db.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(StoreError, match=r"made by a newer digest.*9999"):
        Database(db.path)


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(StoreError, match="this is a folder"):
        Database(tmp_path)


def test_commits_survive_a_power_cut_and_keys_are_checked(db):
    def pragma(name):
        return db.read(lambda tx: tx.execute(text(f"PRAGMA {name}")).scalar())

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1


def test_a_failed_query_changes_nothing(db):
    def half(tx):
        tx.execute(text("INSERT INTO suppression (key, scope, why, at) VALUES ('a','','','2026')"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.write(half)

    assert db.read(lambda tx: tx.execute(text("SELECT count(*) FROM suppression")).scalar()) == 0


def test_the_known_version_is_the_newest_migration():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parents[1] / "migrations"))

    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_the_migrations_make_exactly_the_tables(db):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from digest.store.tables.schema import SCHEMA

    found = db.read(
        lambda tx: compare_metadata(MigrationContext.configure(tx.connection()), SCHEMA)
    )

    assert found == []


COUNTER = """
import sys
from pathlib import Path
from sqlalchemy import text
from digest.store.database.database import Database
db = Database(Path(sys.argv[1]))
def bump(tx):
    n = tx.execute(text("SELECT why FROM suppression")).scalar()
    tx.execute(text("UPDATE suppression SET why = :n"), {"n": str(int(n) + 1)})
for _ in range(50):
    db.write(bump)
"""


def test_processes_that_read_and_then_write_lose_no_update(db):
    db.write(
        lambda tx: tx.execute(
            text("INSERT INTO suppression (key, scope, why, at) VALUES ('a','','0','2026-01-01')")
        )
    )

    both = [subprocess.Popen([sys.executable, "-c", COUNTER, str(db.path)]) for _ in range(2)]

    assert [one.wait() for one in both] == [0, 0]
    assert db.read(lambda tx: tx.execute(text("SELECT why FROM suppression")).scalar()) == "100"
