"""What readers got before: never the same article twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from digest.core.choice import Entry, places_of
from digest.core.delivery import DeliveryState
from digest.core.edition import EditionState
from digest.store import sheets
from digest.store.database import Tx
from digest.store.tables import (
    DeliveryRow,
    EditionArticleRow,
    EditionRow,
    NewsletterRow,
    SlotRow,
    SubscriptionRow,
)

REACHED = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.IN_DATA,
    DeliveryState.DEFERRED,
    DeliveryState.SENT,
    DeliveryState.UNCERTAIN,
)
"""A message that reached its reader, or may have, or is on its way."""
VOID = (EditionState.HELD, EditionState.CANCELLED)


@dataclass(slots=True)
class Past:
    """Where else the articles of an edition were: by edition, its places and ours.

    `own` has the editions of the same newsletter: who got one of them had the choice of all its
    articles, so that none of them is made up for.
    """

    entries: Sequence[Entry]
    places: Mapping[int, Mapping[int, int]]
    own: frozenset[int]
    _masks: dict[tuple[int, bytes], int] = field(default_factory=dict)
    _carried: list[tuple[int, datetime]] | None = None

    def received(self, tx: Tx, subscribers: Sequence[int]) -> dict[int, int]:
        """A bitset of our places for each of these that got some of them already."""
        if not self.places:
            return {}
        rows = tx.execute(
            select(
                col(DeliveryRow.subscriber_id),
                col(DeliveryRow.edition_id),
                col(DeliveryRow.articles),
            ).where(
                col(DeliveryRow.edition_id).in_(self.places),
                col(DeliveryRow.subscriber_id).between(min(subscribers), max(subscribers)),
                col(DeliveryRow.state).in_(REACHED),
            )
        )
        masks: dict[int, int] = defaultdict(int)
        for subscriber, edition, bits in rows:
            masks[subscriber] |= self._mask(edition, bits)
        return masks

    def _mask(self, edition: int, bits: bytes) -> int:
        """What a delivery of another edition holds, in our places."""
        known = self._masks.get((edition, bits))
        if known is None:
            ours = self.places[edition]
            had = ours if edition in self.own else set(places_of(sheets.mask(bits)))
            known = sum(1 << place for theirs, place in ours.items() if theirs in had)
            self._masks[edition, bits] = known
        return known

    def before(self, joined: datetime) -> int:
        """A bitset of what editions had before somebody subscribed."""
        if self._carried is None:
            self._carried = [
                (1 << place, entry.since) for place, entry in enumerate(self.entries) if entry.since
            ]
        return sum(bit for bit, since in self._carried if since < joined)


def past(
    tx: Tx, newsletter: str, edition: int, entries: Sequence[Entry], *, others: bool = True
) -> Past:
    """What other editions had of these articles; with `others`, those of other newsletters too."""
    ours = {entry.article: place for place, entry in enumerate(entries)}
    query = (
        select(
            col(EditionArticleRow.edition_id),
            col(EditionArticleRow.article_id),
            col(EditionArticleRow.place),
            (col(NewsletterRow.slug) == newsletter).label("own"),
        )
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(
            col(EditionArticleRow.article_id).in_(ours),
            col(EditionArticleRow.place).is_not(None),
            col(EditionArticleRow.edition_id) != edition,
            col(EditionRow.state).not_in(VOID),
        )
    )
    if not others:
        query = query.where(col(NewsletterRow.slug) == newsletter)
    places: dict[int, dict[int, int]] = defaultdict(dict)
    own = set()
    for row in tx.execute(query):
        places[row.edition_id][row.place] = ours[row.article_id]
        if row.own:
            own.add(row.edition_id)
    return Past(entries, dict(places), frozenset(own))


def missed(tx: Tx, newsletter: str, since: datetime, before: datetime) -> dict[int, datetime]:
    """Articles that an edition between these moments had, and a reader of then did not get.

    With the moment of the first edition that had each. Only readers who are still there count.
    """
    got = exists().where(
        col(DeliveryRow.edition_id) == col(EditionRow.id),
        col(DeliveryRow.subscriber_id) == col(SubscriptionRow.subscriber_id),
        col(DeliveryRow.state).in_(REACHED),
    )
    somebody = exists().where(
        col(SubscriptionRow.newsletter_id) == col(EditionRow.newsletter_id),
        col(SubscriptionRow.status) == "active",
        col(SubscriptionRow.since) <= col(SlotRow.at),
        ~got,
    )
    rows = tx.execute(
        select(col(EditionArticleRow.article_id), col(SlotRow.at))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(SlotRow.at) > since,
            col(SlotRow.at) < before,
            col(EditionRow.state).not_in((*VOID, EditionState.DRAFT)),
            col(EditionArticleRow.taken),
            somebody,
        )
        .order_by(col(SlotRow.at).desc())
    )
    return dict(iter(rows))
