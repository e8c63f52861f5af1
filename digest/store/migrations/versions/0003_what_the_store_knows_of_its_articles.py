"""What the store knows of its articles: older words, copies, and what they teach"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from digest.core.author import key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_html", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("replaced", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_revision_article_id_article")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"])
    op.create_table(
        "article_band",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_band_article_id_article")
        ),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_article_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article_copy",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_copy_article_id_article")
        ),
        sa.ForeignKeyConstraint(
            ["original_id"], ["article.id"], name=op.f("fk_article_copy_original_id_article")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_copy")),
    )
    op.create_index("ix_article_copy_original_id", "article_copy", ["original_id"])
    op.create_table(
        "learned",
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rules", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_learned")),
    )

    _compare_authors_anew()


def _compare_authors_anew() -> None:
    """Several spellings of a name become one author, the first one seen."""
    connection = op.get_bind()
    authors = connection.execute(sa.text("SELECT id, name FROM author ORDER BY id")).all()
    connection.execute(sa.text("UPDATE author SET key = '#' || id"))
    first: dict[str, int] = {}
    for number, name in authors:
        same = first.setdefault(key(name), number)
        if same == number:
            query = "UPDATE author SET key = :key WHERE id = :number"
            connection.execute(sa.text(query), {"key": key(name), "number": number})
            continue
        query = "UPDATE article_author SET author_id = :same WHERE author_id = :number"
        connection.execute(sa.text(query), {"same": same, "number": number})
        connection.execute(sa.text("DELETE FROM author WHERE id = :number"), {"number": number})


def downgrade() -> None:
    op.drop_table("learned")
    op.drop_table("article_copy")
    op.drop_table("article_band")
    op.drop_table("revision")
