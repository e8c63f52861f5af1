"""SQL that was compiled for one store of the tests serves all others.

SQLAlchemy keeps what it compiles with each engine, and every test opens a store of its own: so each
would compile the same statements anew, which takes ten times as long as to run them.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache


class OneDialect(SQLiteDialect_pysqlite):
    """SQLite as ever, but all engines have one and the same, and one cache of statements."""

    supports_statement_cache = True
    _only: "OneDialect | None" = None
    _compiled: LRUCache[Any, Any] = LRUCache(2000)

    def __new__(cls, **_settings: Any) -> "OneDialect":
        cls._only = cls._only or super().__new__(cls)
        return cls._only

    def __init__(self, **settings: Any) -> None:
        if not vars(self):  # not made yet
            super().__init__(**settings)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._compiled)


def share() -> None:
    """Let every engine from now on share them."""
    registry.register("sqlite", __name__, OneDialect.__name__)
