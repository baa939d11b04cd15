# SPDX-License-Identifier: Apache-2.0
"""Anchors: what time-stamp authorities have signed over checkpoints. Evidence, which no log can rebuild."""

import sqlalchemy as sa
from alembic import op

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "anchor",
        sa.Column("size", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("stamped", sa.String(24), nullable=False),
    )


def downgrade() -> None:
    """Refuse: tokens cannot be had a second time."""
    raise NotImplementedError("revision 0002 holds evidence and has no way back")
