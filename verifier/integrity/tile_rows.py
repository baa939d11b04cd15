# SPDX-License-Identifier: Apache-2.0
"""The hash tiles of a growing log, computed again from its leaf hashes while they stream by.

It keeps the unfinished tile of each level, 256 hashes a level at most, whatever the size of the log.
"""

from collections.abc import Iterator, Sequence

from ledger.hashing import EMPTY_ROOT
from ledger.merkle import CompactRange, root_of
from ledger.tiles import TILE_WIDTH, Tile


class TileRows:
    """The right edge of the tree over all leaves added, as rows of tiles."""

    __slots__ = ("_counts", "_rows", "size")

    def __init__(self, size: int = 0, edge: Sequence[Sequence[bytes]] = ()) -> None:
        """Begin with the empty tree, or with the `edge` that a tree of `size` leaves had.

        Raises:
            ValueError: no tree of that size has such an edge.
        """
        self.size = size
        self._rows: list[list[bytes]] = [list(row) for row in edge] or [[]]
        self._counts = [size // TILE_WIDTH ** (level + 1) for level in range(len(self._rows))]
        widths = [size // TILE_WIDTH**level % TILE_WIDTH for level in range(len(self._rows))]
        if [len(row) for row in self._rows] != widths or self._counts[-1]:
            raise ValueError(f"no tree of {size} leaves has such an edge")

    @property
    def edge(self) -> tuple[tuple[bytes, ...], ...]:
        """The hashes in the unfinished tile of each level, from level 0 up: enough to go on from here."""
        return tuple(tuple(row) for row in self._rows)

    def copy(self) -> "TileRows":
        """The same tree, to try an `add` on."""
        return TileRows(self.size, self._rows)

    def add(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add leaf hashes up to the end of the present tile of level 0 at most; yields each tile that becomes full."""
        self.size += len(leaves)
        self._rows[0] += leaves
        level = 0
        while len(self._rows[level]) == TILE_WIDTH:
            row = self._rows[level]
            yield Tile(level=level, number=self._counts[level]), b"".join(row)
            self._rows[level] = []
            self._counts[level] += 1
            if level + 1 == len(self._rows):
                self._rows.append([])
                self._counts.append(0)
            self._rows[level + 1].append(root_of(row))
            level += 1

    def partial(self) -> Iterator[tuple[Tile, bytes]]:
        """The tiles at the right edge that are not full, from level 0 up."""
        for level, (row, number) in enumerate(zip(self._rows, self._counts, strict=True)):
            if row:
                yield Tile(level=level, number=number, width=len(row)), b"".join(row)

    def peaks(self, more: Sequence[bytes] = ()) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees that `size` and `more` leaves of level 0 split into, largest first.

        `more` stays within the present tile of level 0 and does not fill it.
        """
        peaks: list[bytes] = []
        for row in (*reversed(self._rows[1:]), [*self._rows[0], *more]):
            edge = CompactRange()
            edge.extend(row)
            peaks += edge.peaks
        return tuple(peaks)

    def root(self) -> bytes:
        """The root of the tree over all leaves added (RFC 9162 §2.1.1)."""
        return CompactRange(size=self.size, peaks=self.peaks()).root() if self.size else EMPTY_ROOT
