"""Readers as candidates of an edition: what of their rows counts for what they get."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, String, type_coerce
from sqlmodel import col

from digest.core.editions.reader_filter import Candidate, ReaderShare
from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence, CadenceDecision, Rhythm
from digest.store.editions.received import Received
from digest.store.tables.readers import SubscriberRow, SubscriptionRow

RECIPIENT_COLUMNS = (
    col(SubscriptionRow.id),
    col(SubscriptionRow.subscriber_id),
    col(SubscriptionRow.since),
    type_coerce(col(SubscriberRow.topics), String).label("topics"),
    type_coerce(col(SubscriberRow.authors), String).label("authors"),
    col(SubscriberRow.tier),
    col(SubscriberRow.tier_until),
    col(SubscriberRow.format),
    col(SubscriberRow.paused_until),
    col(SubscriberRow.catch_up),
    col(SubscriberRow.said),
    col(SubscriptionRow.cadence),
    col(SubscriptionRow.owed_since),
)
"""What is read of each reader."""


def rhythm(row: Row[Any]) -> Rhythm | None:
    """When a reader wants the newsletter; None for one who never said."""
    if row.cadence == Cadence.EVERY and row.paused_until is None and row.owed_since is None:
        return None
    return Rhythm(Cadence(row.cadence), row.paused_until, row.catch_up, row.owed_since, row.said)


def reader_share(
    row: Row[Any],
    ruling: CadenceDecision,
    past: Received,
    received: dict[int, int],
    wrong: dict[int, tuple[int, ...]],
    allot: Callable[[Candidate], ReaderShare],
) -> ReaderShare:
    """What a reader gets, by what the edition means for them."""
    if ruling.why:
        return ReaderShare(why=ruling.why, reason=ruling.reason, passed=ruling.passed)
    return allot(
        Candidate(
            topics=_list(row.topics),
            authors=_list(row.authors),
            tier=row.tier,
            tier_until=row.tier_until,
            received=received.get(row.subscriber_id, 0) | past.before(max(row.since, ruling.since)),
            most=ruling.most,
            form=_FORMATS[row.format],
            corrections=wrong.get(row.subscriber_id, ()),
        )
    )


_FORMATS = {one.value: one for one in Format}


@lru_cache(maxsize=10_000)
def _list(held: str) -> tuple[str, ...]:
    """A list as its column holds it; most readers have the same ones."""
    return tuple(json.loads(held))
