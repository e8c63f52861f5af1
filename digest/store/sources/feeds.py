"""What is known of the feeds."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from digest.core.sources.feed import FeedState, is_feed_due
from digest.store.database.database import Tx
from digest.store.tables.sources import FeedRow


def feed_states(tx: Tx, urls: Iterable[str]) -> list[FeedState]:
    """The states of these feeds, in their order; of one that was never fetched, an empty one."""
    return [_state(tx, url) for url in urls]


def claim_feeds(
    tx: Tx, urls: Iterable[str], now: datetime, until: datetime, *, only_due: bool
) -> list[FeedState]:
    """Take the feeds that are due, or all of these; for others they aren't due before `until`.

    So two schedulers don't ask the same server at once, and what a dead one took comes again.
    """
    taken = [state for state in feed_states(tx, urls) if not only_due or is_feed_due(state, now)]
    for state in taken:
        save_feed_state(tx, replace(state, next_fetch=until))
    return taken


def save_feed_state(tx: Tx, state: FeedState) -> None:
    """Write down the state of a feed."""
    tx.merge(FeedRow(**asdict(state)))


def _state(tx: Tx, url: str) -> FeedState:
    row = tx.execute(select(FeedRow).where(col(FeedRow.url) == url)).scalar_one_or_none()
    return FeedState(**row.model_dump()) if row else FeedState(url)
