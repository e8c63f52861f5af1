"""Whether the reader of a row is mailed, waits, or is kept out, by all columns that say it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from digest.core.readers.list_states import (
    ListState,
    StateColumn,
    excluded_since,
    state_columns,
    state_in,
    state_of_row,
)
from digest.core.readers.reader import Exclusion, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.text.prose import one_line

EXCLUDED = {
    ListState.GONE: SuppressionReason.LEFT,
    ListState.DEAD: SuppressionReason.DEAD,
    ListState.COMPLAINED: SuppressionReason.COMPLAINED,
}
"""Whom a list says not to mail, and not to take in again."""
WAITS = {
    ListState.UNCONFIRMED: "not confirmed yet: nothing is sent to them, and they may still join",
    ListState.SOFT: "mail to them had trouble there: nothing is sent to them, and they may join",
}
"""Whom nothing is sent to, and who may come by another list or by themselves."""
Stand = tuple[SubscriptionStanding, Exclusion]
ACTIVE_STAND: Stand = SubscriptionStanding.ACTIVE, Exclusion()


class WaitingError(ValueError):
    """A row of somebody who is neither mailed nor kept out."""


@lru_cache(maxsize=100)
def asked_columns(names: tuple[str, ...]) -> dict[str, StateColumn]:
    """The columns that say whether somebody may be mailed."""
    return state_columns(names)


def stand_of_row(row: Mapping[str, str]) -> Stand:
    """Whether a row's reader gets mail. Raises ValueError where that isn't known, or not yet so."""
    columns = asked_columns(tuple(row))
    state = state_of_row(columns, row)
    if state is None:
        said = ", ".join(
            f'{name} "{one_line(row.get(name, ""))[:100].lower()}"'
            for name, column in columns.items()
            if state_in(column, row.get(name, "")) is None
        )
        raise ValueError(f"the {said} is unknown; use active or unsubscribed")
    if state in WAITS:
        raise WaitingError(WAITS[state])
    if state not in EXCLUDED:
        return ACTIVE_STAND
    at = excluded_since(columns, row)
    return SubscriptionStanding.UNSUBSCRIBED, Exclusion(EXCLUDED[state], at)


def stands_of_rows(columns: Mapping[str, Sequence[str]], rows: int) -> list[Stand] | None:
    """Whether each of these rows is mailed; None if one is neither mailed nor kept out."""
    asked = asked_columns(tuple(columns))
    if not asked:
        return [ACTIVE_STAND] * rows
    said = list(zip(*(columns[name] for name in asked), strict=True))
    try:
        known = {cells: stand_of_row(dict(zip(asked, cells, strict=True))) for cells in set(said)}
    except ValueError:
        return None
    return list(map(known.__getitem__, said))
