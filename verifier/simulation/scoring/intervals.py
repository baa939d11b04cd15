# SPDX-License-Identifier: Apache-2.0
"""How sure a figure is: 95 % intervals by drawing programmes anew, with replacement (the percentile bootstrap).

Programmes are drawn and not findings, since cases of one programme share places, people and amounts (Efron and
Tibshirani 1993, chapter 8). False findings that belong to no programme count in every draw.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from verifier.simulation.scoring.figures import FIGURES
from verifier.simulation.scoring.outcomes import NOWHERE
from verifier.simulation.scoring.tallies import Tally

DRAWS: Final = 1_000
SEED: Final = 20_260_101
LEAST_PROGRAMMES: Final = 2
"""Below this there is nothing to draw from."""

Interval = tuple[Decimal, Decimal]


def draw(programmes: Sequence[int]) -> tuple[Counter[int], ...]:
    """How often each programme was drawn, draw by draw: the same for the same programmes."""
    if len(programmes) < LEAST_PROGRAMMES:
        return ()
    rng = random.Random(SEED)
    return tuple(Counter(rng.choices(programmes, k=len(programmes))) for _ in range(DRAWS))


def intervals(
    tallies: Mapping[int, Tally], draws: Sequence[Counter[int]], events: int
) -> dict[str, Interval]:
    """Lowest and highest value of each figure in the middle 95 % of `draws`; absent where no draw gives one.

    `tallies` are those of one group, by programme.
    """
    values: dict[str, list[Decimal]] = {name: [] for name in FIGURES}
    for drawn in draws:
        tally = _drawn(tallies, drawn)
        for name, figure in FIGURES.items():
            value = figure(tally, events)
            if value is not None:
                values[name].append(value)
    return {name: _middle(found) for name, found in values.items() if found}


def _drawn(tallies: Mapping[int, Tally], drawn: Mapping[int, int]) -> Tally:
    whole = Tally()
    for programme, tally in tallies.items():
        times = 1 if programme == NOWHERE else drawn.get(programme, 0)
        if times:
            whole.add(tally, times)
    return whole


def _middle(values: list[Decimal]) -> Interval:
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[last * 25 // 1_000], ordered[-(-last * 975 // 1_000)]
