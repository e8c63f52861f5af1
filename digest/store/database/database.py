"""The database: opened with care, never recreated over what is there.

A query is a plain function whose first argument is the transaction. `read` and `write` run one in
a transaction of its own; `reading` and `writing` do the same without blocking the event loop.
Everything that is particular to SQLite stands in this file, and in `failures`.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import finalize

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Result,
    create_engine,
    event,
)
from sqlmodel import Session

from digest.errors import StoreError
from digest.store.database import schema
from digest.store.database.errors import BUSY_SECONDS, damaged_store, explained

P = ParamSpec("P")
R = TypeVar("R")
Tx = Session
Query = Callable[Concatenate[Tx, P], R]

APPLICATION_ID = 0x44494753
"""Marks a SQLite file as ours (PRAGMA application_id): "DIGS"."""
NUMBERS = "(SELECT value AS number FROM json_each(:numbers))"
"""A table of the numbers in a JSON list, in SQLite's words (PostgreSQL: jsonb_array_elements)."""
JSON_TEXTS = "(SELECT value FROM json_each(:keys))"
"""The texts of a JSON list, likewise."""
LARGEST_ID = 2**63 - 1
"""No row has a greater number; SQLite can't even be asked for one."""


def create(path: Path) -> bool:
    """Make an empty store; False if there is one already, which is checked and left as it is.

    Raises StoreError if the file can't be made or is no store of ours.
    """
    if path.exists():
        Database(path).close()
        return False
    if not path.parent.is_dir():
        raise StoreError(f"{path.parent}: no such folder, so the store {path.name} can't be made")
    with explained(path):
        with sqlite3.connect(path) as fresh:
            fresh.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            fresh.execute("PRAGMA journal_mode = WAL")
        fresh.close()
    Database(path).close()
    return True


class Database:
    """An open store. Raises StoreError with one plain sentence if it can't be used."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        with explained(path):
            _recognise(path)
            self._file = _identity(path)
            self._engine = _engine(path, busy_seconds)
            # One thread writes: SQLite has one writer anyway, and so none waits on a lock.
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
            self._pen: list[Connection] = []  # that thread's connection, while it is sound
            # Few close a store; Python 3.13 minds connections that are left open.
            finalize(self, _let_go, self._engine, self._pen).atexit = False
            self._upgrade()

    def _upgrade(self) -> None:
        for begin in ("BEGIN", "BEGIN IMMEDIATE"):  # look first; only an upgrade needs the lock
            with self._engine.connect() as connection:
                connection = connection.execution_options(digest_begin=begin)
                with connection.begin():
                    if schema.current(connection):
                        return
                    if begin == "BEGIN IMMEDIATE":
                        schema.upgrade(connection, self.path)

    def read(self, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on a snapshot that nobody changes meanwhile. It must not write."""
        return self._run("BEGIN", query, *args, **kwargs)

    def write(self, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query in a transaction: all of it happens, or nothing."""
        return self._run("BEGIN IMMEDIATE", query, *args, **kwargs)

    async def reading(self, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`read`, in a thread."""
        return await asyncio.to_thread(lambda: self.read(query, *args, **kwargs))

    async def writing(self, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`write`, in the writer's thread. Once begun it is finished, even if we are cancelled."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(
            loop.run_in_executor(self._writer, lambda: self._write_on(query, *args, **kwargs))
        )

    def check(self) -> None:
        """Read the whole file and look for damage; takes a second or so per gigabyte."""
        with explained(self.path), self._engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise damaged_store(self.path)

    def copy_to(self, path: Path) -> None:
        """Copy the store, as it is at one moment, into a file that isn't there yet.

        Whoever works with the store goes on meanwhile. Raises StoreError.
        """
        with explained(self.path):
            ours = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
            with closing(ours), closing(sqlite3.connect(path)) as theirs:
                ours.backup(theirs)

    def wipe(self) -> bool:
        """Write the file anew, without what was deleted. False if another program works with it."""
        try:
            with closing(
                sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            ) as ours:
                ours.execute("VACUUM")
                (busy, _, _) = ours.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as fault:
            if "locked" in str(fault):
                return False
            with explained(self.path):
                raise
        return not busy

    def close(self) -> None:
        """Let go of the file."""
        self._writer.shutdown(wait=True)
        _let_go(self._engine, self._pen)

    def _run(self, begin: str, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._still_there()
        with explained(self.path), self._engine.connect() as connection:
            return _transact(connection.execution_options(digest_begin=begin), query, args, kwargs)

    def _write_on(self, query: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`write` over a connection that stays: to take one and give it back costs as much again
        as a small transaction. After any failure the next one is new.
        """
        try:
            self._still_there()
            with explained(self.path):
                if not self._pen:
                    self._pen.append(self._engine.connect())
                return _transact(self._pen[0], query, args, kwargs)
        except BaseException:
            _put_down(self._pen)
            raise

    def _still_there(self) -> None:
        if _identity(self.path) != self._file:
            raise StoreError(
                f"{self.path}: the store was moved away or replaced while it was in use. Put it"
                " back, or start digest anew"
            )


def _transact(
    connection: Connection, query: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> R:
    with connection.begin(), Session(connection) as tx:
        result = query(tx, *args, **kwargs)
        tx.flush()
        return result


def connection_of(tx: Tx) -> Connection:
    """What a transaction runs on, for statements that are made already. Asking the session for it
    takes as long as running one.
    """
    return cast("Connection", tx.bind)


def changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE touched."""
    return cast("CursorResult[Any]", result).rowcount


def _put_down(pen: list[Connection]) -> None:
    while pen:
        pen.pop().close()


def _let_go(engine: Engine, pen: list[Connection]) -> None:
    _put_down(pen)
    engine.dispose()


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, and which kind
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once in SQLite, whatever the timeout; so
        # whoever may write takes the write lock first.
        begin = connection.get_execution_options().get("digest_begin", "BEGIN IMMEDIATE")
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.execute(begin)  # by way of SQLAlchemy it takes ten times as long

    return engine


def _identity(path: Path) -> tuple[int, int]:
    """Which file it is, whatever is called so later; an open one goes on working, and is lost."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _recognise(path: Path) -> None:
    """Refuse a file that is missing or not ours, before anything is written to it."""
    if path.is_dir():
        raise StoreError(f"{path}: this is a folder, not a store; see store.url in the config")
    if not path.exists():
        raise StoreError(
            f"{path}: there is no store here. If this is a new place, `digest init` makes one;"
            " if there was one, put it back from your backup first"
        )
    probe = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
    try:
        (application,) = probe.execute("PRAGMA application_id").fetchone()
        (tables,) = probe.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        probe.close()
    if application != APPLICATION_ID:
        what = "a database of another program" if tables or application else "an empty file"
        raise StoreError(f"{path}: this is {what}, not a digest store; see store.url in the config")
