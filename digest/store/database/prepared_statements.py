"""Statements that run for every message: put together once, and run for many rows at a time.

Putting a statement together takes SQLAlchemy ten times as long as the database takes to run it, and
handing it the values of a row takes it three times as long. And at each call the driver lets go of
the interpreter, which the event loop's thread then keeps for as long as it has something to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Dialect, Label, Subquery, Update, bindparam, select, union_all
from sqlalchemy.types import TypeEngine

from digest.store.database.database import Tx, connection_of

StatementValues = tuple[Any, ...]
Converter = Callable[[Any], Any]
MAX_ROWS_PER_STATEMENT = 64
"""Rows that one statement takes."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement for so many rows, in one database's words."""

    sql: str
    before: tuple[str, ...]
    cells: tuple[str, ...]
    after: tuple[str, ...]
    """The names of the placeholders in their order: those of the rows stand together."""
    named: bool
    """Whether the driver wants the values by these names."""
    fixed: Mapping[str, Any]
    """Values that stand in the statement itself."""
    converters: Mapping[str, Converter]
    """How the driver wants some of the values that are the same for all rows."""
    columns: Mapping[int, Converter]
    """The same of a row's, by their place in it."""

    def arguments(
        self, shared: Mapping[str, Any], rows: Sequence[StatementValues]
    ) -> dict[str, Any] | list[Any]:
        """All values, in the way in which the driver takes them; where rows lack, nothing."""
        bound = {**self.fixed, **shared}
        for name, convert in self.converters.items():
            bound[name] = convert(bound[name])
        cells = list(chain.from_iterable(rows))
        for place, convert in self.columns.items():
            for n in range(place, len(cells), len(rows[0])):
                if cells[n] is not None:
                    cells[n] = convert(cells[n])
        cells += [None] * (len(self.cells) - len(cells))
        if self.named:
            return bound | dict(zip(self.cells, cells, strict=True))
        return [*(bound[name] for name in self.before), *cells, *(bound[x] for x in self.after)]


class Prepared:
    """An UPDATE by the rows of a table `given`, whose columns have these names and types.

    `statement` makes it from that table. A row of nothing but NULL must change nothing.
    """

    def __init__(
        self, given: Mapping[str, TypeEngine[Any]], statement: Callable[[Subquery], Update]
    ) -> None:
        self._given, self._statement = given, statement
        self._made: dict[tuple[str, int], _Made] = {}

    def run(self, tx: Tx, shared: Mapping[str, Any], rows: Sequence[StatementValues]) -> list[bool]:
        """Run it for each row, with the values that are the same for all; says which were met.

        A row's values stand in the order of the columns.
        """
        connection = connection_of(tx)
        cursor = connection.connection.cursor()
        met: list[bool] = []
        try:
            for start in range(0, len(rows), MAX_ROWS_PER_STATEMENT):
                met += self._some(
                    cursor, connection.dialect, shared, rows[start : start + MAX_ROWS_PER_STATEMENT]
                )
            return met
        finally:
            cursor.close()

    def _some(
        self,
        cursor: Any,
        dialect: Dialect,
        shared: Mapping[str, Any],
        rows: Sequence[StatementValues],
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
    cells = tuple(f"{name}_{n}" for n in range(count) for name in given)
    order = tuple(compiled.positiontup or (*cells, *(set(compiled.binds) - set(cells))))
    start = order.index(cells[0])
    before, after = order[:start], order[start + len(cells) :]
    assert order == (*before, *cells, *after)
    converters = {name: _converter(bind.type, dialect) for name, bind in compiled.binds.items()}
    columns = {place: _converter(kind, dialect) for place, kind in enumerate(given.values())}
    return _Made(
        sql=str(compiled),
        before=before,
        cells=cells,
        after=after,
        named=compiled.positiontup is None,
        fixed={name: value for name, value in compiled.params.items() if value is not None},
        converters={
            name: convert for name in {*before, *after} if (convert := converters.get(name))
        },
        columns={place: convert for place, convert in columns.items() if convert},
    )


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)
