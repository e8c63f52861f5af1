"""Runs the migrations on the connection that store.migrate hands over."""

from alembic import context
from sqlmodel import SQLModel

import digest.store.bucket_table
import digest.store.consent_table
import digest.store.correction_table
import digest.store.findable
import digest.store.notice_tables
import digest.store.refusal_table
import digest.store.source_tables  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
