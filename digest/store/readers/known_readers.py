"""What the store holds of readers before a list says something of them."""

from collections.abc import Mapping

from sqlalchemy import case, func, select
from sqlmodel import col

from digest.core.readers.reader import SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.readers.subscribe_rules import StoredReader
from digest.store.database.database import Tx
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriberRow, SubscriptionRow, SuppressionRow

DETAILS = ("name", "tier", "tier_until", "topics", "authors")


def known_readers(
    tx: Tx, keys: list[str], newsletters: Mapping[str, int]
) -> dict[str, StoredReader]:
    """What we hold of these, by key, as far as it matters for these newsletters."""
    standings: dict[str, dict[str, SubscriptionStanding]] = {}
    slugs = {number: slug for slug, number in newsletters.items()}
    for key, number, status in tx.execute(
        select(
            col(SubscriberRow.key), col(SubscriptionRow.newsletter_id), col(SubscriptionRow.status)
        )
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        # With the newsletters named here, too, SQLite would go through all of their readers.
        .where(col(SubscriberRow.key).in_(keys))
    ):
        if number in slugs:
            standings.setdefault(key, {})[slugs[number]] = SubscriptionStanding(status)
    reasons, suppressed = _suppressed(tx, keys)
    later = _later(tx, keys, newsletters)
    ours = {
        row.key: row
        for row in tx.execute(
            select(
                col(SubscriberRow.key),
                *(getattr(SubscriberRow, name) for name in (*DETAILS, "chosen")),
            ).where(col(SubscriberRow.key).in_(keys))
        )
    }
    return {
        key: StoredReader(
            new=key not in ours,
            details={name: getattr(ours[key], name) for name in DETAILS} if key in ours else {},
            standings=standings.get(key, {}),
            suppressed=suppressed.get(key, {}),
            reasons=reasons.get(key, {}),
            chosen=key in ours and ours[key].chosen is not None,
            later=later.get(key, frozenset()),
        )
        for key in keys
    }


def _suppressed(
    tx: Tx, keys: list[str]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, SuppressionReason]]]:
    """Why these may not be mailed, by address and scope: in words, and as values."""
    reasons: dict[str, dict[str, str]] = {}
    suppressed: dict[str, dict[str, SuppressionReason]] = {}
    for key, scope, why, reason in tx.execute(
        select(
            col(SuppressionRow.key),
            col(SuppressionRow.scope),
            col(SuppressionRow.why),
            col(SuppressionRow.reason),
        ).where(col(SuppressionRow.key).in_(keys))
    ):
        reasons.setdefault(key, {})[scope] = why
        suppressed.setdefault(key, {})[scope] = SuppressionReason(reason)
    return reasons, suppressed


def _later(tx: Tx, keys: list[str], newsletters: Mapping[str, int]) -> dict[str, frozenset[str]]:
    """Of those who have left all that they had: the newsletters that came after that."""
    active = col(SubscriptionRow.status) == SubscriptionStanding.ACTIVE
    rows = tx.execute(
        select(col(NewsletterRow.slug), col(NewsletterRow.known_since)).where(
            col(NewsletterRow.id).in_(newsletters.values())
        )
    )
    since = {row.slug: row.known_since for row in rows}
    left = tx.execute(
        select(col(SubscriberRow.key), func.max(col(SubscriptionRow.until)))
        .join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
        .where(col(SubscriberRow.key).in_(keys))
        .group_by(col(SubscriberRow.key))
        .having(func.sum(case((active, 1), else_=0)) == 0)
    )
    return {
        key: frozenset(slug for slug, at in since.items() if until and at > until)
        for key, until in left
    }
