"""Say whether the store answers."""

from digest.store import editions
from digest.store.database import Database


def check(db: Database) -> None:
    """Raises StoreError if the store is gone or doesn't answer."""
    db.read(editions.listed, 1)
