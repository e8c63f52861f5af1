"""What another system knew of readers, beside what a list of ours says of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, insert, select, update
from sqlmodel import col

from digest.store.database.database import Tx
from digest.store.tables.consents import ConsentRow
from digest.store.tables.readers import SubscriberRow


class Arrival(NamedTuple):
    """When somebody joined elsewhere, and their language; None and "" are not known."""

    key: str
    joined: datetime | None = None
    language: str = ""


class MigratedConsent(NamedTuple):
    """That somebody agreed elsewhere: `form` names where, `text` has it as it was kept there."""

    key: str
    email: str
    newsletters: list[str]
    form: str
    text: str
    origin: str
    asked: datetime
    confirmed: datetime


def write_arrivals(tx: Tx, arrivals: Sequence[Arrival]) -> None:
    """Keep since when they read, if that is before we knew them, and their language."""
    key: BindParameter[str] = bindparam("reader")
    table = SubscriberRow.__table__  # type: ignore[attr-defined]
    joined = [{"reader": one.key, "day": one.joined} for one in arrivals if one.joined]
    if joined:
        earlier = (table.c.key == key, table.c.added > bindparam("day"))
        tx.connection().execute(
            update(table).where(*earlier).values(added=bindparam("day")), joined
        )
    spoken = [{"reader": one.key, "spoken": one.language} for one in arrivals if one.language]
    if spoken:
        tx.connection().execute(
            update(table).where(table.c.key == key).values(language=bindparam("spoken")), spoken
        )


def write_consents(tx: Tx, consents: Sequence[MigratedConsent]) -> None:
    """Keep proofs of those who are readers of ours; one that we have is not written twice."""
    for start in range(0, len(consents), 500):
        some = {one.key: one for one in consents[start : start + 500]}
        held = tx.execute(
            select(col(ConsentRow.key), col(ConsentRow.text)).where(
                col(ConsentRow.key).in_(list(some))
            )
        ).all()
        had = {(row.key, row.text) for row in held}
        known = set(
            tx.execute(
                select(col(SubscriberRow.key)).where(col(SubscriberRow.key).in_(list(some)))
            ).scalars()
        )
        rows = [
            one._asdict() | {"confirmed_origin": one.origin}
            for one in some.values()
            if one.key in known and (one.key, one.text) not in had
        ]
        if rows:
            tx.connection().execute(insert(ConsentRow), rows)
