# SPDX-License-Identifier: Apache-2.0
"""Receipts from stored or just finished tiles, for many entries under one checkpoint.

The hashes inside a tile are folded once and kept, so that the thousandth receipt of a flush costs look-ups only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from ledger.hashing import HASH_SIZE
from ledger.merkle import MemoryHashes, Node, Tree
from ledger.receipt import Receipt, format_receipt
from ledger.store.edge import Edge, FullTile
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, Tile

_Tiles = Callable[[int, int], bytes]
_KEPT_TILES: Final = 256


class TileHashes:
    """`ledger.merkle.HashReader` over tiles that the process itself wrote; nothing is proved."""

    __slots__ = ("_kept", "_tiles")

    def __init__(self, tiles: _Tiles) -> None:
        """Take the hashes of a tile from `tiles`, which is given its level and number."""
        self._tiles = tiles
        self._kept: dict[tuple[int, int], MemoryHashes] = {}

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the hash of each node, in the order asked."""
        return [self._read(node) for node in nodes]

    def _read(self, node: Node) -> bytes:
        level, above = divmod(node.level, TILE_HEIGHT)
        number, within = divmod(node.position, TILE_WIDTH >> above)
        tile = self._kept.get((level, number))
        if tile is None:
            hashes = self._tiles(level, number)
            tile = MemoryHashes(hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE))
            if len(self._kept) < _KEPT_TILES:
                self._kept[level, number] = tile
        return tile.read_hashes([Node(above, within)])[0]


class Receipts:
    """Makes the receipts of entries under one checkpoint."""

    __slots__ = ("_size", "_tree", "note")

    def __init__(self, checkpoint: StoredCheckpoint, tiles: _Tiles) -> None:
        """Prove entries below `checkpoint` by the hashes of `tiles`."""
        self.note = checkpoint.note
        self._size = checkpoint.size
        self._tree = Tree(TileHashes(tiles))

    def receipt(self, seq: int) -> bytes:
        """Return the receipt of entry `seq` (C2SP tlog-proof)."""
        path = tuple(self._tree.inclusion_path(seq, self._size))
        return format_receipt(Receipt(index=seq, path=path, checkpoint=self.note))


def receipts_of_flush(checkpoint: StoredCheckpoint, edge: Edge, finished: Iterable[FullTile]) -> Receipts:
    """Return receipts for the entries that one flush appended, from its own tiles and without the database.

    Every hash on the way from such an entry to the root lies in a tile that the flush finished, or in the edge.
    """
    tiles: Mapping[tuple[int, int], bytes] = {
        **{(tile.level, tile.number): tile.hashes for tile in finished},
        **{
            (level, edge.size >> TILE_HEIGHT * (level + 1)): hashes
            for level, hashes in edge.partial().items()
        },
    }
    return Receipts(checkpoint, lambda level, number: tiles[level, number])


def stored_receipt(reader: LogReader, seq: int, checkpoint: StoredCheckpoint) -> bytes:
    """Return the receipt of entry `seq` under a stored `checkpoint` that covers it, from the stored tiles."""
    return Receipts(checkpoint, _tiles_of(reader, checkpoint.size)).receipt(seq)


def stored_tree(reader: LogReader, size: int) -> Tree:
    """Return the tree over the first `size` entries, from the stored tiles."""
    return Tree(TileHashes(_tiles_of(reader, size)))


def _tiles_of(reader: LogReader, size: int) -> _Tiles:
    def tile(level: int, number: int) -> bytes:
        width = min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH)
        return reader.tile(Tile(level=level, number=number, width=width))

    return tile
