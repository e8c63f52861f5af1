"""The rhythm of readers: how often, pauses, formats, and what is owed to whom"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
_TEXT = sqlmodel.sql.sqltypes.AutoString()
# Not in batches, which would copy the tables; the ledger may have millions of rows.
_COLUMNS = (
    ("subscriber", "format", _TEXT, "full"),
    ("subscriber", "paused_until", _MOMENT, None),
    ("subscriber", "catch_up", sa.Boolean(), sa.false()),
    ("subscriber", "said", _MOMENT, None),
    ("subscription", "cadence", _TEXT, "every"),
    ("subscription", "owed_since", _MOMENT, None),
    ("edition", "back", _MOMENT, None),
    ("delivery", "passed", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    for table, name, kind, default in _COLUMNS:
        empty = default is None
        op.add_column(table, sa.Column(name, kind, nullable=empty, server_default=default))


def downgrade() -> None:
    for table, name, _, _ in reversed(_COLUMNS):
        op.drop_column(table, name)
