"""What a reader is shown to choose from, and what they chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import col

from digest.core.choice import Entry
from digest.core.edition import EditionState
from digest.core.reader import Standing
from digest.store import sheets, subscribers
from digest.store.article_tables import ArticleAuthorRow, ArticleRow, AuthorRow
from digest.store.database import Tx
from digest.store.subscribers import LEFT_ALL
from digest.store.tables import EditionRow, NewsletterRow, SlotRow, SubscriberRow, SubscriptionRow

OUT = (EditionState.SENDING, EditionState.SENT)


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest edition of a newsletter that went out."""

    at: datetime
    entries: tuple[Entry, ...]


def writers(tx: Tx, since: datetime, limit: int) -> list[str]:
    """Who wrote lately, those who wrote most first."""
    written = func.count()
    rows = tx.execute(
        select(col(AuthorRow.name))
        .join(ArticleAuthorRow, col(ArticleAuthorRow.author_id) == col(AuthorRow.id))
        .join(ArticleRow, col(ArticleRow.id) == col(ArticleAuthorRow.article_id))
        .where(col(ArticleRow.published) > since)
        .group_by(col(AuthorRow.id))
        .order_by(written.desc(), col(AuthorRow.name))
        .limit(limit)
    )
    return [row.name for row in rows]


def latest(tx: Tx, newsletter: str) -> Latest | None:
    """The newest edition that went out; None before the first."""
    row = tx.execute(
        select(col(EditionRow.id), col(SlotRow.at))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(NewsletterRow.slug) == newsletter, col(EditionRow.state).in_(OUT))
        .order_by(col(SlotRow.at).desc())
        .limit(1)
    ).first()
    return Latest(row.at, sheets.entries(tx, row.id)) if row else None


def choose(tx: Tx, key: str, topics: Sequence[str], authors: Sequence[str], now: datetime) -> None:
    """Write down what a reader chose, instead of what they or a list chose before."""
    tx.execute(
        update(SubscriberRow)
        .where(col(SubscriberRow.key) == key)
        .values(topics=list(topics), authors=list(authors), chosen=now)
    )


def leave_all(tx: Tx, key: str, now: datetime) -> None:
    """End every newsletter of a reader, also those that don't exist yet, for good."""
    rows = tx.execute(
        select(col(SubscriptionRow.id))
        .join(SubscriberRow, col(SubscriberRow.id) == col(SubscriptionRow.subscriber_id))
        .where(col(SubscriberRow.key) == key, col(SubscriptionRow.status) == Standing.ACTIVE)
    ).all()
    for row in rows:
        subscribers.leave(tx, row.id, LEFT_ALL, now)
    subscribers.suppress(tx, key, "", LEFT_ALL, now)


def left_with(tx: Tx, subscription: int) -> list[int]:
    """The subscriptions of the same reader that ended in the same moment as this one."""
    this = tx.get(SubscriptionRow, subscription)
    if this is None or this.until is None:
        return []
    rows = tx.execute(
        select(col(SubscriptionRow.id)).where(
            col(SubscriptionRow.subscriber_id) == this.subscriber_id,
            col(SubscriptionRow.until) == this.until,
        )
    )
    return [row.id for row in rows]
