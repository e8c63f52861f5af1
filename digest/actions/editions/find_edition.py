"""An edition by the number that a person typed."""

from digest.errors import UsageError
from digest.store.database.database import Database
from digest.store.editions import editions
from digest.store.editions.editions import StoredEdition


def find_edition(db: Database, edition: int) -> StoredEdition:
    """An edition by its number. Raises UsageError if there is no such one."""
    kept = db.read(editions.by_id, edition)
    if kept is None:
        newest = db.read(editions.newest_editions, 1)
        known = f"the newest is {newest[0].id}" if newest else "there is none yet"
        raise UsageError(f"there is no edition {edition}; {known}")
    return kept
