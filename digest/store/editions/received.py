"""What readers got before: never the same article twice."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from operator import or_ as or_bits
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.message.story_choice import StoryEntry, mask_of, places_of
from digest.store.database.database import Tx
from digest.store.message import encoded_editions
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.readers import SubscriptionRow

REACHED = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.IN_DATA,
    DeliveryState.DEFERRED,
    DeliveryState.SENT,
    DeliveryState.UNCERTAIN,
)
"""A message that reached its reader, or may have, or is on its way."""
OVER = DeliveryState.DEFERRED
"""So is what is tried again; but at the freeze of the next edition it is given up, and made up for
there (store.delivery.give_up)."""
TRIED = (EditionState.FROZEN, EditionState.SENDING)
"""Editions that are given up then; one that is paused is not."""
VOID = (EditionState.HELD, EditionState.CANCELLED)
DueColumn = ColumnElement[bool]
"""Whether it is the turn of a SubscriptionRow (store.editions.cadence.is_readers_turn)."""


@dataclass(slots=True)
class Received:
    """Where else the articles of an edition were: by edition, its places and ours.

    `own` has the editions of the same newsletter: who got one of them had the choice of all its
    articles, so that none of them is made up for. `new` has our places of what was new in each.
    """

    entries: Sequence[StoryEntry]
    places: Mapping[int, Mapping[int, int]]
    own: frozenset[int]
    new: Mapping[int, frozenset[int]]
    over: frozenset[int] = frozenset()
    """Editions of which nothing is tried again once ours is frozen."""
    _masks: dict[tuple[int, bytes], int] = field(default_factory=dict)
    _before: tuple[list[datetime], list[int]] | None = None

    def received(self, tx: Tx, subscribers: Sequence[int]) -> dict[int, int]:
        """A bitset of our places for each of these that got some of them already."""
        if not self.places:
            return {}
        rows = tx.execute(
            select(
                col(DeliveryRow.subscriber_id),
                col(DeliveryRow.edition_id),
                col(DeliveryRow.articles),
                col(DeliveryRow.passed),
            ).where(
                col(DeliveryRow.edition_id).in_(self.places),
                col(DeliveryRow.subscriber_id).between(min(subscribers), max(subscribers)),
                or_(col(DeliveryRow.state).in_(REACHED), col(DeliveryRow.passed)),
                ~given_up(self.over),
            )
        )
        masks: dict[int, int] = defaultdict(int)
        for subscriber, edition, bits, passed in rows:
            masks[subscriber] |= self._passed(edition) if passed else self._mask(edition, bits)
        return masks

    def _passed(self, edition: int) -> int:
        """What passes somebody by who paused in an edition: what was new in it."""
        return mask_of(tuple(self.new[edition])) if edition in self.own else 0

    def _mask(self, edition: int, bits: bytes) -> int:
        """What a delivery of another edition holds, in our places."""
        known = self._masks.get((edition, bits))
        if known is None:
            ours = self.places[edition]
            had = ours if edition in self.own else set(places_of(encoded_editions.mask(bits)))
            known = sum(1 << place for theirs, place in ours.items() if theirs in had)
            self._masks[edition, bits] = known
        return known

    def before(self, moment: datetime) -> int:
        """A bitset of what editions had before a moment."""
        if self._before is None:
            carried = sorted(
                (entry.since, 1 << place) for place, entry in enumerate(self.entries) if entry.since
            )
            bits = accumulate((bit for _, bit in carried), or_bits, initial=0)
            self._before = [since for since, _ in carried], list(bits)
        sinces, masks = self._before
        return masks[bisect_left(sinces, moment)]


def given_up(editions: Collection[int]) -> ColumnElement[bool]:
    """Whether a DeliveryRow is of one of these editions, and will be tried no more."""
    return and_(col(DeliveryRow.edition_id).in_(editions), col(DeliveryRow.state) == OVER)


def received_before(
    tx: Tx,
    newsletter: str,
    edition: int,
    entries: Sequence[StoryEntry],
    *,
    others: bool = True,
    at: datetime | None = None,
) -> Received:
    """What other editions had of these articles; with `others`, those of other newsletters too.

    For an edition that is not frozen yet, `at` is its moment.
    """
    ours = {entry.article: place for place, entry in enumerate(entries)}
    query = _elsewhere(ours, newsletter, edition)
    if not others:
        query = query.where(col(NewsletterRow.slug) == newsletter)
    places: dict[int, dict[int, int]] = defaultdict(dict)
    own, over = set[int](), set[int]()
    new: dict[int, set[int]] = defaultdict(set)
    for row in tx.execute(query):
        places[row.edition_id][row.place] = ours[row.article_id]
        if row.own:
            own.add(row.edition_id)
        if row.own and at and row.at < at and row.state in TRIED:
            over.add(row.edition_id)
        if row.taken:
            new[row.edition_id].add(ours[row.article_id])
    fresh = {edition: frozenset(new[edition]) for edition in places}
    return Received(entries, dict(places), frozenset(own), fresh, frozenset(over))


def _elsewhere(
    articles: Collection[int], newsletter: str, edition: int
) -> Select[*tuple[Any, ...]]:
    """Where these articles stand in other editions that count, and whether it is one's `own`."""
    return (
        select(
            col(EditionArticleRow.edition_id),
            col(EditionArticleRow.article_id),
            col(EditionArticleRow.place),
            col(EditionArticleRow.taken),
            (col(NewsletterRow.slug) == newsletter).label("own"),
            col(EditionRow.state),
            col(SlotRow.at),
        )
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(
            col(EditionArticleRow.article_id).in_(articles),
            col(EditionArticleRow.place).is_not(None),
            col(EditionArticleRow.edition_id) != edition,
            col(EditionRow.state).not_in(VOID),
        )
    )


def missed_articles(
    tx: Tx, newsletter: str, since: datetime, edge: datetime, before: datetime, due: DueColumn
) -> dict[int, datetime]:
    """Articles that an edition between these moments had, and a reader of then did not get.

    What is only tried again counts as that. With the moment of the first edition that had each.
    Only readers who are still there count, and whose turn it is; up to the edge, only those to whom
    it is owed.
    """
    # Named, since SQLAlchemy looks for what an inner query is about in the one around it only.
    got = (
        exists()
        .where(
            col(DeliveryRow.edition_id) == col(EditionRow.id),
            col(DeliveryRow.subscriber_id) == col(SubscriptionRow.subscriber_id),
            or_(col(DeliveryRow.state).in_(REACHED), col(DeliveryRow.passed)),
            col(DeliveryRow.state) != OVER,
        )
        .correlate(EditionRow, SubscriptionRow)
    )
    somebody = exists().where(
        col(SubscriptionRow.newsletter_id) == col(EditionRow.newsletter_id),
        col(SubscriptionRow.status) == "active",
        col(SubscriptionRow.since) <= col(SlotRow.at),
        or_(col(SlotRow.at) >= edge, col(SubscriptionRow.owed_since) <= col(SlotRow.at)),
        due,
        ~got,
    )
    rows = tx.execute(
        select(col(EditionArticleRow.article_id), col(SlotRow.at))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(
            col(NewsletterRow.slug) == newsletter,
            col(SlotRow.at) >= since,
            col(SlotRow.at) < before,
            col(EditionRow.state).not_in((*VOID, EditionState.DRAFT)),
            col(EditionArticleRow.taken),
            somebody,
        )
        .order_by(col(SlotRow.at).desc())
    )
    return dict(iter(rows))
