"""Say whether the store answers."""

from digest.store.database.database import Database
from digest.store.editions import editions


def check_health(db: Database) -> None:
    """Raises StoreError if the store is gone or doesn't answer."""
    db.read(editions.newest_editions, 1)
