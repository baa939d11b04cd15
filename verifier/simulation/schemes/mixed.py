# SPDX-License-Identifier: Apache-2.0
"""Accounts in which several things are wrong at once, so that one must not hide or double the other."""

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import TEN_THOUSAND, share
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.schemes.books import overstated
from verifier.simulation.schemes.diversion import borrowed, mislabelled, out_of_scope
from verifier.simulation.stage import Stage

_GAP: Final = 3
_KINDS: Final = 3


def mixed(stage: Stage) -> Iterator[Case]:
    """Two or three of: a forbidden class or a false tag, a bill overstated, money borrowed; the twin does none of them."""
    own = TEN_THOUSAND * (5 + stage.rng.randrange(40))
    stage.settle(on=stage.late(), own=own)
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    parts = [share(stage.rng, stage.amount, 5, 15) for _ in range(2)]
    kind = stage.rng.randrange(_KINDS)
    days = [stage.run_after(paid.on, 1 + number * _GAP) for number in range(_KINDS)]
    cases = list(_two(stage, kind, days, parts))
    if kind:
        cases.append(borrowed(stage, days[2], own, share(stage.rng, stage.amount, 15, 40)))
    yield from (
        dataclasses.replace(case, slug=f"{case.slug}-{letter}")
        for letter, case in zip("abc", cases, strict=False)
    )
    yield from spend(stage, days[2], stage.amount - sum(parts))


def _two(stage: Stage, kind: int, days: list[datetime.date], parts: list[int]) -> Iterator[Case]:
    yield mislabelled(stage, days[0], parts[0]) if kind == 1 else out_of_scope(stage, days[0], parts[0])
    yield overstated(stage, days[1], parts[1])
