"""Statements that run for every message: put together once, and run for many rows at a time.

Putting a statement together takes SQLAlchemy ten times as long as the database takes to run it, and
handing it the values of a row takes it three times as long. And at each call the driver lets go of
the interpreter, which the event loop's thread then keeps for as long as it has something to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Label, Subquery, Update, bindparam, select, union_all
from sqlalchemy.types import TypeEngine

from digest.store.database import Tx

Values = Mapping[str, Any]
MOST = 64
"""Rows that one statement takes."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement for so many rows, in one database's words."""

    sql: str
    order: tuple[str, ...] | None
    """The names of the placeholders, where they have no names of their own."""
    fixed: Values
    """Values that stand in the statement itself, and nothing for each value of each row."""
    processors: Mapping[str, Callable[[Any], Any]]
    """How the driver wants values of some placeholders."""

    def arguments(self, shared: Values, rows: Sequence[Values]) -> Values | list[Any]:
        """All values, in the way in which the driver takes them."""
        bound = {**self.fixed, **shared}
        for n, row in enumerate(rows):
            for name, value in row.items():
                bound[f"{name}_{n}"] = value
        for name, convert in self.processors.items():
            if bound[name] is not None:
                bound[name] = convert(bound[name])
        return bound if self.order is None else [bound[name] for name in self.order]


class Prepared:
    """An UPDATE by the rows of a table `given`, whose columns have these names and types.

    `statement` makes it from that table. A row of nothing but NULL must change nothing.
    """

    def __init__(
        self, given: Mapping[str, TypeEngine[Any]], statement: Callable[[Subquery], Update]
    ) -> None:
        self._given, self._statement = given, statement
        self._made: dict[tuple[str, int], _Made] = {}

    def run(self, tx: Tx, shared: Values, rows: Sequence[Values]) -> list[bool]:
        """Run it for each row, with the values that are the same for all; says which were met."""
        connection = tx.connection()
        cursor = connection.connection.cursor()
        met: list[bool] = []
        try:
            for start in range(0, len(rows), MOST):
                met += self._some(cursor, connection.dialect, shared, rows[start : start + MOST])
            return met
        finally:
            cursor.close()

    def _some(
        self, cursor: Any, dialect: Dialect, shared: Values, rows: Sequence[Values]
    ) -> list[bool]:
        """All at once; where that doesn't meet every row, it is undone and they go one by one."""
        if len(rows) > 1:
            made = self._for(dialect, 1 << (len(rows) - 1).bit_length())
            cursor.execute("SAVEPOINT together")
            cursor.execute(made.sql, made.arguments(shared, rows))
            if all_met := cursor.rowcount == len(rows):
                cursor.execute("RELEASE together")
                return [all_met] * len(rows)
            cursor.execute("ROLLBACK TO together")
            cursor.execute("RELEASE together")
        made, met = self._for(dialect, 1), []
        for row in rows:
            cursor.execute(made.sql, made.arguments(shared, [row]))
            met.append(cursor.rowcount == 1)
        return met

    def _for(self, dialect: Dialect, count: int) -> _Made:
        found = self._made.get((dialect.name, count))
        if found is None:
            found = _make(self._statement(self._table(count)), dialect, self._given, count)
            self._made[dialect.name, count] = found
        return found

    def _table(self, count: int) -> Subquery:
        """The table `given`, with so many rows of placeholders.

        Not by VALUES: what begins with WITH has no `rowcount` in Python's driver for SQLite.
        """
        rows = (
            select(*(_placeholder(name, n, kind) for name, kind in self._given.items()))
            for n in range(count)
        )
        return union_all(*rows).subquery("given")


def _placeholder(name: str, row: int, kind: TypeEngine[Any]) -> Label[Any]:
    return bindparam(f"{name}_{row}", type_=kind, required=False).label(name)


def _make(
    statement: Update, dialect: Dialect, given: Mapping[str, TypeEngine[Any]], count: int
) -> _Made:
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    processors = {
        name: processor
        for name, bind in compiled.binds.items()
        if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect))
    }
    fixed: dict[str, Any] = {f"{name}_{n}": None for name in given for n in range(count)}
    fixed |= {name: value for name, value in compiled.params.items() if value is not None}
    order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
    return _Made(str(compiled), order, fixed, processors)
