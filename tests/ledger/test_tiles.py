# SPDX-License-Identifier: Apache-2.0
"""Tile names, which tiles a size needs, and entry bundles. Paths that are refused stand in tests/vectors."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger.tiles
from ledger.errors import FormatError, LimitError
from ledger.tiles import (
    MAX_ENTRY_BYTES,
    Tile,
    bundles_between,
    bundles_of,
    decode_bundle,
    encode_bundle,
    parse_tile_path,
    tiles_between,
    tiles_of,
)

SIZES = st.integers(0, 200_000)


def test_a_tree_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    """273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2."""
    tiles = list(tiles_of(70_000))
    assert [tile for tile in tiles if tile.width < 256 or tile.level] == [
        Tile(level=0, number=273, width=112),
        Tile(level=1, number=0),
        Tile(level=1, number=1, width=17),
        Tile(level=2, number=0, width=1),
    ]
    assert [tile.number for tile in tiles if tile.level == 0] == list(range(274))


def test_edges_of_full_tiles() -> None:
    """An empty log has no tile; 256 leaves fill one and begin the next level; no tile is ever empty."""
    assert [tile.path for tile in tiles_of(0)] == []
    assert [tile.path for tile in tiles_of(255)] == ["tile/0/000.p/255"]
    assert [tile.path for tile in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [tile.path for tile in bundles_of(0)] == []
    assert [tile.path for tile in bundles_of(257)] == ["tile/entries/000", "tile/entries/001.p/1"]


@given(SIZES, SIZES)
def test_what_is_between_two_sizes_is_what_the_larger_adds(one: int, other: int) -> None:
    """The new files are exactly those that the larger size has and the smaller has not."""
    old, new = sorted((one, other))
    before, after = ({tile.path for tile in tiles_of(size)} for size in (old, new))
    assert [tile.path for tile in tiles_between(old, new)] == [
        tile.path for tile in tiles_of(new) if tile.path in after - before
    ]
    earlier = {tile.path for tile in bundles_of(old)}
    assert [tile.path for tile in bundles_between(old, new)] == [
        tile.path for tile in bundles_of(new) if tile.path not in earlier
    ]


@given(st.integers(0, 63) | st.none(), st.integers(0, 2**40), st.integers(1, 256))
def test_paths_go_there_and_back(level: int | None, number: int, width: int) -> None:
    """Parsing undoes naming."""
    tile = Tile(level=level, number=number, width=width)
    assert parse_tile_path(tile.path) == tile


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_go_there_and_back(entries: list[bytes]) -> None:
    """Decoding undoes encoding; one entry fewer or more than the name says is refused."""
    data = encode_bundle(entries)
    assert decode_bundle(data, tile=Tile(level=None, number=0, width=len(entries))) == entries
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(FormatError) as caught:
            decode_bundle(data, tile=Tile(level=None, number=7, width=width))
        assert caught.value.code == "bundle.bad-length"


@pytest.mark.parametrize(
    "data", [b"\0", b"\0\5abc", b"\0\1ab", b""], ids=["half length", "cut", "rest", "empty"]
)
def test_torn_bundles_are_refused(data: bytes) -> None:
    """A bundle that ends within an entry, or goes on after the last, is refused by its path."""
    with pytest.raises(FormatError) as caught:
        decode_bundle(data, tile=Tile(level=None, number=3, width=1))
    assert (caught.value.code, caught.value.place) == ("bundle.bad-length", "tile/entries/003.p/1")


def test_the_longest_entry_is_exact() -> None:
    """65,535 bytes fit, one more does not, and the entry is named."""
    whole = bytes(MAX_ENTRY_BYTES)
    assert decode_bundle(encode_bundle([whole]), tile=Tile(level=None, number=0, width=1)) == [whole]
    with pytest.raises(LimitError) as caught:
        encode_bundle([b"", whole + b"\0"])
    assert (caught.value.code, caught.value.place) == ("bundle.long-entry", "entry 1 of the bundle")


def test_the_worked_example_holds() -> None:
    """What the module shows in its docstring is what it does."""
    assert doctest.testmod(ledger.tiles).failed == 0
    assert doctest.testmod(ledger.tiles).attempted > 0
