# SPDX-License-Identifier: Apache-2.0
"""Schemes in which money is paid and yet not used: it lies idle, or is parked at the end of a year to look spent."""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import parts_of, run_on
from verifier.simulation.holidays import worked_before, working
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import YEAR_END, Done, Stage

_DAY: Final = datetime.timedelta(days=1)
_IDLE_SHARE: Final = (100, 60, 30, 10, 100)
"""Percent of the grant that lies idle, by difficulty; at 5 it is sent to and fro so that it never looks old."""

_CHURNED: Final = 5
_IDLE_DAYS: Final = 180
_CHURN_GAP: Final = 80
_PARKED_SHARE: Final = (100, 100, 70, 40, 25)
"""Percent of what is moved that is not used within 30 days, by difficulty."""

_USED_WITHIN: Final = 30
_IN_PARTS: Final = 5


def idle(stage: Stage) -> Iterator[Case]:
    """IDLE: money lies in the unit's account for good; the twin buys with it within the limit.

    At difficulty 5 it goes to another account of the unit and back before it grows old, again and again.
    """
    stage.tidy = True
    stage.settle(on=stage.month(2))
    lying = stage.amount * _IDLE_SHARE[stage.difficulty - 1] // 100
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    if lying < stage.amount:
        yield from spend(stage, paid.on, stage.amount - lying)
    churns = stage.difficulty == _CHURNED
    second = stage.second_account() if churns else stage.account
    moves = _churn(stage, paid, lying, second) if churns and stage.guilty else []
    bought = [] if stage.guilty else [stage.buy(stage.run_after(paid.on, 60), lying)]
    done = [paid, *moves, *bought]
    yield Case(
        slug=stage.slug,
        scheme="IDLE",
        variant=("sent to and fro" if churns else "never used") if stage.guilty else "used after two months",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=tuple(one.name for one in done),
        lines=stage.lines(*done),
        decisive_event=paid.name,
        amount=lying,
        known_on=paid.on + (_IDLE_DAYS + 1) * _DAY,
        legal_deadline=paid.on + _IDLE_DAYS * _DAY,
        rules=("F09",),
        expected="hidden" if churns else "proved",
        concealment=("hops",) if churns else (),
    )


def year_end_park(stage: Stage) -> Iterator[Case]:
    """YEAR_END_PARK: late in December money moves into the unit's account and is not used for months; the twin uses it.

    At difficulty 1 it is a special account of the fund, later the unit's own; at 5 the money comes in three parts.
    """
    december = _december(stage)
    special = stage.difficulty == 1
    stage.settle(
        on=december - 35 * _DAY,
        account_class="special" if special else "unit_real",
        dedicated=special,
    )
    claim = stage.ask(stage.grant.cash_on, stage.amount)
    approved = worked_before(december.replace(day=5))
    stage.approve(approved, claim, stage.amount)
    parts = parts_of(stage.rng, stage.amount, 3 if stage.difficulty == _IN_PARTS else 1)
    paid = [
        stage.pay(working(december.replace(day=YEAR_END[1] + 1) + 4 * number * _DAY), part, claim=claim)
        for number, part in enumerate(parts)
    ]
    parked = stage.amount * _PARKED_SHARE[stage.difficulty - 1] // 100
    used_on = run_on(paid[-1].on + 5 * _DAY)
    if parked < stage.amount:
        stage.buy(used_on, stage.amount - parked)
    bought = stage.buy(run_on(used_on + 90 * _DAY) if stage.guilty else used_on, parked, slot=9)
    done = [*paid, bought]
    yield Case(
        slug=stage.slug,
        scheme="YEAR_END_PARK",
        variant="used three months later" if stage.guilty else "used within a fortnight",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=tuple(one.name for one in done),
        lines=stage.lines(*done),
        decisive_event=paid[0].name,
        amount=parked,
        known_on=_first_unused(paid, stage.amount - parked).on + (_USED_WITHIN + 1) * _DAY,
        rules=("F11",),
        concealment=("split",) if len(paid) > 1 else (),
    )


def _first_unused(paid: list[Done], used: int) -> Done:
    """The first of the payments that is not used up when `used` is spent of them, the oldest first."""
    left = used
    for one in paid:
        left -= one.amount
        if left < 0:
            return one
    return paid[-1]


def _december(stage: Stage) -> datetime.date:
    """The first of the first December that leaves time before and after."""
    later = (stage.month(number) for number in range(2, stage.shape.months))
    return next(month for month in later if month.month == YEAR_END[0])


def _churn(stage: Stage, paid: Done, amount: int, second: str) -> list[Done]:
    """The money leaves for the `second` account of the unit and comes back, until the country's last month."""
    moves: list[Done] = []
    day = stage.run_after(paid.on, _CHURN_GAP)
    while day + (_CHURN_GAP + 7) * _DAY < stage.last:
        tag = stage.tag_of()
        moves.append(stage.move(day, amount, (stage.account, second), tag=tag))
        back = stage.run_after(day, 4)
        moves.append(stage.move(back, amount, (second, stage.account), tag=tag))
        day = stage.run_after(back, _CHURN_GAP)
    return moves
