# SPDX-License-Identifier: Apache-2.0
"""Disclosures of personal fields, what was erased of them, and who read them; no log written before has any."""

import sqlalchemy as sa
from alembic import op

from ledger.store.guards import guards_of

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables, the last of them append-only."""
    op.create_table(
        "disclosure",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("commitment", sa.String(43), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "erased",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("commitment", sa.String(43), primary_key=True),
        sa.Column("erasure", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(24), nullable=False, index=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("event", sa.String(160), nullable=False),
        sa.Column("field", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
    )
    for statement in guards_of("access", dialect=op.get_bind().dialect.name, key="id"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Refuse: who read what is never forgotten."""
    raise NotImplementedError("revision 0007 holds who read personal fields and has no way back")
