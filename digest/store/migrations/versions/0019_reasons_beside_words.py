"""Reasons as short values, beside the words for people that decisions were read from"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# How the words were read when this was written.
_FULL = re.compile(r"(?<![\d.])(?:[45]\.2\.2|5\.2\.1)(?![\d.]*\d)")
_FAULTY = "its message has a hard fault: "
_LEFT_OUT = (
    ("max_articles = %", "limit"),
    ("max_per_%", "limit"),
    ("an earlier edition %", "already_sent"),
    ("the same story as %", "same_story"),
    ("older than %", "too_old"),
    ("its date is after %", "not_yet"),
    ("none of this newsletter's topics", "other_topics"),
    ("it can't be printed: %", "unprintable"),
)
_SKIPPED = (
    ("left before it was sent", "left"),
    ("the edition was cancelled", "cancelled"),
    ("nothing in it for them: %", "nothing_for_them"),
)


def upgrade() -> None:
    for table in ("delivery", "edition", "edition_article"):
        # Not in a batch, which would copy the table.
        op.add_column(table, sa.Column("reason", sa.String(), nullable=False, server_default=""))
    run = op.get_bind().execute
    failed = run(sa.text("SELECT id, why FROM delivery WHERE state IN ('failed', 'deferred')"))
    full = [{"id": number} for number, why in failed if _FULL.search(why)]
    if full:
        run(sa.text("UPDATE delivery SET reason = 'mailbox_full' WHERE id = :id"), full)
    by_hand = "UPDATE delivery SET reason = 'settled_by_hand' WHERE state = 'failed' AND why = :why"
    run(sa.text(by_hand), {"why": "settled by hand: it did not arrive"})
    for words, reason in _SKIPPED:
        query = "UPDATE delivery SET reason = :reason WHERE state = 'skipped' AND why LIKE :words"
        run(sa.text(query), {"reason": reason, "words": words})
    for words, reason in _LEFT_OUT:
        query = "UPDATE edition_article SET reason = :reason WHERE NOT taken AND why LIKE :words"
        run(sa.text(query), {"reason": reason, "words": words})
    held = "UPDATE edition SET reason = :reason WHERE state = 'held' AND why {} :words"
    run(sa.text(held.format("LIKE")), {"reason": "faulty", "words": f"{_FAULTY}%"})
    run(sa.text(held.format("NOT LIKE")), {"reason": "too_few", "words": f"{_FAULTY}%"})
    by_hand = "UPDATE edition SET reason = 'by_hand' WHERE state = 'paused' AND why = :why"
    run(sa.text(by_hand), {"why": "paused by hand"})


def downgrade() -> None:
    for table in ("edition_article", "edition", "delivery"):
        op.drop_column(table, "reason")
