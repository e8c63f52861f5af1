"""Whether the reader of a row is mailed, waits, or is kept out."""

from datetime import UTC, datetime

import pytest

from digest.core.readers.reader import Exclusion, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.readers.row_standing import (
    ACTIVE_STAND,
    WaitingError,
    stand_of_row,
    stands_of_rows,
)

GONE = SubscriptionStanding.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "abgemeldet"}, "left"),
        ({"status": "active", "clean_time": "yes"}, "dead"),
        ({"state": "marked as spam", "status": "bounced"}, "complained"),
        ({"status": "pending", "unsubscribed": "yes"}, "left"),
    ],
)
def test_who_is_gone_is_kept_out_for_the_weightiest_reason(row, reason):
    assert stand_of_row(row) == (GONE, Exclusion(SuppressionReason(reason)))


def test_the_date_of_a_list_is_that_of_the_row():
    row = {"status": "unsubscribed", "unsubscribed_at": "2025-02-03 10:00:00"}
    _, exclusion = stand_of_row(row)
    assert exclusion.at == datetime(2025, 2, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("word", ["pending", "nicht bestätigt", "soft bounced", "sin confirmar"])
def test_who_is_not_confirmed_or_in_trouble_waits(word):
    with pytest.raises(WaitingError):
        stand_of_row({"email": "ada@reader.example", "status": word})


def test_rows_together_come_to_the_same_as_one_by_one():
    columns = {"email": ["a", "b", "c"], "status": ["active", "bounced", ""]}
    rows = [{"email": "a", "status": one} for one in columns["status"]]
    assert stands_of_rows(columns, 3) == [stand_of_row(row) for row in rows]
    assert stands_of_rows({"email": ["a"]}, 1) == [ACTIVE_STAND]
    assert stands_of_rows({"status": ["pending"]}, 1) is None
