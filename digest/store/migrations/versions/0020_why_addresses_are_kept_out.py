"""Why an address must not be mailed, as a short value beside the words"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# How the words were written until then. Every other reason was given by a mail server.
_REASONS = (
    ("scope = ''", "dead"),
    ("why = 'removed by hand'", "removed"),
    ("why = 'they asked to be forgotten'", "forgotten"),
    ("scope = '' AND why = 'left every newsletter by their link'", "left"),
)


def upgrade() -> None:
    column = sa.Column("reason", sa.String(), nullable=False, server_default="left")
    op.add_column("suppression", column)
    for which, reason in _REASONS:
        query = f"UPDATE suppression SET reason = :reason WHERE {which}"  # noqa: S608 (our words)
        op.get_bind().execute(sa.text(query), {"reason": reason})


def downgrade() -> None:
    op.drop_column("suppression", "reason")
