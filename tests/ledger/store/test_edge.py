# SPDX-License-Identifier: Apache-2.0
"""The edge of a growing tree is the same however its leaves came: one by one, in portions, whole tiles at once."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hashing import leaf_hash
from ledger.merkle import CompactRange, root_of
from ledger.store.edge import Edge

LEAVES = [leaf_hash(str(number).encode()) for number in range(1_400)]


@given(st.lists(st.integers(0, 700), max_size=6))
def test_portions_do_not_matter(portions: list[int]) -> None:
    """Root, unfinished tiles and finished tiles, in the same order."""
    whole, single = Edge(), Edge()
    start = 0
    for end in itertools.accumulate(portions):
        whole.extend(LEAVES[start:end])
        start = min(end, len(LEAVES))
    for leaf in LEAVES[:start]:
        single.append(leaf)
    assert (whole.size, whole.root(), whole.partial()) == (single.size, single.root(), single.partial())
    assert whole.take_finished() == single.take_finished()
    assert whole.copy().partial() == single.partial()


def test_two_levels_of_tiles_are_finished_alike() -> None:
    """256 whole tiles finish one above them, also when they came at once."""
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(256 * 256 + 3)]
    at_once, one_by_one = Edge(), Edge()
    at_once.extend(leaves)
    for leaf in leaves:
        one_by_one.append(leaf)
    assert at_once.take_finished() == one_by_one.take_finished()
    assert at_once.root() == one_by_one.root() == root_of(leaves)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 13, 255, 256, 257, 1_000])
def test_the_root_by_levels_is_that_of_a_growing_tree(size: int) -> None:
    """Two ways to the root of RFC 9162 §2.1.1."""
    grown = CompactRange()
    grown.extend(LEAVES[:size])
    assert root_of(LEAVES[:size]) == grown.root()
