# SPDX-License-Identifier: Apache-2.0
"""Laws of the tree on every leaf and size below 65, against the recursive definition of RFC 9162 §2.1.1."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError, ProgrammerError, ProofError
from ledger.hashing import EMPTY_ROOT, leaf_hash, node_hash
from ledger.merkle import CompactRange, MemoryHashes, Node, Tree, root_of
from ledger.proofs import check_consistency, check_inclusion

SIZES = 65
LEAVES = [leaf_hash(str(number).encode()) for number in range(SIZES)]
TREE = Tree(MemoryHashes(LEAVES))


@cache
def defined_root(low: int, high: int) -> bytes:
    """The root of a leaf range, word for word as the RFC defines it."""
    width = high - low
    if width == 0:
        return EMPTY_ROOT
    if width == 1:
        return LEAVES[low]
    split = 1
    while split * 2 < width:
        split *= 2
    return node_hash(defined_root(low, low + split), defined_root(low + split, high))


def flip(data: bytes, bit: int) -> bytes:
    """The bytes with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refused_inclusion(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """Whether the check refuses the proof."""
    try:
        check_inclusion(index=index, size=size, leaf=leaf, path=path, root=root)
    except ProofError:
        return True
    return False


def refused_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Whether the check refuses the proof."""
    try:
        check_consistency(old_size=old, new_size=new, old_root=old_root, new_root=new_root, path=path)
    except ProofError:
        return True
    return False


def test_every_way_to_the_root_agrees() -> None:
    """The stored tree, the compact edge, its copy, its saved form and `root_of` give the defined root."""
    edge = CompactRange()
    for size in range(SIZES):
        wanted = defined_root(0, size)
        saved = CompactRange.restore(edge.serialise())
        assert [TREE.root(size), edge.root(), edge.copy().root(), saved.root()] == [wanted] * 4
        assert root_of(LEAVES[:size]) == wanted
        assert (edge.size, saved.size, saved.serialise()) == (size, size, edge.serialise())
        edge.append(LEAVES[size])


def test_a_copy_is_independent() -> None:
    """Appending to a copy leaves the original alone."""
    edge = CompactRange()
    edge.extend(LEAVES[:5])
    edge.copy().append(LEAVES[5])
    assert (edge.size, edge.root()) == (5, defined_root(0, 5))


def test_every_inclusion_proof_holds() -> None:
    """All leaves in all sizes; and the proof holds at no other index and no other size."""
    for size in range(1, SIZES):
        root = defined_root(0, size)
        for index in range(size):
            path = TREE.inclusion_path(index, size)
            check_inclusion(index=index, size=size, leaf=LEAVES[index], path=path, root=root)
            assert refused_inclusion(index ^ 1, size, LEAVES[index], path, root)
            assert refused_inclusion(index, size, LEAVES[index ^ 1], path, root)
            assert refused_inclusion(index, size, LEAVES[index], [*path, root], root)
            assert refused_inclusion(index, size, LEAVES[index], path[:-1], root) or not path


def test_every_consistency_proof_holds() -> None:
    """All pairs of sizes; a longer or a shorter path, or another root, is refused."""
    for new in range(1, SIZES):
        root = defined_root(0, new)
        for old in range(1, new + 1):
            earlier = defined_root(0, old)
            path = TREE.consistency_path(old, new)
            check_consistency(old_size=old, new_size=new, old_root=earlier, new_root=root, path=path)
            assert refused_consistency(old, new, earlier, root, [*path, root])
            assert refused_consistency(old, new, earlier, root, path[:-1]) or not path
            assert refused_consistency(old, new, flip(earlier, 0), root, path)
            assert refused_consistency(old, new, earlier, flip(root, 255), path)


@given(st.data())
def test_any_flipped_bit_of_an_inclusion_proof_is_refused(data: st.DataObject) -> None:
    """Leaf, root or path: one bit anywhere, and the proof is worthless."""
    size = data.draw(st.integers(1, SIZES - 1))
    index = data.draw(st.integers(0, size - 1))
    whole = b"".join([LEAVES[index], defined_root(0, size), *TREE.inclusion_path(index, size)])
    broken = flip(whole, data.draw(st.integers(0, len(whole) * 8 - 1)))
    leaf, root, *path = [broken[at : at + 32] for at in range(0, len(broken), 32)]
    assert refused_inclusion(index, size, leaf, path, root)


@given(st.data())
def test_any_flipped_bit_of_a_consistency_proof_is_refused(data: st.DataObject) -> None:
    """Either root or the path: one bit anywhere, and the proof is worthless."""
    new = data.draw(st.integers(2, SIZES - 1))
    old = data.draw(st.integers(1, new - 1))
    whole = b"".join([defined_root(0, old), defined_root(0, new), *TREE.consistency_path(old, new)])
    broken = flip(whole, data.draw(st.integers(0, len(whole) * 8 - 1)))
    earlier, root, *path = [broken[at : at + 32] for at in range(0, len(broken), 32)]
    assert refused_consistency(old, new, earlier, root, path)


@given(st.integers(0, 70), st.integers(0, 70), st.lists(st.binary(max_size=33), max_size=8))
def test_nonsense_is_refused_and_never_crashes(first: int, second: int, path: list[bytes]) -> None:
    """Proofs made of random bytes raise the one error they may raise."""
    root = defined_root(0, 64)
    assert refused_inclusion(first, second, root, path, leaf_hash(b"no"))
    assert refused_consistency(first, second, root, leaf_hash(b"no"), path)


@pytest.mark.parametrize("length", [0, 7, 9, 8 + 31, 8 + 33, 8 + 64])
def test_saved_edges_of_a_wrong_length_are_refused(length: int) -> None:
    """A saved state of size 256 holds exactly one hash."""
    state = (256).to_bytes(8, "big") + bytes(64)
    with pytest.raises(FormatError) as caught:
        CompactRange.restore(state[:length])
    assert caught.value.code == "merkle.bad-range"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: TREE.root(-1),
        lambda: TREE.root(SIZES + 1),
        lambda: TREE.inclusion_path(5, 5),
        lambda: TREE.inclusion_path(-1, 5),
        lambda: TREE.consistency_path(0, 5),
        lambda: TREE.consistency_path(6, 5),
        lambda: MemoryHashes(LEAVES).read_hashes([Node(0, SIZES)]),
        lambda: MemoryHashes(LEAVES).read_hashes([Node(-1, 0)]),
        lambda: MemoryHashes(LEAVES).read_hashes([Node(0, -1)]),
        lambda: CompactRange(size=3, peaks=[EMPTY_ROOT]),
        lambda: CompactRange(size=-1, peaks=[EMPTY_ROOT]),
    ],
    ids=range(11),
)
def test_questions_without_an_answer(ask: object) -> None:
    """Sizes and leaves that are not there are the caller's mistake."""
    assert callable(ask)
    with pytest.raises(ProgrammerError):
        ask()
