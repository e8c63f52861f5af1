"""Whether a list said how often a reader gets something and when they pause, or they themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch, which would copy the table.
    no = sa.false()
    op.add_column(
        "subscriber", sa.Column("said_by_list", sa.Boolean(), nullable=False, server_default=no)
    )


def downgrade() -> None:
    op.drop_column("subscriber", "said_by_list")
