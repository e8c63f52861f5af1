"""Drafts: what they were drawn up from, their edits, and who approved them"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.add_column("edition", sa.Column("approved", moment(), nullable=True))
    op.add_column(
        "edition", sa.Column("approved_by", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "edition", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "draft",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("drawn", moment(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_draft_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "draft_edit",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("text", text(), nullable=False),
        sa.Column("section", text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("edited_by", text(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("undone_by", text(), nullable=False),
        sa.Column("undone", moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_draft_edit_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_draft_edit_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "number", name=op.f("pk_draft_edit")),
    )


def downgrade() -> None:
    op.drop_table("draft_edit")
    op.drop_table("draft")
    for column in ("revision", "approved_by", "approved"):
        op.drop_column("edition", column)
