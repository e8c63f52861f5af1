"""What is known of the pages that feeds lead to, and of what sites let us read."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from digest.core.sources.page import PageState
from digest.store.database.database import Tx
from digest.store.tables.sources import PageRow, RobotsRow

PAGE_KEYS_PER_QUERY = 500
"""Identifiers in one IN (…)."""


def page_states(tx: Tx, entry_keys: Sequence[str]) -> dict[str, PageState]:
    """What came of the pages of these entries, by their identity."""
    found: dict[str, PageState] = {}
    for start in range(0, len(entry_keys), PAGE_KEYS_PER_QUERY):
        chunk = entry_keys[start : start + PAGE_KEYS_PER_QUERY]
        rows = tx.execute(select(PageRow).where(col(PageRow.entry_key).in_(chunk))).scalars()
        found |= {row.entry_key: PageState(**row.model_dump()) for row in rows}
    return found


def save_page_state(tx: Tx, state: PageState) -> None:
    """Write down what came of a page."""
    tx.merge(PageRow(**asdict(state)))


def robots_of(tx: Tx, site: str, now: datetime) -> str | None:
    """The robots.txt of a site, if it is known and new enough."""
    return tx.execute(
        select(col(RobotsRow.text)).where(col(RobotsRow.site) == site, col(RobotsRow.until) > now)
    ).scalar_one_or_none()


def keep_robots(tx: Tx, site: str, text: str, until: datetime) -> None:
    """Remember the robots.txt of a site."""
    tx.merge(RobotsRow(site=site, text=text, until=until))
