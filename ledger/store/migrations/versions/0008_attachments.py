# SPDX-License-Identifier: Apache-2.0
"""An index over the events that register evidence files; those that stand already are put in."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROWS = 1_000


def upgrade() -> None:
    """Create the table and fill it from the log."""
    table = op.create_table(
        "attachment",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    log = sa.table("log", sa.column("seq", sa.BigInteger), sa.column("bytes", sa.LargeBinary))
    after = 0
    while True:
        wanted = sa.select(log).where(log.c.seq > after).order_by(log.c.seq).limit(_ROWS)
        rows = op.get_bind().execute(wanted).all()
        found = [
            {"hash": event["hash"], "seq": row.seq, "size": event["size"]}
            for row in rows
            if b'"kind":"attachment"' in bytes(row.bytes)
            and (event := json.loads(bytes(row.bytes)).get("event", {})).get("kind") == "attachment"
        ]
        if found:
            op.bulk_insert(table, found)
        if len(rows) < _ROWS:
            return
        after = rows[-1].seq


def downgrade() -> None:
    """Drop the table: it can be rebuilt from the log."""
    op.drop_table("attachment")
