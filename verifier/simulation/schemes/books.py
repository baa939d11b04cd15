# SPDX-License-Identifier: Apache-2.0
"""The scheme in which the books say more than the bank."""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.diary import AS_TOLD, Banked
from verifier.simulation.draws import TEN_THOUSAND, YUAN, run_on
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Stage

_OVERSTATED: Final = (50, 20, 8, 3, 1)
"""Percent of a bill that the unit reports and did not pay, by difficulty."""


def over_reported(stage: Stage) -> Iterator[Case]:
    """LEDGER_VS_BANK: a bill is reported for more than the bank paid, and the rest kept; the twin paid what it reports."""
    stage.settle(on=stage.late(), own=TEN_THOUSAND)
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    told = stage.amount * 30 // 100 // YUAN * YUAN
    case = overstated(stage, run_on(paid.on), told)
    yield case
    yield from spend(stage, paid.on, stage.amount - told)


def overstated(stage: Stage, day: datetime.date, told: int) -> Case:
    """The bill of LEDGER_VS_BANK on `day`, by itself: `told` is what the unit reports."""
    kept = told * _OVERSTATED[stage.difficulty - 1] // 100
    bank = Banked(amount=told - kept) if stage.guilty else AS_TOLD
    done = stage.buy(day, told, bank=bank)
    return Case(
        slug=stage.slug,
        scheme="LEDGER_VS_BANK",
        variant=f"{_OVERSTATED[stage.difficulty - 1]} % of a bill was never paid"
        if stage.guilty
        else "paid as reported",
        difficulty=stage.difficulty,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=kept,
        known_on=done.on,
        rules=("R1",),
    )
