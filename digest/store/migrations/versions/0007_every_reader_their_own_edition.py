"""Every reader their own edition: fragments, variants, and who got which article"""

import json
import re

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SUBJECT = re.compile(rb"(?m)^Subject:.*\r\n(?:[ \t].*\r\n)*")


def upgrade() -> None:
    op.create_table(
        "variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("preheader", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("intro", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_variant_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_variant_edition_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fragment") as table:
        table.add_column(sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("edition_article") as table:
        table.add_column(sa.Column("place", sa.Integer(), nullable=True))
    # Not in batch mode: that would write a ledger of millions anew.
    op.execute("ALTER TABLE delivery ADD COLUMN variant_id INTEGER REFERENCES variant (id)")
    op.execute("ALTER TABLE delivery ADD COLUMN articles BLOB NOT NULL DEFAULT x''")

    for edition, subject, preheader in (
        op.get_bind()
        .execute(
            sa.text(
                "SELECT id, subject, preheader FROM edition WHERE id IN"
                " (SELECT edition_id FROM fragment)"
            )
        )
        .all()
    ):
        _as_one_variant(edition, subject, preheader)


def _as_one_variant(edition: int, subject: str, preheader: str) -> None:
    """What was one message for all becomes fragments that are in every message."""
    run, known = op.get_bind().execute, {"edition": edition}
    head = run(
        sa.text("SELECT content FROM fragment WHERE edition_id = :edition AND name = 'head'"), known
    ).scalar_one()
    run(
        sa.text(
            "UPDATE fragment SET content = :head WHERE edition_id = :edition AND name = 'head'"
        ),
        known | {"head": _SUBJECT.sub(b"", head, count=1)},
    )
    for name in ("html", "text"):
        run(
            sa.text("UPDATE fragment SET name = :new WHERE edition_id = :edition AND name = :name"),
            known | {"name": name, "new": f"{name} 00000 all"},
        )
    entry = {"article": 0, "title": subject, "section": 0, "group": 0, "topic": ""}
    entry |= {"topics": [], "authors": [], "words": 0, "minutes": 0, "since": None}
    run(
        sa.text("INSERT INTO fragment VALUES (:edition, 'entries', :content, 0)"),
        known | {"content": json.dumps([entry]).encode()},
    )
    run(
        sa.text(
            "INSERT INTO variant (edition_id, code, standard, subject, preheader, intro)"
            " VALUES (:edition, 'L', 1, :subject, :preheader, '')"
        ),
        known | {"subject": subject, "preheader": preheader},
    )
    run(
        sa.text(
            "UPDATE delivery SET variant_id = (SELECT id FROM variant WHERE edition_id = :edition)"
            " WHERE edition_id = :edition"
        ),
        known,
    )


def downgrade() -> None:
    op.execute("ALTER TABLE delivery DROP COLUMN articles")
    with op.batch_alter_table("delivery") as table:
        table.drop_column("variant_id")
    with op.batch_alter_table("edition_article") as table:
        table.drop_column("place")
    with op.batch_alter_table("fragment") as table:
        table.drop_column("size")
    op.drop_table("variant")
