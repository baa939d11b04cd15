# SPDX-License-Identifier: Apache-2.0
"""Schemes in which earmarked money pays for something else."""

from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import TEN_THOUSAND, run_on, share
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Bill, Stage

_FORBIDDEN: Final = ("30231", "30217", "30212", "30101", "30701")
"""Cars, receptions, travel abroad, wages, interest: plainest first."""


def direct(stage: Stage) -> Iterator[Case]:
    """DIV_DIRECT: a purchase under the fund's tag whose class the fund forbids; the twin's class is allowed."""
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    amount = share(stage.rng, stage.amount, 4, 20) // stage.difficulty
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    economic = _FORBIDDEN[stage.difficulty - 1] if stage.guilty else None
    done = stage.buy(run_on(paid.on), amount, Bill(economic=economic))
    yield from spend(stage, paid.on, stage.amount - amount)
    yield Case(
        slug=stage.slug,
        scheme="DIV_DIRECT",
        variant=f"class {economic} under the fund's tag"
        if economic
        else "an allowed class, same day and amount",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(done.name,),
        lines=(done.line(stage.account),),
        decisive_event=done.name,
        amount=amount,
        known_on=done.on,
    )
