# SPDX-License-Identifier: Apache-2.0
"""Reading tiles that nobody vouches for: every hash handed out was first proved to stand under one root.

The right edge of a tree consists of partial tiles, and the hashes in them make up the complete subtrees that the
tree splits into: if they fold to the root, each of them is right. A full tile is right if its own root is the
hash that stands for it one level higher, in a tile that was proved before.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from ledger.errors import FormatError, MissingError, ProgrammerError, ProofError
from ledger.hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash
from ledger.merkle import CompactRange, Node, root_of
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, decode_bundle, encode_bundle

CACHED_TILES: Final = 1024
"""Proved full tiles kept in memory, 8 KiB each; what falls out is fetched and proved again."""


class TileReader:
    """Hashes and entries of the log with this size and root, from a source that may lie.

    It is a `ledger.merkle.HashReader`, so `Tree(reader)` builds proofs from it. `fetch` gives the bytes of a
    path below the prefix of the log, and raises `MissingError` if there are none.
    """

    __slots__ = ("_cache", "_edge", "_fetch", "_root", "_size")

    def __init__(self, fetch: Callable[[str], bytes], *, size: int, root: bytes) -> None:
        """Read through `fetch`, and trust `size` and `root` only: take them from an opened checkpoint."""
        self._fetch = fetch
        self._size = size
        self._root = root
        self._edge: dict[int, bytes] | None = None
        self._cache: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the hash of each node, in the order asked, each of them proved.

        Raises:
            ProofError: the tiles do not lead to the root; the place is the path of the one that does not fit.
            FormatError: a tile has a wrong length.
            MissingError: the source lacks a tile.
            ProgrammerError: a node that a tree of this size does not have.
        """
        return [self._read(node) for node in nodes]

    def read_tile(self, tile: Tile) -> bytes:
        """Return the bytes of a tile or an entry bundle of this tree, as they stand in its file, all of them proved.

        Raises:
            ProofError, FormatError, MissingError, ProgrammerError: as `read_hashes` and `read_entries`.
        """
        if tile.level is None:
            return encode_bundle(self.read_entries(tile.number))
        first = tile.number * TILE_WIDTH
        return b"".join(
            self.read_hashes([Node(tile.level * TILE_HEIGHT, first + at) for at in range(tile.width)])
        )

    def read_entries(self, number: int) -> list[bytes]:
        """Return the entries of bundle `number`, 256 or those up to the size, each of them proved.

        Raises:
            ProofError: an entry is not the one under the root; the place names it.
            FormatError: the bundle or a tile has a wrong length.
            MissingError: the source lacks the bundle or a tile.
        """
        first = number * TILE_WIDTH
        width = min(TILE_WIDTH, self._size - first)
        if width <= 0 or number < 0:
            raise ProgrammerError(f"no bundle {number} in a log of {self._size} entries")
        entries = self._fetch_bundle(Tile(level=None, number=number, width=width))
        proved = self._tile(0, number)
        for at, entry in enumerate(entries):
            if leaf_hash(entry) != proved[at * HASH_SIZE : (at + 1) * HASH_SIZE]:
                raise _unproved(f"entry {first + at}")
        return entries

    def _read(self, node: Node) -> bytes:
        if node.level < 0 or not 0 <= node.position < self._size >> node.level:
            raise ProgrammerError(f"no hash at {node} in a tree of {self._size} leaves")
        level, above = divmod(node.level, TILE_HEIGHT)
        first = node.position << above
        row = self._tile(level, first >> TILE_HEIGHT)
        start = (first % TILE_WIDTH) * HASH_SIZE
        below = row[start : start + (HASH_SIZE << above)]
        return root_of(_split(below)) if above else below

    def _tile(self, level: int, number: int) -> bytes:
        """Return a proved tile: from the edge, from the cache, or newly proved by the tile above it."""
        edge = self._proved_edge()
        if number == self._size >> TILE_HEIGHT * (level + 1):
            return edge[level]
        row = self._cache.get((level, number))
        if row is None:
            tile = Tile(level=level, number=number)
            row = self._checked_length(self._fetch(tile.path), tile)
            above = self._tile(level + 1, number >> TILE_HEIGHT)
            start = (number % TILE_WIDTH) * HASH_SIZE
            if root_of(_split(row)) != above[start : start + HASH_SIZE]:
                raise _unproved(tile.path)
            self._cache[level, number] = row
        self._cache.move_to_end((level, number))
        if len(self._cache) > CACHED_TILES:
            self._cache.popitem(last=False)
        return row

    def _proved_edge(self) -> dict[int, bytes]:
        """Return the partial tiles by level, after their hashes were seen to fold to the root."""
        if self._edge is None:
            edge = {}
            level, rest = 0, self._size
            while rest:
                if rest % TILE_WIDTH:
                    tile = Tile(level=level, number=rest >> TILE_HEIGHT, width=rest % TILE_WIDTH)
                    edge[level] = self._fetch_partial(tile)
                level, rest = level + 1, rest >> TILE_HEIGHT
            if self._edge_root(edge) != self._root:
                raise _unproved(f"right edge of the tree of {self._size} entries")
            self._edge = edge
        return self._edge

    def _edge_root(self, edge: dict[int, bytes]) -> bytes:
        """Fold the hashes of the partial tiles, highest level first, into the root of the whole tree."""
        peaks: list[bytes] = []
        for level in sorted(edge, reverse=True):
            row = CompactRange()
            row.extend(_split(edge[level]))
            peaks += row.peaks
        return CompactRange(size=self._size, peaks=peaks).root() if peaks else EMPTY_ROOT

    def _fetch_partial(self, tile: Tile) -> bytes:
        """Return a partial tile, or the beginning of the full one if the source has dropped the partial."""
        try:
            return self._checked_length(self._fetch(tile.path), tile)
        except MissingError:
            full = Tile(level=tile.level, number=tile.number)
            return self._checked_length(self._fetch(full.path), full)[: tile.width * HASH_SIZE]

    def _fetch_bundle(self, tile: Tile) -> list[bytes]:
        try:
            return decode_bundle(self._fetch(tile.path), tile=tile)
        except MissingError:
            if tile.width == TILE_WIDTH:
                raise
            full = Tile(level=None, number=tile.number)
            return decode_bundle(self._fetch(full.path), tile=full)[: tile.width]

    @staticmethod
    def _checked_length(row: bytes, tile: Tile) -> bytes:
        if len(row) != tile.width * HASH_SIZE:
            raise FormatError(
                code="tile.bad-length",
                place=tile.path,
                message_en=f"{tile.width} hashes are {tile.width * HASH_SIZE} bytes, not {len(row)}",
                message_zh=f"{tile.width} 个哈希应为 {tile.width * HASH_SIZE} 字节，实为 {len(row)} 字节",
            )
        return row


def _split(row: bytes) -> list[bytes]:
    return [row[at : at + HASH_SIZE] for at in range(0, len(row), HASH_SIZE)]


def _unproved(place: str) -> ProofError:
    return ProofError(
        code="tile.unproved",
        place=place,
        message_en="it is not what the checkpoint commits to",
        message_zh="与检查点所承诺的内容不符",
    )
