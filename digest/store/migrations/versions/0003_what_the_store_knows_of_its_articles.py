"""What the store knows of its articles: older words, copies, and what they teach"""

import re
import unicodedata

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# How names were compared when this was written; it stays so, whatever is compared by now.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_AFTER = re.compile(r"\s*[,|·•(/–—]\s*|\s+-\s+")  # Mara Lind, Staff Writer · Mara Lind (Hamburg)
_BEFORE = re.compile(r"(?:(?:dr|prof|mr|mrs|ms|mx|sir|dame)\b\.?\s+)+", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_APART = re.compile(r"[\s.\-‐]+")
_QUOTES = re.compile("['’‘ʼ`´]")


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
        same = first.setdefault(_key(name), number)
        if same == number:
            query = "UPDATE author SET key = :key WHERE id = :number"
            connection.execute(sa.text(query), {"key": _key(name), "number": number})
            continue
        query = "UPDATE article_author SET author_id = :same WHERE author_id = :number"
        connection.execute(sa.text(query), {"same": same, "number": number})
        connection.execute(sa.text("DELETE FROM author WHERE id = :number"), {"number": number})


def downgrade() -> None:
    op.drop_table("learned")
    op.drop_table("article_copy")
    op.drop_table("article_band")
    op.drop_table("revision")


def _key(name: str) -> str:
    """Return what all usual spellings of a name have in common.

    Case, accents of Latin letters, dots, hyphens, titles before and jobs after the name, and the
    initials of middle names don't count. "M. Lind" stays another than "Mara Lind": nobody knows.
    """
    main, *rest = _AFTER.split(name.strip(), maxsplit=1)
    if rest and _SUFFIX.fullmatch(rest[0]):
        main += f" {rest[0]}"  # Mara Lind, Jr.
    elif rest and " " not in main and name.strip()[len(main) :].lstrip().startswith(","):
        main = f"{rest[0]} {main}"  # Lind, Mara
    main = _BEFORE.sub("", main, count=1) or main
    parts = [part for part in _APART.split(_QUOTES.sub("", main)) if part]
    if parts and parts[0].isupper() and len(parts[0]) == 2 and not main.isupper():
        parts[:1] = parts[0]  # JK Rowe, J. K. Rowe
    plain = [_plain(part) for part in parts]
    if len(plain) > 2 and len(plain[0]) > 1:
        plain = [plain[0], *(part for part in plain[1:-1] if len(part) > 1), plain[-1]]
    return " ".join(plain) or name.strip().casefold()


def _plain(part: str) -> str:
    """Return letters without case, and Latin ones without accents."""
    plain = []
    for letter in unicodedata.normalize("NFC", part.casefold()):
        base = unicodedata.normalize("NFD", letter)
        plain.append(base[0] if base[0].isascii() else letter)
    return "".join(plain).translate(_LETTERS)
