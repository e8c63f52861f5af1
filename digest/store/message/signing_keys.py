"""Which keys signed the links of this store: another one is a mishap, and old links are dead."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlmodel import col

from digest.core.message.signed_token import key_fingerprint, keys_of
from digest.store.database.database import Tx
from digest.store.tables.consents import ConsentRow
from digest.store.tables.readers import SubscriberRow, SuppressionRow
from digest.store.tables.signing_keys import SigningKeyRow


class KnownKey(NamedTuple):
    """A key that signed links, by its fingerprint, and since when."""

    fingerprint: str
    since: datetime


def known_keys(tx: Tx) -> list[KnownKey]:
    """The keys that signed links, oldest first; none for a store that never heard of one."""
    rows = tx.execute(
        select(SigningKeyRow.fingerprint, SigningKeyRow.since).order_by(  # type: ignore[call-overload]
            col(SigningKeyRow.since), col(SigningKeyRow.fingerprint)
        )
    ).all()
    return [KnownKey(*row) for row in rows]


def remember_keys(tx: Tx, fingerprints: Sequence[str], now: datetime) -> None:
    """Write down that these sign links; one that is known stays as it is."""
    held = {one.fingerprint for one in known_keys(tx)}
    rows = [{"fingerprint": one, "since": now} for one in fingerprints if one not in held]
    if rows:
        tx.connection().execute(insert(SigningKeyRow), rows)


def remember_first_key(tx: Tx, secret: str, now: datetime) -> None:
    """Write down which keys sign, where none is known: whoever gets a link depends on it now."""
    if secret and not known_keys(tx):
        remember_keys(tx, [key_fingerprint(key) for key in keys_of(secret)], now)


def forget_keys(tx: Tx) -> None:
    """Let go of all keys: the links that they signed are dead."""
    tx.execute(delete(SigningKeyRow))


def may_have_signed(tx: Tx) -> bool:
    """Whether anybody may have a link of this store, or was forgotten by it."""
    ids = (col(SubscriberRow.id), col(ConsentRow.id), col(SuppressionRow.id))
    return any(tx.execute(select(one).limit(1)).first() is not None for one in ids)
