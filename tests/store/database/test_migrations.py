"""What a store of an older version becomes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from digest.store.articles import articles
from digest.store.database import schema
from digest.store.database.database import Database
from tests.stock import keep_article


def down_to(db, version):
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parents[1] / "migrations"))

    def query(tx):
        config.attributes["connection"] = tx.connection()
        command.downgrade(config, version)

    db.write(query)


def test_spellings_of_one_author_become_one(db):
    ours = keep_article(db, "One", authors=("Mara Lind",))
    theirs = keep_article(db, "Two", authors=("Ben Quay", "Ada Park"))
    down_to(db, "0002")

    def as_it_was(tx):
        tx.execute(text("UPDATE author SET key = lower(name)"))
        tx.execute(
            text("UPDATE author SET key = 'mára lind', name = 'Mára Lind' WHERE name = 'Ben Quay'")
        )

    db.write(as_it_was)
    db.close()
    renewed = Database(db.path)

    found = renewed.read(articles.by_ids, [ours.id, theirs.id])
    assert [one.authors for one in found] == [("Mara Lind",), ("Mara Lind", "Ada Park")]
    keys = renewed.read(lambda tx: set(tx.scalars(text("SELECT key FROM author"))))
    assert keys == {"mara lind", "ada park"}
    renewed.close()
