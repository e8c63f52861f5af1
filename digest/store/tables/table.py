"""What holds for all tables. Rows stay in the store; what leaves it are core values.

Times are aware UTC (SQLModel's own datetime column). Identifiers are never used twice
(AUTOINCREMENT), since signed links hold them for years.
"""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

NEVER_REUSE_IDS = {"sqlite_autoincrement": True}
"""Of a table: no identifier is given again, not even that of a row that is gone."""


class Table(SQLModel):
    """The base of all rows: one schema, in which constraints have names that migrations know."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
