"""Corrections, and who is to be told of them: each reader who got the old text, once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from digest.core.articles.correction import FIXES, Correction, corrections_of, flag
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.store.database.database import Tx
from digest.store.editions.received import REACHED, VOID
from digest.store.message import encoded_editions
from digest.store.tables.articles import ArticleRow
from digest.store.tables.corrections import CorrectionRow, EditionCorrectionRow
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow, VariantRow
from digest.store.tables.newsletters import NewsletterRow
from digest.store.tables.readers import SubscriptionRow

TELL_CORRECTION_FOR = timedelta(days=90)
"""So long after a correction those are told who got the old text and were not told yet."""
GOT_STATES = (DeliveryState.SENT, DeliveryState.UNCERTAIN)
"""A message that reached its reader, or may have."""


def store_correction(tx: Tx, article: int, content_hash: str, note: str, now: datetime) -> int:
    """Write down what was wrong in an article whose text is the right one now."""
    row = CorrectionRow(article_id=article, content_hash=content_hash, note=note, at=now)
    tx.add(row)
    tx.flush()
    assert row.id is not None
    return row.id


def of_articles(tx: Tx, articles: Sequence[int]) -> list[Correction]:
    """The corrections of these articles, the oldest first."""
    return _corrections(tx, col(CorrectionRow.article_id).in_(articles))


def of_edition(tx: Tx, edition: int) -> list[Correction]:
    """The corrections that an edition tells of."""
    telling = select(col(EditionCorrectionRow.correction_id)).where(
        col(EditionCorrectionRow.edition_id) == edition
    )
    return _corrections(tx, col(CorrectionRow.id).in_(telling))


def since(tx: Tx, edition: int) -> list[Correction]:
    """The corrections of what an edition said."""
    wrong = select(col(EditionArticleRow.edition_id)).where(
        col(EditionArticleRow.edition_id) == edition,
        col(EditionArticleRow.article_id) == col(CorrectionRow.article_id),
        *_older(),
    )
    return _corrections(tx, wrong.join(EditionRow, _is_its_edition()).exists())


def due_corrections(tx: Tx, newsletter: str, at: datetime) -> list[Correction]:
    """Those that somebody has to be told of by an edition of this newsletter at this moment."""
    recent = _corrections(tx, col(CorrectionRow.at) > at - TELL_CORRECTION_FOR)
    debts = CorrectionRecipients.of(tx, [one.id for one in recent], newsletter)
    return [one for one in recent if debts.has_any(tx, one.id)]


def _corrections(tx: Tx, *where: ColumnElement[bool]) -> list[Correction]:
    rows = tx.execute(
        select(CorrectionRow, col(ArticleRow.title), col(ArticleRow.url))
        .join(ArticleRow, col(ArticleRow.id) == col(CorrectionRow.article_id))
        .where(*where)
        .order_by(col(CorrectionRow.id))
    )
    return [
        Correction(row.id or 0, row.article_id, title, url, row.note, row.at)
        for row, title, url in rows
    ]


def record_told(tx: Tx, edition: int, corrections: Iterable[int]) -> None:
    """Write down which corrections an edition tells of."""
    rows = [{"edition_id": edition, "correction_id": one} for one in corrections]
    if rows:
        tx.execute(insert(EditionCorrectionRow), rows)


def forget_told(tx: Tx, edition: int) -> None:
    """Drop which corrections a draft tells of."""
    tx.execute(delete(EditionCorrectionRow).where(col(EditionCorrectionRow.edition_id) == edition))


def _is_its_edition() -> ColumnElement[bool]:
    return col(EditionRow.id) == col(EditionArticleRow.edition_id)


def _older() -> tuple[ColumnElement[bool], ...]:
    """That an edition has an article of a correction in other words, and was made before it."""
    return (
        col(EditionArticleRow.place).is_not(None),
        col(EditionArticleRow.content_hash) != col(CorrectionRow.content_hash),
        col(EditionRow.made) <= col(CorrectionRow.at),
        col(EditionRow.state).not_in((*VOID, EditionState.DRAFT)),
    )


@dataclass(frozen=True, slots=True)
class CorrectionRecipients:
    """Whom a newsletter has to tell of some corrections.

    `places` has for each of them the editions with the old text, and its place there.
    """

    places: Mapping[int, Mapping[int, int]]

    @classmethod
    def of(cls, tx: Tx, corrections: Sequence[int], newsletter: str) -> "CorrectionRecipients":
        """What is to be told of these."""
        rows = tx.execute(
            select(
                col(CorrectionRow.id),
                col(EditionArticleRow.edition_id),
                col(EditionArticleRow.place),
            )
            .join(
                EditionArticleRow,
                col(EditionArticleRow.article_id) == col(CorrectionRow.article_id),
            )
            .join(EditionRow, _is_its_edition())
            .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
            .where(
                col(CorrectionRow.id).in_(corrections),
                col(NewsletterRow.slug) == newsletter,
                *_older(),
            )
        )
        places: dict[int, dict[int, int]] = defaultdict(dict)
        for correction, edition, place in rows:
            places[correction][edition] = place or 0
        return cls(dict(places))

    def owed(self, tx: Tx, subscribers: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """The corrections that each of these has to be told of, for those who have any."""
        if not self.places or not subscribers:
            return {}
        these = col(DeliveryRow.subscriber_id).between(min(subscribers), max(subscribers))
        owed: dict[int, set[int]] = defaultdict(set)
        for subscriber, edition, bits in tx.execute(self._had().where(these)):
            owed[subscriber] |= self._in(edition, bits)
        for subscriber, code in tx.execute(self._telling(these)) if owed else ():
            if subscriber in owed:
                owed[subscriber] -= corrections_of(code)
        return {one: tuple(sorted(them)) for one, them in owed.items() if them}

    def has_any(self, tx: Tx, correction: int) -> bool:
        """Whether anybody is to be told of it who is still a reader."""
        return bool(self.unsaid(tx, correction))

    def unsaid(self, tx: Tx, correction: int) -> dict[tuple[int, bytes], int]:
        """How many are to be told of it, by the edition and the bitset of what they got of it."""
        had = (col(DeliveryRow.edition_id), col(DeliveryRow.articles))
        rows = tx.execute(self.those(correction, *had, func.count()).group_by(*had))
        return {
            (edition, bits): count
            for edition, bits, count in rows
            if correction in self._in(edition, bits)
        }

    def those(self, correction: int, *columns: Any) -> Select[*tuple[Any, ...]]:
        """Columns of the deliveries of its editions to readers who were not told of a correction.

        Whether a delivery had the article at all is in its bitset.
        """
        here, said = DeliveryRow, aliased(DeliveryRow)
        telling = select(col(EditionCorrectionRow.edition_id)).where(
            col(EditionCorrectionRow.correction_id) == correction
        )
        was_told = (
            exists()
            .where(
                col(said.subscriber_id) == col(here.subscriber_id),
                col(said.edition_id).in_(telling),
                col(said.state).in_(REACHED),
                col(VariantRow.id) == col(said.variant_id),
                col(VariantRow.code).contains(f"+{flag(correction)}+"),
            )
            .correlate(here)
        )
        return (
            select(*columns)
            .join(SubscriptionRow, col(SubscriptionRow.id) == col(here.subscription_id))
            .where(
                col(here.edition_id).in_(self.places.get(correction, ())),
                col(here.state).in_(GOT_STATES),
                col(SubscriptionRow.status) == "active",
                ~was_told,
            )
        )

    def _telling(self, these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        """Which choices told readers of any of these corrections."""
        telling = select(col(EditionCorrectionRow.edition_id)).where(
            col(EditionCorrectionRow.correction_id).in_(self.places)
        )
        return (
            select(col(DeliveryRow.subscriber_id), col(VariantRow.code))
            .join(VariantRow, col(VariantRow.id) == col(DeliveryRow.variant_id))
            .where(
                these,
                col(DeliveryRow.edition_id).in_(telling),
                col(DeliveryRow.state).in_(REACHED),
                col(VariantRow.code).contains(f"+{FIXES}"),
            )
        )

    def _in(self, edition: int, bits: bytes) -> set[int]:
        """The corrections of what a delivery of an edition had."""
        mask = encoded_editions.mask(bits)
        return {
            correction
            for correction, places in self.places.items()
            if edition in places and mask >> places[edition] & 1
        }

    def _had(self) -> Select[*tuple[Any, ...]]:
        editions = {edition for places in self.places.values() for edition in places}
        return select(
            col(DeliveryRow.subscriber_id), col(DeliveryRow.edition_id), col(DeliveryRow.articles)
        ).where(col(DeliveryRow.edition_id).in_(editions), col(DeliveryRow.state).in_(GOT_STATES))
