"""What articles are found by"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from digest.core.search import findable

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 1000


def upgrade() -> None:
    table = op.create_table(
        "article_findable",
        sa.Column("published", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_findable_article_id_article")
        ),
        sa.PrimaryKeyConstraint("published", "article_id", name=op.f("pk_article_findable")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_article_findable_article_id"), "article_findable", ["article_id"])
    assert table is not None
    _fill(op.get_bind(), table)


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    names = sa.text(
        "SELECT name FROM article_author JOIN author ON author.id = author_id"
        " WHERE article_id = :id ORDER BY position"
    )
    some = sa.text(
        "SELECT id, published, title FROM article WHERE id > :last ORDER BY id LIMIT :batch"
    ).columns(
        sa.column("id", sa.Integer()),
        sa.column("published", sqlmodel.sql.sqltypes.UTCDateTime()),
        sa.column("title", sa.String()),
    )
    last = 0
    while rows := connection.execute(some, {"last": last, "batch": BATCH}).all():
        last = rows[-1].id
        found = [(row, list(connection.execute(names, {"id": row.id}).scalars())) for row in rows]
        connection.execute(
            table.insert(),
            [
                {
                    "published": row.published,
                    "article_id": row.id,
                    "words": findable(row.title, authors),
                }
                for row, authors in found
            ],
        )


def downgrade() -> None:
    op.drop_table("article_findable")
