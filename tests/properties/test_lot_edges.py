# SPDX-License-Identifier: Apache-2.0
"""Laws of first in, first out at one place: exact, without overlap, few pieces, never changed by what comes later."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.tracing.lot_edges import OUTSIDE, FirstInFirstOut, LotEdge

if TYPE_CHECKING:
    from collections.abc import Sequence

Sides = list[tuple[int, int]]
SIDES = st.lists(st.tuples(st.sampled_from([DEBIT, CREDIT]), st.integers(1, 9)), max_size=20)


def edges_of(sides: Sequence[tuple[int, int]], opening: int, *, advances: bool) -> list[LotEdge]:
    """The edges of one place; hop numbers are places in `sides`, from 1."""
    place = FirstInFirstOut(opening=opening, advances=advances)
    made: list[LotEdge] = []
    for hop, (side, amount) in enumerate(sides, start=1):
        made += (place.credit if side == CREDIT else place.debit)(hop, amount)
    return made


def spans(edges: list[LotEdge], *, source: bool) -> dict[int, list[tuple[int, int]]]:
    """By hop, the intervals of it that edges speak of, sorted."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge in edges:
        hop, lo = (edge.source, edge.source_lo) if source else (edge.target, edge.target_lo)
        if hop != OUTSIDE:
            found[hop].append((lo, lo + edge.amount))
    return {hop: sorted(one) for hop, one in found.items()}


@given(SIDES, st.integers(-5, 9), st.booleans())
def test_no_unit_is_spent_or_covered_twice(sides: Sides, opening: int, advances: bool) -> None:
    """Intervals of a hop begin at 0, touch without overlap, and stay within its amount."""
    edges = edges_of(sides, opening, advances=advances)
    for source in (True, False):
        for hop, intervals in spans(edges, source=source).items():
            assert sides[hop - 1][0] == (CREDIT if source else DEBIT)
            assert intervals[0][0] == 0
            assert [end for _, end in intervals[:-1]] == [begin for begin, _ in intervals[1:]]
            assert intervals[-1][1] <= sides[hop - 1][1]


@given(SIDES, st.integers(0, 9))
def test_every_debit_is_covered_where_nothing_is_known_of_the_opening(sides: Sides, opening: int) -> None:
    """Without advances each debit is paid in full, from lots or from outside."""
    edges = edges_of(sides, opening, advances=False)
    covered = spans(edges, source=False)
    assert all(covered[hop][-1][1] == amount for hop, (side, amount) in enumerate(sides, 1) if side == DEBIT)


@given(SIDES, st.integers(-5, 9))
def test_there_are_fewer_pieces_than_movements(sides: Sides, opening: int) -> None:
    """At most credits + debits − 1, the opening counted as one."""
    edges = edges_of(sides, opening, advances=True)
    assert len(edges) <= max(len(sides) + bool(opening) - 1, 0)


@given(SIDES, st.integers(-5, 9), st.booleans())
def test_what_is_appended_changes_no_piece(sides: Sides, opening: int, advances: bool) -> None:
    """Append-stable: the pieces of a prefix are the first pieces of the whole."""
    whole = edges_of(sides, opening, advances=advances)
    for end in range(len(sides)):
        before = edges_of(sides[:end], opening, advances=advances)
        assert whole[: len(before)] == before


@given(SIDES, st.integers(0, 9))
def test_the_same_coordinate_is_the_same_money(sides: Sides, opening: int) -> None:
    """FIFO is the overlap of two cumulative axes, advances included."""
    coins = {CREDIT: [OUTSIDE] * opening, DEBIT: list[int]()}
    for hop, (side, amount) in enumerate(sides, start=1):
        coins[side] += [hop] * amount
    pairs = sorted(zip(coins[CREDIT], coins[DEBIT], strict=False))
    edges = edges_of(sides, opening, advances=True)
    assert sorted((one.source, one.target) for one in edges for _ in range(one.amount)) == pairs
