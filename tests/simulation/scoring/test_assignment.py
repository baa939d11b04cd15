# SPDX-License-Identifier: Apache-2.0
"""Pairs of the greatest weight, against trying every way of pairing."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.simulation.scoring.assignment import best_pairs

WEIGHTS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 30), max_size=14)


def greatest(weights: dict[tuple[int, int], int]) -> int:
    """The greatest sum, by trial of every order of five right sides."""
    return max(
        sum(weights.get((left, right), 0) for left, right in enumerate(order))
        for order in permutations(range(5))
    )


@given(weights=WEIGHTS)
def test_no_other_pairing_weighs_more(weights: dict[tuple[int, int], int]) -> None:
    """The sum is the greatest, nobody is paired twice, and only possible pairs are made."""
    pairs = best_pairs(weights)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs.items()) <= set(weights)
    assert sum(weights[pair] for pair in pairs.items()) == greatest(weights)


@given(weights=WEIGHTS, seed=st.integers(0, 99))
def test_the_order_of_the_pairs_does_not_matter(weights: dict[tuple[int, int], int], seed: int) -> None:
    """Equal sums are told apart by number, not by who came first."""
    shuffled = list(weights.items())
    random.Random(seed).shuffle(shuffled)
    assert best_pairs(dict(shuffled)) == best_pairs(weights)


@pytest.mark.parametrize(
    ("weights", "pairs"),
    [
        ({}, {}),
        ({(3, 7): 1}, {3: 7}),
        ({(0, 0): 5, (0, 1): 4, (1, 0): 4}, {0: 1, 1: 0}),
        ({(0, 0): 9, (0, 1): 4, (1, 0): 4}, {0: 0}),
        ({(0, 0): 1, (1, 0): 2, (2, 0): 3}, {2: 0}),
        ({(0, 0): 2**70, (0, 1): 2**70 + 1}, {0: 1}),
    ],
    ids=["nothing", "one", "two beat one", "one beats two", "one right side", "beyond floats"],
)
def test_known_pairings(weights: dict[tuple[int, int], int], pairs: dict[int, int]) -> None:
    """Small ones, worked out by hand."""
    assert best_pairs(weights) == pairs
