# SPDX-License-Identifier: Apache-2.0
"""Tiles computed while leaves stream by are those of the whole tree, whatever its size."""

from __future__ import annotations

import hashlib

import pytest

from ledger.hashing import EMPTY_ROOT
from ledger.merkle import CompactRange, root_of
from ledger.tiles import TILE_WIDTH, Tile, tiles_of
from verifier.integrity.tile_rows import TileRows

LEAVES = [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(256 * 256 + 300)]


def streamed(size: int) -> tuple[TileRows, dict[str, bytes]]:
    """The rows after `size` leaves, and every tile they gave on the way and at the end."""
    rows, tiles = TileRows(), dict[str, bytes]()
    for first in range(0, size, TILE_WIDTH):
        for tile, row in rows.add(LEAVES[first : min(first + TILE_WIDTH, size)]):
            tiles[tile.path] = row
    tiles |= {tile.path: row for tile, row in rows.partial()}
    return rows, tiles


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 1000, 65_536, 65_537, len(LEAVES)])
def test_every_tile_and_the_root(size: int) -> None:
    """Paths as the layout lists them, hashes as the definition gives them."""
    rows, tiles = streamed(size)
    assert sorted(tiles) == sorted(tile.path for tile in tiles_of(size))
    assert rows.root() == root_of(LEAVES[:size])
    assert (
        b"".join(LEAVES[: min(size, TILE_WIDTH)]) == tiles[Tile(level=0, number=0, width=min(size, 256)).path]
    )
    upper = [root_of(LEAVES[first : first + 256]) for first in range(0, min(size, 65_536) // 256 * 256, 256)]
    if upper:
        assert tiles[Tile(level=1, number=0, width=len(upper)).path] == b"".join(upper)


def test_nothing_yet() -> None:
    """No leaves, no tiles, the empty root."""
    rows, tiles = streamed(0)
    assert (rows.root(), rows.peaks(), tiles) == (EMPTY_ROOT, (), {})


@pytest.mark.parametrize(("size", "more"), [(0, 5), (256, 3), (768, 255), (1024, 0), (256 * 5, 77)])
def test_peaks_in_the_middle_of_a_tile(size: int, more: int) -> None:
    """The edge of a tree that ends before the next tile is full."""
    rows, _ = streamed(size)
    edge = CompactRange()
    edge.extend(LEAVES[: size + more])
    assert rows.peaks(LEAVES[size : size + more]) == edge.peaks
