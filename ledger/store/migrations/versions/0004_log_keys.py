# SPDX-License-Identifier: Apache-2.0
"""An index over the events by which the keys of the log change; no log written before has any."""

import sqlalchemy as sa
from alembic import op

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "log_key",
        sa.Column("seq", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("vkey", sa.Text, nullable=False),
        sa.Column("recorded", sa.String(24), nullable=False),
    )


def downgrade() -> None:
    """Drop the table: it can be rebuilt from the log."""
    op.drop_table("log_key")
