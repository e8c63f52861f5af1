"""What a reader is shown to choose from, and what they chose."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlmodel import col

from digest.core.editions.edition import EditionState
from digest.core.message.story_choice import StoryEntry
from digest.core.readers.reader import SubscriptionStanding
from digest.store.database.database import Tx
from digest.store.message import encoded_editions
from digest.store.tables.articles import ArticleAuthorRow, ArticleRow, AuthorRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow

OUT_STATES = (EditionState.SENDING, EditionState.SENT)


def recent_authors(tx: Tx, since: datetime, limit: int) -> list[str]:
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


def all_writers(tx: Tx) -> list[str]:
    """Everybody who ever wrote."""
    return list(tx.execute(select(col(AuthorRow.name))).scalars())


def preference_lists(tx: Tx) -> list[tuple[list[str], list[str], int]]:
    """The lists of topics and authors that there are, and how many active readers have each."""
    reads = exists().where(
        col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id),
        col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE,
    )
    lists = (col(SubscriberRow.topics), col(SubscriberRow.authors))
    rows = tx.execute(select(*lists, func.count()).where(reads).group_by(*lists))
    return [(topics, authors, count) for topics, authors, count in rows]


def latest(tx: Tx, newsletter: str, lately: timedelta) -> dict[datetime, int]:
    """The numbers of the editions that went out, by their moments: the newest, and those that came
    so long before it at most.
    """
    out = (
        select(col(EditionRow.id), col(SlotRow.at))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(NewsletterRow.slug) == newsletter, col(EditionRow.state).in_(OUT_STATES))
        .order_by(col(SlotRow.at).desc())
    )
    newest = tx.execute(out.limit(1)).first()
    if newest is None:
        return {}
    rows = tx.execute(out.where(col(SlotRow.at) > newest.at - lately))
    return {row.at: row.id for row in rows}


def new_in(tx: Tx, editions: Sequence[int]) -> list[tuple[StoryEntry, ...]]:
    """What was new in each of these editions, in its order."""
    return [
        tuple(entry for entry in encoded_editions.story_entries(tx, one) if entry.fresh)
        for one in editions
    ]
