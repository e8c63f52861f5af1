"""Statements that run for every message: put together once, run row by row by the driver.

Putting a statement together takes SQLAlchemy ten times as long as the database takes to run it, and
handing it the values of a row takes it three times as long.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Update

from digest.store.database import Tx

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement in one database's words."""

    sql: str
    order: tuple[str, ...] | None
    """The names of the placeholders, where they have no names of their own."""
    fixed: Values
    """Values that stand in the statement itself."""
    processors: Mapping[str, Callable[[Any], Any]]
    """How the driver wants values of some placeholders."""

    def bound(self, values: Values) -> dict[str, Any]:
        """Values as the driver wants them."""
        convert = self.processors
        return {k: convert[k](v) if k in convert else v for k, v in values.items()}

    def arguments(self, values: Values) -> Values | list[Any]:
        """All values, in the way in which the driver takes them."""
        return values if self.order is None else [values[name] for name in self.order]


class Prepared:
    """An UPDATE with bound parameters, made when it is first run."""

    def __init__(self, statement: Callable[[], Update]) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def run(self, tx: Tx, shared: Values, rows: Iterable[Values]) -> list[bool]:
        """Run it for each row, with the values that are the same for all; says which were met."""
        connection = tx.connection()
        dialect = connection.dialect
        if dialect.name not in self._made:
            self._made[dialect.name] = _make(self._statement(), dialect)
        made = self._made[dialect.name]
        common = {**made.fixed, **made.bound(shared)}
        cursor = connection.connection.cursor()
        try:
            met = []
            for row in rows:
                cursor.execute(made.sql, made.arguments(common | made.bound(row)))
                met.append(cursor.rowcount == 1)
            return met
        finally:
            cursor.close()


def _make(statement: Update, dialect: Dialect) -> _Made:
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    processors = {
        name: processor
        for name, bind in compiled.binds.items()
        if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect))
    }
    fixed = {
        name: processors[name](value) if name in processors else value
        for name, value in compiled.params.items()
        if value is not None
    }
    order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
    return _Made(str(compiled), order, fixed, processors)
