"""What articles are found by"""

import re
import unicodedata
from collections.abc import Iterable

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 1000

# How words were folded when this was written; it stays so, whatever is folded by now.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
# Accents, and the points of Hebrew and Arabic. Marks of other scripts are letters of theirs: the
# Japanese ga is a ka with one.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
# What is no letter; but vowel signs of India, Thailand and its neighbours stay with their letters.
_SIGNS = "\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3099\u309a"
_APART = re.compile(f"(?:(?![{_SIGNS}])[\\W_])+")
_SAME = _LETTERS | str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


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
                    "words": _findable(row.title, authors),
                }
                for row, authors in found
            ],
        )


def downgrade() -> None:
    op.drop_table("article_findable")


def _fold(text: str) -> str:
    """The words of a text with single spaces, without case, accents and punctuation.

    Compatible forms are one (full-width letters, ligatures), ß is ss, and Arabic letters are
    written in one way where typists differ.
    """
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain)).translate(_SAME)
    return unicodedata.normalize("NFC", _APART.sub(" ", plain)).strip()


def _findable(title: str, names: Iterable[str]) -> str:
    """What an article is found by. Words with umlauts stand there in both spellings."""
    text = " ".join((title, *names))
    spelled = unicodedata.normalize("NFC", text).casefold()
    both = (word for word in spelled.split() if word.translate(_UMLAUTS) != word)
    return _fold(f"{text} {' '.join(word.translate(_UMLAUTS) for word in both)}")
