"""Who may read an article whole, and until when a reader has their tier"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: that would write millions of rows anew.
    op.execute("ALTER TABLE article ADD COLUMN access VARCHAR NOT NULL DEFAULT 'everyone'")
    op.execute("ALTER TABLE article ADD COLUMN access_by VARCHAR NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE subscriber ADD COLUMN tier_until DATE")


def downgrade() -> None:
    op.execute("ALTER TABLE subscriber DROP COLUMN tier_until")
    op.execute("ALTER TABLE article DROP COLUMN access_by")
    op.execute("ALTER TABLE article DROP COLUMN access")
