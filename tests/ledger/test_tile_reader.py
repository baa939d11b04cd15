# SPDX-License-Identifier: Apache-2.0
"""The reader of tiles against sources that lie, lose and shorten."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger.tile_reader
from ledger.errors import FormatError, InputError, MissingError, ProgrammerError, ProofError
from ledger.hashing import EMPTY_ROOT, leaf_hash
from ledger.merkle import MemoryHashes, Node, Tree
from ledger.proofs import check_consistency, check_inclusion
from ledger.tile_reader import TileReader
from ledger.tiles import Tile, bundles_of, encode_bundle, tiles_of

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 66_000
ENTRIES = [b"entry %d" % number for number in range(SIZE)]
HASHES = MemoryHashes(map(leaf_hash, ENTRIES))
TREE = Tree(HASHES)


def published(size: int) -> dict[str, bytes]:
    """The files of the log at this size."""
    files = {}
    for tile in tiles_of(size):
        level = 8 * (tile.level or 0)
        nodes = [Node(level, tile.number * 256 + at) for at in range(tile.width)]
        files[tile.path] = b"".join(HASHES.read_hashes(nodes))
    for tile in bundles_of(size):
        files[tile.path] = encode_bundle(ENTRIES[tile.number * 256 : tile.number * 256 + tile.width])
    return files


SMALL_SIZE = 600
SMALL = published(SMALL_SIZE)
LARGE = published(SIZE)


def source(files: dict[str, bytes]) -> Callable[[str], bytes]:
    """A fetch over a dictionary."""

    def fetch(path: str) -> bytes:
        if path not in files:
            raise MissingError(code="test.missing", place=path, message_en="not there", message_zh="不存在")
        return files[path]

    return fetch


def reader(files: dict[str, bytes], size: int) -> TileReader:
    """A reader that trusts the true root of the size."""
    return TileReader(source(files), size=size, root=TREE.root(size))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, SMALL_SIZE, 65_535, 65_536, 65_537, SIZE])
def test_proofs_from_tiles_are_the_proofs_of_the_tree(size: int) -> None:
    """Roots, inclusion and consistency paths at the edges of tiles, built through the reader, check."""
    tree = Tree(reader(LARGE | published(size), size))
    root = TREE.root(size)
    assert tree.root(size) == root
    for index in {0, size // 2, size - 1}:
        path = tree.inclusion_path(index, size)
        check_inclusion(index=index, size=size, leaf=leaf_hash(ENTRIES[index]), path=path, root=root)
    for old in {1, size // 2 or 1, size}:
        path = tree.consistency_path(old, size)
        check_consistency(old_size=old, new_size=size, old_root=TREE.root(old), new_root=root, path=path)


def test_every_node_of_a_small_log() -> None:
    """Each hash that a tree of 600 leaves has is read, and no other."""
    small = reader(SMALL, SMALL_SIZE)
    for level in range(10):
        nodes = [Node(level, position) for position in range(SMALL_SIZE >> level)]
        assert small.read_hashes(nodes) == HASHES.read_hashes(nodes)
        for outside in (SMALL_SIZE >> level, -1):
            with pytest.raises(ProgrammerError):
                small.read_hashes([Node(level, outside)])
    with pytest.raises(ProgrammerError):
        small.read_hashes([Node(-1, 0)])


def test_every_entry_of_a_small_log() -> None:
    """The bundles give the entries in order, the last one partial."""
    small = reader(SMALL, SMALL_SIZE)
    assert [entry for number in range(3) for entry in small.read_entries(number)] == ENTRIES[:SMALL_SIZE]
    for number in (3, -1):
        with pytest.raises(ProgrammerError):
            small.read_entries(number)


def test_an_empty_log_has_nothing_to_read() -> None:
    """It needs no file, and its root is that of the empty tree."""
    empty = TileReader(source({}), size=0, root=EMPTY_ROOT)
    assert empty.read_hashes([]) == []
    with pytest.raises(ProgrammerError):
        empty.read_hashes([Node(0, 0)])


@given(st.data())
def test_a_flipped_bit_anywhere_is_never_believed(data: st.DataObject) -> None:
    """Whatever is read then is refused or right; and reading everything is refused."""
    path = data.draw(st.sampled_from(sorted(SMALL)))
    bit = data.draw(st.integers(0, len(SMALL[path]) * 8 - 1))
    broken = bytearray(SMALL[path])
    broken[bit // 8] ^= 1 << bit % 8
    files = SMALL | {path: bytes(broken)}
    nodes = data.draw(st.lists(st.integers(0, SMALL_SIZE - 1).map(lambda leaf: Node(0, leaf)), max_size=4))
    with contextlib.suppress(ProofError):
        assert reader(files, SMALL_SIZE).read_hashes(nodes) == HASHES.read_hashes(nodes)
    everything = reader(files, SMALL_SIZE)
    with pytest.raises(InputError):
        [everything.read_entries(number) for number in range(3)]


def test_the_place_of_a_lie_is_named() -> None:
    """A changed entry, a changed full tile, a changed edge: each error says which."""
    files = dict(SMALL)
    files["tile/entries/001"] = encode_bundle([*ENTRIES[256:300], b"forged", *ENTRIES[301:512]])
    with pytest.raises(ProofError, match="entry 300"):
        reader(files, SMALL_SIZE).read_entries(1)
    files = SMALL | {"tile/0/001": SMALL["tile/0/000"]}
    with pytest.raises(ProofError, match="tile/0/001"):
        reader(files, SMALL_SIZE).read_hashes([Node(0, 256)])
    files = SMALL | {"tile/1/000.p/2": bytes(64)}
    with pytest.raises(ProofError, match="right edge of the tree of 600 entries"):
        reader(files, SMALL_SIZE).read_hashes([Node(0, 599)])


def test_another_root_is_not_reached() -> None:
    """All files are sound, but belong to another checkpoint."""
    foreign = TileReader(source(SMALL), size=SMALL_SIZE, root=TREE.root(599))
    with pytest.raises(ProofError):
        foreign.read_hashes([Node(0, 0)])


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000"])
def test_files_that_are_cut_or_missing(path: str) -> None:
    """A wrong length is a matter of form; an absent file is said to be absent."""
    leaf = Node(0, 599 if "002" in path else 0)

    def read_all(files: dict[str, bytes]) -> None:
        reader(files, SMALL_SIZE).read_hashes([leaf])
        reader(files, SMALL_SIZE).read_entries(0)

    with pytest.raises(FormatError) as cut:
        read_all(SMALL | {path: SMALL[path][:-1]})
    assert cut.value.place == path
    with pytest.raises(MissingError):
        read_all({name: data for name, data in SMALL.items() if name != path})


def test_a_full_file_stands_in_for_a_partial_one() -> None:
    """A log may drop partial files once the full ones are there; older checkpoints stay readable."""
    full_only = {path: data for path, data in LARGE.items() if ".p/" not in path}
    full_only["tile/1/000"] = LARGE["tile/1/000"]
    old = reader(full_only, SMALL_SIZE)
    assert old.read_hashes([Node(0, 0), Node(0, 599)]) == HASHES.read_hashes([Node(0, 0), Node(0, 599)])
    assert old.read_entries(2) == ENTRIES[512:600]


def test_what_falls_out_of_the_cache_is_proved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for two tiles, going round three fetches again and stays right."""
    monkeypatch.setattr(ledger.tile_reader, "CACHED_TILES", 2)
    asked: list[str] = []

    def fetch(path: str) -> bytes:
        asked.append(path)
        return LARGE[path]

    small_cache = TileReader(fetch, size=SIZE, root=TREE.root(SIZE))
    nodes = [Node(0, 256 * (turn % 3)) for turn in range(6)]
    assert small_cache.read_hashes(nodes) == HASHES.read_hashes(nodes)
    assert asked.count(Tile(level=0, number=0).path) == 2
