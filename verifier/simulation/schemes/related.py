# SPDX-License-Identifier: Apache-2.0
"""The scheme in which a supplier's money comes home to a party related to the unit that paid it."""

import datetime
import itertools
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import TEN_THOUSAND, run_on, share
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Bill, Done, Stage

_HOPS: Final = (1, 2, 3, 4, 5)
_KEPT: Final = (2, 5, 10, 20, 40)
"""By difficulty: firms through which the money goes, and percent that stays with them on the way."""

_DAYS: Final = (1, 3, 4, 5, 5)
"""Days from firm to firm."""


def related(stage: Stage) -> Iterator[Case]:
    """DIV_RELATED: a bill in order is paid on, firm by firm, to one related to the unit; the twin's last firm is not."""
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    amount = share(stage.rng, stage.amount, 30, 60)
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    step = stage.difficulty - 1
    firms = [_firm(stage, number, last=number == _HOPS[step]) for number in range(_HOPS[step] + 1)]
    first = Bill(payee=firms[0].removesuffix("-account"), invoice=stage.invoice(amount))
    bill = stage.buy(run_on(paid.on), amount, first)
    yield from spend(stage, paid.on, stage.amount - amount)
    back = amount - amount * _KEPT[step] // 100
    legs = [
        stage.unseen(
            stage.after(bill.on, _DAYS[step] * number), _left(amount, back, number, _HOPS[step]), pair
        )
        for number, pair in enumerate(itertools.pairwise(firms), start=1)
    ]
    yield _told(stage, bill, (firms, legs), back, stage.after(bill.on, _DAYS[step] * _HOPS[step]))


def _firm(stage: Stage, number: int, *, last: bool) -> str:
    names = (f"第{number}关联贸易有限公司", f"Trading Company {number}")
    related_to = (stage.unit,) if last and stage.guilty else ()
    return stage.payee(f"{stage.key}-firm{number}", names, related=related_to, covered=True)


def _left(amount: int, back: int, number: int, hops: int) -> int:
    """What is passed on by firm number `number` of `hops`: each keeps an equal part."""
    return amount - (amount - back) * number // hops


def _told(
    stage: Stage,
    bill: Done,
    way: tuple[list[str], list[tuple[str, str]]],
    back: int,
    known_on: datetime.date,
) -> Case:
    firms, legs = way
    return Case(
        slug=stage.slug,
        scheme="DIV_RELATED",
        variant=f"to a related firm over {len(legs)} hop(s)"
        if stage.guilty
        else "to a firm that nobody here runs",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account, *firms),
        events=(bill.name,),
        lines=(*reversed(legs), *stage.lines(bill)),
        amount=back,
        known_on=known_on,
        rules=("F22",),
        concealment=("hops",),
    )
