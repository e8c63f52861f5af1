"""The whole schema: whoever imports it has every table."""

from digest.store.tables import (
    articles,
    consents,
    corrections,
    deliveries,
    editions,
    newsletters,
    notices,
    provider_blocks,
    readers,
    signing_keys,
    sources,
    token_buckets,
)
from digest.store.tables.table import Table

MODULES = (
    articles,
    consents,
    corrections,
    deliveries,
    editions,
    newsletters,
    notices,
    provider_blocks,
    readers,
    signing_keys,
    sources,
    token_buckets,
)
SCHEMA = Table.metadata
"""Every table by its name, with constraints that refer to each other."""
