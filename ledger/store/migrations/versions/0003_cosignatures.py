# SPDX-License-Identifier: Apache-2.0
"""Cosignature lines of the log itself and of witnesses over stored checkpoints."""

import sqlalchemy as sa
from alembic import op

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "cosignature",
        sa.Column("size", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the table: witnesses are asked again."""
    op.drop_table("cosignature")
