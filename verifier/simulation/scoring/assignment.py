# SPDX-License-Identifier: Apache-2.0
"""One-to-one pairs of the greatest total weight, in whole numbers: the Hungarian method, component by component.

Source: Kuhn 1955 and Munkres 1957, with dual prices so that each row costs one search for a shortest path.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

Weights = Mapping[tuple[int, int], int]
"""Left and right number of each possible pair → its weight, above zero."""

_FREE: Final = -1


def best_pairs(weights: Weights) -> dict[int, int]:
    """Right number by left number, so that the sum of weights is the greatest; nobody is paired twice.

    What may be paired with nothing stays alone. Equal sums are told apart by the numbers, so that the outcome does not
    hang on the order in which `weights` was filled.
    """
    pairs: dict[int, int] = {}
    for lefts, rights in _components(weights):
        pairs |= _solved(lefts, rights, weights)
    return pairs


def _components(weights: Weights) -> Iterator[tuple[list[int], list[int]]]:
    """The lefts and rights that are joined by possible pairs, each list sorted."""
    joined: dict[tuple[bool, int], set[tuple[bool, int]]] = defaultdict(set)
    for left, right in weights:
        joined[False, left].add((True, right))
        joined[True, right].add((False, left))
    seen: set[tuple[bool, int]] = set()
    for start in sorted(joined):
        if start not in seen:
            reached = _reached(start, joined)
            seen |= reached
            yield (
                sorted(number for is_right, number in reached if not is_right),
                sorted(number for is_right, number in reached if is_right),
            )


def _reached(
    start: tuple[bool, int], joined: Mapping[tuple[bool, int], set[tuple[bool, int]]]
) -> set[tuple[bool, int]]:
    reached, waiting = {start}, [start]
    while waiting:
        new = joined[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached


def _solved(lefts: list[int], rights: list[int], weights: Weights) -> dict[int, int]:
    """The best pairs of one component; the shorter side makes the rows."""
    if len(lefts) > len(rights):
        turned = {(right, left): weight for (left, right), weight in weights.items()}
        return {left: right for right, left in _solved(rights, lefts, turned).items()}
    costs = [[-weights.get((left, right), 0) for right in rights] for left in lefts]
    return {
        lefts[row]: rights[column]
        for row, column in enumerate(_columns(costs))
        if (lefts[row], rights[column]) in weights
    }


def _columns(costs: list[list[int]]) -> list[int]:
    """The column of each row at the least total cost; there are at least as many columns as rows."""
    width = len(costs[0])
    row_price, column_price = [0] * len(costs), [0] * width
    row_of = [_FREE] * width
    for row in range(len(costs)):
        end, came_from = _shortest(row, costs, row_price, column_price, row_of)
        while end != _FREE:
            before = came_from[end]
            row_of[end] = row if before == _FREE else row_of[before]
            end = before
    column_of = [_FREE] * len(costs)
    for column, row in enumerate(row_of):
        if row != _FREE:
            column_of[row] = column
    return column_of


def _shortest(
    start: int, costs: list[list[int]], row_price: list[int], column_price: list[int], row_of: list[int]
) -> tuple[int, list[int]]:
    """The free column that is cheapest to reach from row `start`, and the column before each on the way.

    The prices are raised so that the reduced cost of no pair is below zero, and that of a chosen pair is zero.
    """
    width = len(column_price)
    distance: list[int | None] = [None] * width
    came_from = [_FREE] * width
    done: list[int] = []
    row, column, base = start, _FREE, 0
    while True:
        for other in range(width):
            if other not in done:
                cost = base + costs[row][other] - row_price[row] - column_price[other]
                known = distance[other]
                if known is None or cost < known:
                    distance[other], came_from[other] = cost, column
        base, column = min(
            (far, other) for other, far in enumerate(distance) if far is not None and other not in done
        )
        if row_of[column] == _FREE:
            break
        done.append(column)
        row = row_of[column]
    row_price[start] += base
    for other in done:
        far = distance[other] or 0
        row_price[row_of[other]] += base - far
        column_price[other] -= base - far
    return column, came_from
