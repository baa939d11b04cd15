# SPDX-License-Identifier: Apache-2.0
"""Run by Alembic inside the connection and transaction that `ledger.store.schema` hands it."""

from alembic import context

from ledger.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="schema_version",
)
context.run_migrations()
