"""Puts things into a store for tests."""

from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.core.articles.identity import identify
from digest.core.editions.selection import Selection
from digest.core.message.encoded_edition import EncodedEdition, EncodedFragment
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import choose_places
from digest.core.readers.reader import NewReader, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.text.email_address import address_key
from digest.store.articles import articles, intake
from digest.store.database.database import Database, create
from digest.store.editions import audience, edition_contents, editions
from digest.store.editions.edition_contents import Contents
from digest.store.editions.editions import StoredEdition
from digest.store.readers.bulk_subscribe import enrol_all
from digest.store.readers.subscribers import SuppressedFor
from tests.builders import MARK, MONDAY, a_selection, an_entry, an_item

DEAD = SuppressedFor(SuppressionReason.DEAD, "550 5.1.1 no such user")


@cache
def empty_store() -> bytes:
    """An empty store, made once: migrations take a while."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "digest.db"
        create(path)
        return path.read_bytes()


def new_store(folder: Path, content: bytes = b"") -> Database:
    """An empty store, or one like one that was `packed`."""
    path = folder / "digest.db"
    path.write_bytes(content or empty_store())
    return Database(path)


def packed(db: Database) -> bytes:
    """Close a store and give what is in it: to copy that is quicker than to fill another."""
    db.close()
    return db.path.read_bytes()


def a_reader(email: str = "ada@reader.example", **changes) -> NewReader:
    return NewReader(email=email, key=address_key(email), **changes)


def enrol(db: Database, *emails: str, now: datetime = MONDAY, standing=SubscriptionStanding.ACTIVE):
    readers = [a_reader(email, standing=standing) for email in emails]
    return db.write(enrol_all, readers, ["weekly"], now)


def keep_article(db: Database, title: str = "The tide gauge that never sleeps", **changes):
    """Save an article and give it back as the store has it."""
    entry = identify(an_item(title, **changes))
    _, article_id = db.write(intake.save_article, entry, (), "", MONDAY)
    (article,) = db.read(articles.by_ids, [article_id])
    return article


def an_encoded_edition(selection: Selection | None = None) -> EncodedEdition:
    """A small one, with an entry for each pick."""
    picks = selection.picks if selection else ()
    entries = tuple(an_entry(pick.article.id) for pick in picks) or (an_entry(),)
    return EncodedEdition(
        entries=entries,
        head=b"From: x\r\n",
        html=(EncodedFragment("all", b"b\r\n", 2),),
        text=(EncodedFragment("all", b"a\r\n", 2),),
        boundary="=_b",
        mark=MARK,
        choice=choose_places(entries, 2 ** len(entries) - 1),
        words=SubjectLine("The tide gauge", ""),
    )


def contents(selection: Selection | None = None) -> Contents:
    return Contents(
        encoded=an_encoded_edition(selection),
        selection=selection or a_selection(),
        content_hash="hash",
        rules_hash="rules",
    )


def freeze(
    db: Database, selection: Selection | None = None, at: datetime = MONDAY
) -> StoredEdition:
    """A frozen edition for everybody who is subscribed."""

    def query(tx):
        made = edition_contents.make_edition(
            tx, "weekly", at, contents(selection), planned=False, now=at
        )
        audience.fix_audience(tx, made.id, at)
        return editions.by_id(tx, made.id)

    kept: StoredEdition | None = db.write(query)
    assert kept is not None
    return kept


def states(db: Database) -> dict[str, str]:
    """The state of each reader's delivery, by address."""
    from sqlalchemy import text

    rows = db.read(
        lambda tx: tx.execute(
            text(
                "SELECT email, state FROM delivery JOIN subscriber"
                " ON subscriber.id = subscriber_id ORDER BY delivery.id"
            )
        ).all()
    )
    return {row.email: row.state for row in rows}
