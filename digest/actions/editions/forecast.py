"""What a reader would get of several editions, each after the ones before it.

What an edition has for somebody follows from what they got, so the editions before are really made:
on a copy of the store, for this reader alone, by the function that makes them for all.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.actions.editions.explain_reader import Shown, explain_reader, reader_of
from digest.actions.editions.lint import FaultyError
from digest.actions.editions.plan import plan
from digest.actions.editions.publish import publish
from digest.actions.message.message_factory import MessageFactory
from digest.core.newsletters.newsletter import Approval, Newsletter
from digest.store.database.database import Database
from digest.store.operations import rehearsal_copy


def foresee(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    email: str,
    moments: Iterable[datetime],
) -> list[Shown | None]:
    """What a reader would get of the editions of these moments, the earliest first; None of none.

    They are taken to arrive. Writes nothing. Raises UsageError for an address that we don't know,
    and for one that never subscribed.
    """
    with TemporaryDirectory(prefix="digest-plan-") as folder:
        path = Path(folder) / "digest.db"
        db.copy_to(path)
        with closing(Database(path)) as copy:
            return list(_each(copy, factory, newsletter, email, moments))


def _each(
    copy: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    email: str,
    moments: Iterable[datetime],
) -> Iterator[Shown | None]:
    copy.write(rehearsal_copy.keep_only_reader, newsletter.slug, reader_of(copy, email).id)
    free = replace(newsletter, approval=Approval())  # taken to be approved
    for at in moments:
        # Read anew: an edition settles what is owed.
        yield explain_reader(copy, factory, plan(copy, newsletter, at), reader_of(copy, email))
        with suppress(FaultyError):  # then there would be none
            made = publish(copy, factory, free, at, at, as_is=True).edition
            copy.write(rehearsal_copy.arrive, made.id)
