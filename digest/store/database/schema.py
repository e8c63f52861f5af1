"""Brings a store to the version of this program."""

from pathlib import Path

from sqlalchemy import Connection, inspect

from digest.errors import StoreError

HEAD = "0025"
"""The newest migration. Known here so that a start doesn't pay for importing Alembic."""


def current(connection: Connection) -> bool:
    """Is the store at our version?"""
    return _version(connection) == HEAD


def upgrade(connection: Connection, path: Path) -> None:
    """Run the migrations that the store lacks. Raises StoreError if it comes from a newer one."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%")
    )
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"{path}: the store was made by a newer digest (its version is {_version(connection)},"
            f" this one knows {HEAD}); update digest"
        ) from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found) if found is not None else None
