"""Runs the migrations on the connection that store.migrate hands over."""

from alembic import context
from sqlmodel import SQLModel

import digest.store.articles.search_index
import digest.store.tables.consents
import digest.store.tables.corrections
import digest.store.tables.notices
import digest.store.tables.provider_blocks
import digest.store.tables.sources  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
