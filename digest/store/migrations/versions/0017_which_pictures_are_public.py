"""Until when a picture is shown for a preview, and which articles have a picture"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch, which would copy the table.
    moment = sqlmodel.sql.sqltypes.UTCDateTime()
    op.add_column("article_image", sa.Column("preview_until", moment, nullable=True))
    op.create_index(op.f("ix_article_image_stem"), "article_image", ["stem"])


def downgrade() -> None:
    op.drop_index(op.f("ix_article_image_stem"), "article_image")
    op.drop_column("article_image", "preview_until")
