"""Readers of whom a list says what the store holds already: most, when it comes again."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import text

from digest.core.readers.reader import FOREVER, NewReader, SubscriptionStanding
from digest.store.database.database import JSON_TEXTS, Tx
from digest.store.readers.bulk_insert import Lists

_HELD = text(
    "SELECT newsletter_id, subscriber.key, name, tier, tier_until, topics, authors, format, cadence"  # noqa: S608 (nothing of others)
    " FROM subscriber JOIN subscription ON subscriber_id = subscriber.id"
    f" WHERE subscriber.key IN {JSON_TEXTS} AND status = '{SubscriptionStanding.ACTIVE}'"
)


def familiar(tx: Tx, readers: Sequence[NewReader], newsletters: Mapping[str, int]) -> set[str]:
    """The keys of those for whom a list surely changes nothing; for others it may not, either.

    It comes to the same as `subscribe_rules.enrol` for them, in a fraction of the time: rows are
    compared as the database holds them. Who is named twice is left to that.
    """
    active = [
        one for one in readers if one.standing is SubscriptionStanding.ACTIVE and not one.wants.rest
    ]
    said = {one.key: one for one in active}
    ours, same, lists = set(newsletters.values()), Counter[str](), Lists()
    for newsletter, key, *held in tx.execute(_HELD, {"keys": json.dumps(list(said))}):
        if newsletter in ours and _fits(said[key], held, lists):
            same[key] += 1
    named = Counter(one.key for one in readers)
    return {key for key, count in same.items() if count == len(ours) and named[key] == 1}


def _fits(reader: NewReader, held: Sequence[str | None], lists: Lists) -> bool:
    """Whether a list says nothing else than the store has; what it doesn't say is as it was."""
    name, tier, until, topics, authors, form, cadence = held
    said, wants = reader.tier_until, reader.wants
    return (
        reader.name in ("", name)
        and reader.tier in ("", tier)
        and (not reader.topics or lists[reader.topics] == topics)
        and (not reader.authors or lists[reader.authors] == authors)
        and (said is None or until == (None if said == FOREVER else said.isoformat()))
        and wants.format in (None, form)
        and wants.cadences in ((), (("", cadence),))
    )
