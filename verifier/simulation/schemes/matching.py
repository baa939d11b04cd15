# SPDX-License-Identifier: Apache-2.0
"""Schemes with matching money: it does not come, comes late, or goes back to where it came from."""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import MatchingPledge
from ledger.kinds.registry import MatchingTerm
from verifier.simulation.draws import TEN_THOUSAND, parts_of, run_on
from verifier.simulation.holidays import working
from verifier.simulation.labels import Case, Concealment, Scheme
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Bill, Done, Stage
from verifier.simulation.statements import closed_on

_DAY: Final = datetime.timedelta(days=1)
_BASIS: Final = "国务院规定应由上下级政府共同承担的事项（《中华人民共和国预算法》第十六条；事项为模拟）"
_DUE_AFTER: Final = 90
_PAID_SHARE: Final = (0, 40, 75, 95, 99)
"""Percent of the match that is paid, by difficulty; half a percent less would be tolerated."""

_LATE: Final = (90, 30, 10, 3, 1)
"""Days late by difficulty."""

_HOPS: Final = (1, 2, 2, 3, 4)
_SPLITS: Final = (1, 1, 3, 5, 8)
_BACK_AFTER: Final = (3, 10, 20, 35, 50)
_BACK_SHARE: Final = (100, 100, 98, 95, 92)
_USED_AFTER: Final = 70
"""How the match goes back, by difficulty: over how many accounts, in how many parts, after how many days, in percent."""


def none_paid(stage: Stage) -> Iterator[Case]:
    """MATCH_NONE: the county pays a part of the match or nothing; the twin pays all of it upon the due day."""
    owed, due_on = agree(stage)
    paid = owed * _PAID_SHARE[stage.difficulty - 1] // 100 if stage.guilty else owed
    yield from build(stage)
    done = [stage.match(due_on, paid), use_match(stage, due_on + 10 * _DAY, paid)] if paid else []
    how = f"{_PAID_SHARE[stage.difficulty - 1]} % paid"
    yield _short(
        stage,
        "MATCH_NONE",
        done,
        due_on,
        how if stage.guilty else "paid upon the due day",
        owed - paid or owed,
    )


def late(stage: Stage) -> Iterator[Case]:
    """MATCH_LATE: the county pays the match in full after the due day; the twin upon it."""
    owed, due_on = agree(stage)
    days = _LATE[stage.difficulty - 1]
    done = stage.match(working(due_on + days * _DAY) if stage.guilty else due_on, owed)
    use_match(stage, due_on + (_LATE[0] + 5) * _DAY, owed)
    yield from build(stage)
    how = f"paid {days} day(s) late" if stage.guilty else "paid upon the due day"
    yield _short(stage, "MATCH_LATE", [done], due_on, how, owed)


def round_trip(stage: Stage) -> Iterator[Case]:
    """MATCH_ROUNDTRIP: the match is paid in and goes back to the treasury; the twin's goes the same way to the builder.

    By difficulty it passes more accounts, in more parts, later, and less of it comes back. It can be proved but for
    the general money that the accounts between had anyway.
    """
    owed, due_on = agree(stage, on=stage.late(8))
    step = stage.difficulty - 1
    paid = stage.match(due_on, owed)
    away = owed * _BACK_SHARE[step] // 100
    stops = [stage.account, *(stage.stop(number) for number in range(1, _HOPS[step]))]
    legs: list[Done] = []
    for number, part in enumerate(parts_of(stage.rng, away, _SPLITS[step])):
        day = stage.after(due_on, _BACK_AFTER[step] + number // 3)
        legs += _leg(stage, stops, day, part)
    if away < owed:
        use_match(stage, due_on + _USED_AFTER * _DAY, owed - away)
    yield from build(stage)
    how: tuple[Concealment, ...] = ("hops", "split") if step else ()
    yield Case(
        slug=stage.slug,
        scheme="MATCH_ROUNDTRIP",
        variant=f"back over {_HOPS[step]} account(s) in {_SPLITS[step]} part(s)"
        if stage.guilty
        else "on to the builder",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=tuple(stops),
        events=(paid.name, *(leg.name for leg in legs)),
        lines=stage.lines(paid),
        decisive_event=paid.name,
        amount=away,
        provable=max(0, away - TEN_THOUSAND * len(stops[1:])),
        known_on=closed_on(legs[-1].on),
        concealment=how,
    )


def agree(stage: Stage, on: datetime.date | None = None) -> tuple[int, datetime.date]:
    """The stage is settled under a fund that demands a match; what the county owes, and by when (semantics M1).

    The term is the same for both twins, since their grants are.
    """
    stage.settle(on=on or stage.early(10))
    num = 10 + stage.rng.randrange(31)
    due_on = stage.after(stage.grant.on, _DUE_AFTER)
    if not stage.fund.matching:
        stage.fund.matching.append(
            MatchingTerm(base="allocated", num=num, den=100, level="county", due_on=due_on, basis=_BASIS)
        )
    owed = stage.amount * num // 100
    pledge = MatchingPledge(
        occurred_on=stage.grant.cash_on,
        id=f"{stage.key}-pledge",
        fund=stage.fund.id,
        party=stage.county.finance,
        amount=owed,
        source="budget",
        due_on=due_on,
    )
    stage.act(stage.grant.cash_on, stage.county.finance, "pledge", pledge)
    return owed, due_on


def build(stage: Stage) -> Iterator[Case]:
    """The grant is claimed, paid and spent."""
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    yield from spend(stage, paid.on, stage.amount)


def use_match(stage: Stage, day: datetime.date, amount: int) -> Done:
    """Matching money pays the builder on the first payment run from `day` on."""
    return stage.buy(run_on(day), amount, Bill(source="match"))


def _leg(stage: Stage, stops: list[str], day: datetime.date, amount: int) -> list[Done]:
    """`amount` goes from stop to stop on one day, and from the last one back to the treasury, or to the builder."""
    end = stage.county.treasury if stage.guilty else f"{stage.supplier}-account"
    tag = stage.tag_of("match")
    return [
        stage.move(day, amount, (giver, taker), party=giver.removesuffix("-account"), tag=tag, slot=slot)
        if number
        else stage.move(day, amount, (giver, taker), tag=tag, slot=slot)
        for number, (slot, giver, taker) in enumerate(
            zip(range(4, 10), stops, [*stops[1:], end], strict=False)
        )
    ]


def _short(
    stage: Stage, scheme: Scheme, done: list[Done], due_on: datetime.date, variant: str, amount: int
) -> Case:
    allocated = stage.fund.handed(stage.grant)
    return Case(
        slug=stage.slug,
        scheme=scheme,
        variant=variant,
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(allocated, *(one.name for one in done)),
        lines=stage.lines(*done),
        decisive_event=allocated,
        amount=amount,
        known_on=due_on + _DAY,
        legal_deadline=due_on,
    )
