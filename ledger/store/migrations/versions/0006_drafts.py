# SPDX-License-Identifier: Apache-2.0
"""Drafts of submissions, their versions, and the signatures gathered over them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "draft",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False, index=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("expires", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("returned_by", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "draft_version",
        sa.Column("draft", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("made", sa.String(24), nullable=False),
        sa.Column("header", sa.LargeBinary, nullable=False),
        sa.Column("events", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "draft_signature",
        sa.Column("draft", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("role", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("alg", sa.String(32), nullable=False),
        sa.Column("sig", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables: drafts are prepared again."""
    op.drop_table("draft_signature")
    op.drop_table("draft_version")
    op.drop_table("draft")
