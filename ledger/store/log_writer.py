# SPDX-License-Identifier: Apache-2.0
"""Writing one flush: rows of the log first, then what is looked up of them, then the checkpoint over all of it.

Nothing is decided here; the primary keys refuse a second writer of the same position.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from ledger.store.bulk_insert import insert_rows
from ledger.store.disclosures import DisclosureRow
from ledger.store.edge import FullTile
from ledger.store.index_rows import IndexRows
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.tables import CHECKPOINT, DISCLOSURE, LOG, TILE


class LogRow(NamedTuple):
    """One entry, ready to store: position, leaf hash, canonical bytes, position of its header entry."""

    seq: int
    leaf: bytes
    data: bytes
    submission: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Everything that one flush stores."""

    entries: Sequence[LogRow]
    checkpoint: StoredCheckpoint
    tiles: Sequence[FullTile] = ()
    indexes: IndexRows = field(default_factory=IndexRows)
    disclosures: Sequence[DisclosureRow] = ()


def write(connection: Connection, addition: Addition) -> None:
    """Store `addition` in the transaction of `connection`, which holds the ledger lock; nothing is committed.

    Raises:
        sqlalchemy.exc.DBAPIError or the driver's error: the transaction must be rolled back.
    """
    insert_rows(connection, LOG, addition.entries)
    write_tiles(connection, addition.tiles)
    insert_rows(connection, DISCLOSURE, addition.disclosures)
    addition.indexes.write(
        connection
    )  # destroys what an erasure of this very flush names, so after the disclosures
    made = addition.checkpoint
    insert_rows(connection, CHECKPOINT, [(made.size, made.note, made.root, made.recorded)])


def write_tiles(connection: Connection, tiles: Sequence[FullTile]) -> None:
    """Store finished tiles in the transaction of `connection`; nothing is committed."""
    insert_rows(connection, TILE, [(tile.level, tile.number, tile.root, tile.hashes) for tile in tiles])
