"""Whether it is clear of a list who may be mailed: if not, it isn't taken in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from digest.actions.readers.list_file import columns_of, lines_of, opened
from digest.core.readers.list_states import (
    WORD_COLUMN,
    ColumnKind,
    ListState,
    StateColumn,
    may_hold_states,
    says_who_is_gone,
    state_columns,
    state_in,
)
from digest.core.readers.subscriber_csv import CSV_COLUMNS
from digest.core.text.csv_rows import Columns, CsvRow, RowBlock, read_blocks
from digest.core.text.prose import one_line
from digest.errors import UsageError

MOST_STATE_WORDS = 30
"""A column with more different words than these holds no states."""
LISTMONK = {"uuid", "email", "attributes", "status"}
"""Its export says who is blocked, but not who left a list, or never confirmed."""


def expect_clear_states(
    path: Path, as_: ListState | None, mapping: Mapping[str, str] | None = None
) -> None:
    """Read only the columns that say who may be mailed, and the name of the file.

    Raises UsageError where one of them isn't understood: nobody is mailed by a guess.
    """
    if as_ is None and says_who_is_gone(path.stem):
        raise UsageError(
            f"{path}: its name says that its people are not to be mailed. Say what they are:"
            " --as unsubscribed, --as bounced, --as complained or --as unconfirmed; --as active if"
            " the name says something else"
        )
    with opened(path) as file:
        columns = columns_of(path, file, mapping or {})
        if as_ is None and set(columns.names) >= LISTMONK:
            raise UsageError(
                f"{path}: this looks like an export of listmonk, which doesn't say who left a list"
                " or never confirmed. Filter it there by the status of the subscription, and say"
                " of each file what its people are: --as active, --as unsubscribed,"
                " --as unconfirmed"
            )
        unclear = unclear_columns(columns, lines_of(file))
    if unclear:
        raise UsageError(
            f"{path}: nothing was taken in, since it isn't clear who may be mailed:"
            f" {told_counts(unclear)}. Write"
            " active, unsubscribed, bounced, complained, unconfirmed or soft_bounced there; or take"
            ' the column out, or say --map "COLUMN=", if it says something else'
        )


def told_counts(unclear: Mapping[str, Counter[str]]) -> str:
    """Columns and their words with counts, for people."""
    return "; ".join(
        f"the column {name} has "
        + ", ".join(f'"{one_line(word)[:40]}" ({count})' for word, count in some.most_common(5))
        for name, some in unclear.items()
    )


def unclear_columns(columns: Columns, lines: Iterable[str]) -> dict[str, Counter[str]]:
    """The words that aren't understood, by column; of columns that aren't known, their states."""
    asked = {
        name: column
        for name, column in state_columns(columns.names).items()
        if column.kind is not ColumnKind.IF_SET  # any time is understood
    }
    places = {name: columns.names.index(name) for name in asked}
    places |= {
        name: columns.names.index(name)
        for name in columns.unknown
        if name not in CSV_COLUMNS and may_hold_states(name)
    }
    words: dict[str, Counter[str]] = {name: Counter() for name in places}
    if places:
        for part in read_blocks(lines, columns):
            for name, cells in _cells(part, places):
                words[name].update(cells)
                if name not in asked and len(words[name]) > MOST_STATE_WORDS:
                    del words[name], places[name]
    said = {name: _not_understood(asked.get(name), some) for name, some in words.items()}
    return {name: some for name, some in said.items() if some}


def _not_understood(column: StateColumn | None, words: Counter[str]) -> Counter[str]:
    if column:
        return Counter({one: n for one, n in words.items() if state_in(column, one) is None})
    said = {one: state_in(WORD_COLUMN, one) for one in words}
    if any(state not in {None, ListState.ACTIVE} for state in said.values()):
        return Counter({one: count for one, count in words.items() if one.strip()})
    return Counter()


def _cells(part: RowBlock | CsvRow, places: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """What stands in these columns, in a row or in a block of them."""
    if isinstance(part, CsvRow):
        return [] if part.fault else [(name, [part.cells.get(name, "")]) for name in places]
    return [
        (name, [cells[place] for cells in part.cells if place < len(cells)])
        for name, place in places.items()
    ]
