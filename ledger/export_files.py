# SPDX-License-Identifier: Apache-2.0
"""The static files of a log at one checkpoint, each proved to stand under it before it is handed out."""

from collections.abc import Iterator
from typing import Literal

from sqlalchemy import Connection

from ledger.anchor import PrintedAnchor, format_anchor
from ledger.cosignature import LogKey
from ledger.genesis import Genesis
from ledger.static_headers import headers_file
from ledger.store.anchors import anchor_file, anchor_names
from ledger.store.log_key_changes import log_keys_of
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.publication import Publication
from ledger.tile_reader import TileReader
from ledger.tiles import Tile, parse_tile_path, parts_between

Audience = Literal["public", "audit"]
"""For whom: `audit` gets the entry bundles of a ledger whose entries are restricted."""


def printed_anchor(genesis: Genesis, head: StoredCheckpoint) -> bytes:
    """Return the file of the printed anchor: the line of `ledger.anchor` and its line end."""
    anchor = PrintedAnchor(origin=genesis.origin, size=head.size, root=head.root)
    return f"{format_anchor(anchor)}\n".encode()


class ExportFiles:
    """What one export is made of; every file is proved to stand under the checkpoint before it is handed out."""

    def __init__(
        self,
        connection: Connection,
        head: StoredCheckpoint,
        genesis: Genesis,
        audience: Audience,
        publication: Publication,
    ) -> None:
        """Those of the log up to `head`, for `audience`."""
        reader = LogReader(connection)
        self.reader = reader
        self._connection = connection
        self._publication = publication
        self.head = head
        self.anchors = anchor_names(connection, up_to=head.size)
        self.genesis = genesis
        self.keys = log_keys_of(connection, size=head.size)
        self.with_entries = genesis.entries == "public" or audience == "audit"
        self._tiles = TileReader(
            lambda path: reader.tile(parse_tile_path(path)), size=head.size, root=head.root
        )

    def keys_at(self, size: int) -> tuple[LogKey, ...]:
        """Return the keys with which the log signed a checkpoint over so many entries."""
        return log_keys_of(self._connection, size=size).current

    def tiles(self, old: int) -> Iterator[Tile]:
        """Yield the tiles that a log of `old` entries has not, each entry bundle before the tile over it."""
        return parts_between(old, self.head.size, entries=self.with_entries)

    def tile(self, tile: Tile) -> bytes:
        """Return the bytes of `tile`.

        Raises:
            ProofError: what the database holds does not stand under the checkpoint.
        """
        return self._tiles.read_tile(tile)

    def file(self, name: str) -> bytes:
        """Return the file called `name`; raises as `tile`."""
        match name:
            case "checkpoint":
                return self.head.note
            case "policy":
                return self._publication.policy(self.keys).encode()
            case "_headers":
                return headers_file()
            case "anchor.txt":
                return printed_anchor(self.genesis, self.head)
            case _ if name.startswith("anchor/"):
                return anchor_file(self._connection, name, up_to=self.head.size)
            case _:
                return self.tile(parse_tile_path(name))
