"""How often, when and how readers want newsletters, where a list says it (delivery_options)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import Cadence, pause_reason
from digest.core.readers.delivery_options import News, StoredOptions
from digest.store.database.database import Tx
from digest.store.readers import subscriber_settings
from digest.store.readers.subscriber_settings import Rest
from digest.store.tables.readers import SubscriberRow, SubscriptionRow


def stored_options(
    tx: Tx, keys: Sequence[str], newsletters: Mapping[str, int], now: datetime
) -> dict[str, StoredOptions]:
    """What the store holds of it for these readers, by key."""
    cadences: dict[str, dict[str, Cadence]] = {}
    slugs = {number: slug for slug, number in newsletters.items()}
    reads = select(
        col(SubscriberRow.key), col(SubscriptionRow.newsletter_id), col(SubscriptionRow.cadence)
    ).join(SubscriptionRow, col(SubscriptionRow.subscriber_id) == col(SubscriberRow.id))
    for key, number, cadence in tx.execute(reads.where(col(SubscriberRow.key).in_(keys))):
        if number in slugs:
            cadences.setdefault(key, {})[slugs[number]] = Cadence(cadence)
    rows = tx.execute(
        select(
            col(SubscriberRow.key),
            col(SubscriberRow.paused_until),
            col(SubscriberRow.catch_up),
            col(SubscriberRow.format),
            col(SubscriberRow.said),
            col(SubscriberRow.said_by_list),
        ).where(col(SubscriberRow.key).in_(keys))
    )
    return {
        row.key: StoredOptions(
            cadences.get(row.key, {}),
            row.paused_until if row.paused_until and row.paused_until > now else None,
            row.catch_up,
            Format(row.format),
            own=row.said is not None and not row.said_by_list,
        )
        for row in rows
    }


def save_options(
    tx: Tx, told: Mapping[str, News], newsletters: Mapping[str, int], now: datetime
) -> None:
    """Write down what lists said of readers, by key, as if these had said it on their page."""
    told = {key: news for key, news in told.items() if news.wants}
    rests: dict[str, Rest] = {}
    for key, news in told.items():
        rest = news.wants.rest
        if rest and rest.until:
            catch_up = bool(rest.catch_up)
            rests[key] = Rest(rest.until, pause_reason(rest.day, catch_up=catch_up), catch_up)
        elif rest:
            subscriber_settings.end_pause(tx, key, now)
    subscriber_settings.pause_all(tx, rests, now)
    _write_cadences(tx, told, newsletters)
    reader = update(SubscriberRow).where(col(SubscriberRow.key) == bindparam("reader"))
    formats = [
        {"reader": key, "wanted": news.wants.format}
        for key, news in told.items()
        if news.wants.format
    ]
    if formats:
        tx.connection().execute(reader.values(format=bindparam("wanted")), formats)
    said = [{"reader": key} for key, news in told.items() if news.said]
    if said:
        tx.connection().execute(reader.values(said=now, said_by_list=True), said)


def _write_cadences(tx: Tx, told: Mapping[str, News], newsletters: Mapping[str, int]) -> None:
    cadences = [
        {"reader": key, "newsletter": newsletters[slug], "often": cadence}
        for key, news in told.items()
        for slug, cadence in news.wants.cadences
    ]
    if not cadences:
        return
    number = select(col(SubscriberRow.id)).where(col(SubscriberRow.key) == bindparam("reader"))
    tx.connection().execute(
        update(SubscriptionRow)
        .where(
            col(SubscriptionRow.subscriber_id) == number.scalar_subquery(),
            col(SubscriptionRow.newsletter_id) == bindparam("newsletter"),
        )
        .values(cadence=bindparam("often")),
        cadences,
    )
