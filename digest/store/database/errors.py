"""The database's own errors, each as one sentence that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, ProgrammingError

from digest.errors import StoreError

BUSY_SECONDS = 10.0
"""So long a lock of another program is waited for."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the database's own errors into one sentence that says what to do."""
    try:
        yield
    except (IntegrityError, ProgrammingError, InterfaceError):
        raise  # ours to handle, or our mistake
    except DBAPIError as error:
        raise _explain(path, error.orig or error) from error
    except sqlite3.Error as error:
        raise _explain(path, error) from error


_SAID = (
    (
        ("locked", "busy"),
        f"another program holds the store (waited {BUSY_SECONDS:.0f} s); let it finish, then try"
        " again",
    ),
    (
        ("readonly", "read-only"),
        "the store can't be written; check the permissions of the file and of its folder",
    ),
    (("full",), "the disk is full; nothing was changed. Make room and try again"),
    (
        ("disk i/o",),
        "the disk is full, at its limit or failing (disk I/O error); nothing was changed. Make"
        " room and try again",
    ),
    (
        ("unable to open",),
        "the store can't be opened; check the permissions of the file and of its folder",
    ),
)


def _explain(path: Path, error: BaseException) -> StoreError:
    says = str(error).lower()
    for words, message in _SAID:
        if any(word in says for word in words):
            return StoreError(f"{path}: {message}")
    if "malformed" in says or "not a database" in says or "corrupt" in says:
        return damaged_store(path)
    return StoreError(f"{path}: the store answered: {error}")


def damaged_store(path: Path) -> StoreError:
    """What to say of a store that is."""
    return StoreError(
        f"{path}: the store is damaged. Nothing was changed; put it back from your backup, or"
        f" save what can be read with `sqlite3 {path.name} .recover`"
    )
