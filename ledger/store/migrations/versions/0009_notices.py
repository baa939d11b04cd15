# SPDX-License-Identifier: Apache-2.0
"""Daily notices: which went out, and when another attempt is due."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "notice",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("recipient", sa.String(64), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("next_at", sa.String(24), nullable=False),
    )


def downgrade() -> None:
    """Drop the table: the notices of the day go out once more."""
    op.drop_table("notice")
