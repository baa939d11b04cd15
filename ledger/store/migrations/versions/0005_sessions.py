# SPDX-License-Identifier: Apache-2.0
"""Challenges that were given out, and sessions that were opened with them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "session_challenge",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("expires", sa.String(24), nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(300), nullable=False),
        sa.Column("began", sa.String(24), nullable=False),
        sa.Column("used", sa.String(24), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables: everybody signs in again."""
    op.drop_table("session")
    op.drop_table("session_challenge")
