# SPDX-License-Identifier: Apache-2.0
"""Disclosures of personal fields beside the version of a draft that commits to them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drafts may have personal fields."""
    op.add_column("draft_version", sa.Column("disclosures", sa.Text, nullable=True))


def downgrade() -> None:
    """Drop the column: such drafts are prepared again."""
    op.drop_column("draft_version", "disclosures")
