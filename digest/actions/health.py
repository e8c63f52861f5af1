"""Say whether the store answers."""

from digest.errors import StoreError
from digest.store import editions
from digest.store.database import Database


def check(db: Database) -> None:
    """Raises StoreError if the store is gone or doesn't answer."""
    if not db.path.exists():  # an open file goes on working, and is lost
        raise StoreError(f"{db.path}: the store was removed while digest runs")
    db.read(editions.listed, 1)
