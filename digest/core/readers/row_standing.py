"""Whether the reader of a row is mailed, waits, or is kept out, by all columns that say it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from digest.core.readers.list_states import (
    ListState,
    StateColumn,
    excluded_since,
    state_columns,
    state_in,
    state_of_row,
)
from digest.core.readers.reader import (
    Exclusion,
    Kept,
    KeptConsent,
    SubscriptionStanding,
    Suppression,
)
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


@lru_cache(maxsize=20_000)
def _stand_of_cells(names: tuple[str, ...], cells: tuple[str, ...]) -> Stand:
    return stand_of_row(dict(zip(names, cells, strict=True)))


def stands_of_rows(columns: Mapping[str, Sequence[str]], rows: int) -> list[Stand] | None:
    """Whether each of these rows is mailed; None if one is neither mailed nor kept out."""
    asked = asked_columns(tuple(columns))
    if not asked:
        return [ACTIVE_STAND] * rows
    said = list(zip(*(columns[name] for name in asked), strict=True))
    try:
        known = {cells: _stand_of_cells(tuple(asked), cells) for cells in set(said)}
    except ValueError:
        return None
    return list(map(known.__getitem__, said))


KEPT_COLUMNS = ("newsletters", "record")
"""What only our own export has: standings by newsletter, and all else as JSON."""


def kept_of_row(row: Mapping[str, str]) -> Kept | None:
    """What an export of ours kept of a reader; None for a row of any other list.

    Raises ValueError with the reason where it isn't as we wrote it.
    """
    if not all(name in row for name in KEPT_COLUMNS) or not any(map(row.get, KEPT_COLUMNS)):
        return None
    try:
        parts = [part.partition("=") for part in row["newsletters"].split(";") if part]
        standings = tuple((slug, SubscriptionStanding(word)) for slug, _, word in parts)
        record = json.loads(row["record"] or "{}")
        return Kept(
            standings,
            tuple(
                Suppression(
                    str(one["newsletter"]),
                    str(one["why"]),
                    _moment(one["at"]) or _NEVER,
                    SuppressionReason(one["reason"]),
                )
                for one in record.get("suppressions", [])
            ),
            tuple(_consent(one) for one in record.get("consents", [])),
            _moment(record.get("added")),
            _moment(record.get("chosen")),
            str(record.get("language", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            "the columns newsletters and record are not as an export of ours has them"
        ) from None


_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def _consent(one: Mapping[str, object]) -> KeptConsent:
    newsletters = one["newsletters"]
    if not isinstance(newsletters, list):
        raise TypeError
    return KeptConsent(
        tuple(map(str, newsletters)),
        str(one["form"]),
        str(one["text"]),
        _moment(one["asked"]) or _NEVER,
        _moment(one["mailed"]),
        _moment(one["confirmed"]),
        str(one["network"]),
        str(one["origin"]),
        str(one["confirmed_origin"]),
    )


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
