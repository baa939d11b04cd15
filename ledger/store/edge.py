# SPDX-License-Identifier: Apache-2.0
"""The right edge of the stored tree: the unfinished tile of every level, kept in memory by whoever appends.

Appending a leaf costs one hash on average, and every 256th leaf finishes a tile, which is stored once and never
changes. The edge is the only tree state an appender needs, and it can be read back from full tiles and leaves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from ledger.hashing import EMPTY_ROOT, HASH_SIZE
from ledger.merkle import CompactRange, root_of
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTile:
    """A finished tile: 256 hashes of its level, and the hash over them, which belongs to the level above."""

    level: int
    number: int
    root: bytes
    hashes: bytes


class _Row:
    """The unfinished tile of one level: its hashes, and the same folded as far as they fold."""

    __slots__ = ("folded", "hashes")

    def __init__(self, hashes: bytes = b"") -> None:
        self.hashes = bytearray(hashes)
        self.folded = CompactRange()
        self.folded.extend(hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE))

    def copy(self) -> "_Row":
        twin = _Row()
        twin.hashes = bytearray(self.hashes)
        twin.folded = self.folded.copy()
        return twin


class Edge:
    """The unfinished tiles of a tree of `size` leaves, and the tiles finished since the last `take_finished`."""

    __slots__ = ("_finished", "_rows", "_size")

    def __init__(self, *, size: int = 0, partial: Mapping[int, bytes] | None = None) -> None:
        """Begin with the empty tree, or with the partial tile of each level of a tree of `size` leaves."""
        self._size = size
        self._finished: list[FullTile] = []
        given = partial or {}
        self._rows = [_Row(given.get(level, b"")) for level in range(max(given, default=-1) + 1)]

    @property
    def size(self) -> int:
        """How many leaves were appended."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one 32-byte leaf hash at the right, and finish every tile that it completes."""
        self._size += 1
        self._add(0, leaf)

    def _add(self, level: int, leaf: bytes) -> None:
        """Put `leaf` at the right of the row of `level`, and what it completes at the right of those above."""
        while True:
            if level == len(self._rows):
                self._rows.append(_Row())
            row = self._rows[level]
            row.hashes += leaf
            row.folded.append(leaf)
            if row.folded.size < TILE_WIDTH:
                return
            leaf = row.folded.root()
            number = (self._size >> TILE_HEIGHT * (level + 1)) - 1
            self._finished.append(FullTile(level=level, number=number, root=leaf, hashes=bytes(row.hashes)))
            self._rows[level] = _Row()
            level += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append each leaf hash in order; where they fill a whole tile, its root is computed in one go."""
        row = list(leaves)
        at = 0
        while at < len(row):
            if self._size % TILE_WIDTH == 0 and len(row) - at >= TILE_WIDTH:
                self._add_tile(row[at : at + TILE_WIDTH])
                at += TILE_WIDTH
            else:
                self.append(row[at])
                at += 1

    def _add_tile(self, row: list[bytes]) -> None:
        number = self._size // TILE_WIDTH
        self._size += TILE_WIDTH
        root = root_of(row)
        self._finished.append(FullTile(level=0, number=number, root=root, hashes=b"".join(row)))
        if not self._rows:
            self._rows.append(_Row())
        self._add(1, root)

    def root(self) -> bytes:
        """Return the root of the tree (RFC 9162 §2.1.1)."""
        peaks = [peak for row in reversed(self._rows) for peak in row.folded.peaks]
        return CompactRange(size=self._size, peaks=peaks).root() if peaks else EMPTY_ROOT

    def partial(self) -> dict[int, bytes]:
        """Return the hashes of the unfinished tile of each level that has any."""
        return {level: bytes(row.hashes) for level, row in enumerate(self._rows) if row.hashes}

    def take_finished(self) -> list[FullTile]:
        """Return the tiles finished since the last call, lower levels first where one leaf finished several."""
        finished, self._finished = self._finished, []
        return finished

    def copy(self) -> Self:
        """Return an independent edge of the same tree, to append to and perhaps throw away."""
        twin = type(self)(size=self._size)
        twin._rows = [row.copy() for row in self._rows]  # noqa: SLF001 - its own kind
        return twin
