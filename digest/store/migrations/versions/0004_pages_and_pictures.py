"""Pages that were read, the pictures of articles, and recordings of them"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column(
            "audio_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
        ),
    )
    op.create_table(
        "article_image",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        _text("stem"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        _text("alt"),
        _text("credit"),
        _text("why"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_image_article_id_article")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_image")),
    )
    op.create_table(
        "page",
        _text("entry_key"),
        _text("article_key"),
        _text("entry_hash"),
        sa.Column("read", sa.Boolean(), nullable=False),
        _text("why"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_key", name=op.f("pk_page")),
    )
    op.create_table(
        "robots",
        _text("site"),
        _text("text"),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_robots")),
    )


def downgrade() -> None:
    op.drop_table("robots")
    op.drop_table("page")
    op.drop_table("article_image")
    op.drop_column("article", "audio_url")
