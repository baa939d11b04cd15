# SPDX-License-Identifier: Apache-2.0
"""Schemes in which money that is due does not move: claims paid late, in drips or never, and lines kept above."""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import parts_of
from verifier.simulation.holidays import OFF, due, is_working, worked_before, working
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.programme import PASS_ON_DAYS, PAY_DAYS
from verifier.simulation.stage import Done, Stage

_DAY: Final = datetime.timedelta(days=1)
_LATE: Final = (0, 40, 12, 1, 1)
"""Days late by difficulty; at 1 it is never paid, at 2 the city sits on the line, at 5 a holiday has moved the due day."""

_NEVER, _BY_CITY, _HOLIDAY = 1, 2, 5
_LATE_SHARE: Final = (80, 50, 25, 10, 3)
"""Percent of a claim that is still unpaid on its due day, by difficulty."""

_DRIP_GAP: Final = (30, 20, 14, 7, 2)
"""Days between the drips after the due day, by difficulty."""

_KEPT_SHARE: Final = (60, 30, 12, 5, 2)
_HANDED_LATE: Final = 5
_HELD_DAYS: Final = 110


def in_full(stage: Stage) -> Iterator[Case]:
    """DELAY_FULL: an approved claim is paid late or never, or the city sits on the line; the twin's is upon the due day."""
    if stage.difficulty == _BY_CITY:
        yield _line_late(stage)
        return
    approved = _settle(stage)
    claim = stage.ask(stage.grant.cash_on, stage.amount, stage.supplier)
    approval = stage.approve(approved, claim, stage.amount, stage.supplier)
    deadline = due(approved, PAY_DAYS)
    late = _LATE[stage.difficulty - 1] if stage.guilty else 0
    never = stage.guilty and stage.difficulty == _NEVER
    paid = (
        [] if never else [stage.pay(working(deadline + late * _DAY), stage.amount, claim=claim, direct=True)]
    )
    how = "never paid" if never else f"paid {late} day(s) late"
    yield _unpaid(stage, approval, paid, deadline, how if stage.guilty else "paid upon the due day")


def dripping(stage: Stage) -> Iterator[Case]:
    """DELAY_PARTIAL_DRIP: part of a claim is paid in time, the rest in three drips afterwards; the twin's before."""
    stage.settle(on=stage.early())
    claim = stage.ask(stage.grant.cash_on, stage.amount, stage.supplier)
    approved = stage.after(stage.grant.cash_on, 5)
    approval = stage.approve(approved, claim, stage.amount, stage.supplier)
    deadline = due(approved, PAY_DAYS)
    unmet = stage.amount * _LATE_SHARE[stage.difficulty - 1] // 100
    gap = _DRIP_GAP[stage.difficulty - 1]
    paid = [stage.pay(stage.after(approved, 4), stage.amount - unmet, claim=claim, direct=True)]
    for number, part in enumerate(parts_of(stage.rng, unmet, 3), start=1):
        late, in_time = (
            working(deadline + number * gap * _DAY),
            worked_before(deadline - (3 - number) * 3 * _DAY),
        )
        paid.append(stage.pay(late if stage.guilty else in_time, part, claim=claim, direct=True))
    variant = (
        f"the rest in drips every {gap} days" if stage.guilty else "the rest in drips before the due day"
    )
    yield _unpaid(stage, approval, paid, deadline, variant, unmet)


def withheld(stage: Stage) -> Iterator[Case]:
    """WITHHOLD: the city keeps part of the county's line; the twin hands the same part on upon the last day.

    At difficulty 5 it hands a small part on after months, when somebody may look.
    """
    stage.settle(on=stage.early())
    kept = stage.amount * _KEPT_SHARE[stage.difficulty - 1] // 100
    deadline = due(stage.fund.province_split_on(stage.grant), PASS_ON_DAYS)
    handed = [(stage.grant.on, stage.amount - kept)]
    if not stage.guilty:
        handed.append((deadline, kept))
    elif stage.difficulty == _HANDED_LATE:
        handed.append((working(deadline + _HELD_DAYS * _DAY), kept))
    stage.rehand(tuple(handed), funded=stage.amount - kept)
    paid = stage.fund_it(stage.grant.cash_on, stage.amount - kept)
    yield from spend(stage, paid.on, stage.amount - kept)
    yield _not_handed(stage, len(handed), deadline, kept)


def _settle(stage: Stage) -> datetime.date:
    """The stage is settled; when the claim is to be approved so that its due day falls as the difficulty wants."""
    if stage.difficulty == _HOLIDAY:
        first, last = stage.month(2), stage.month(stage.shape.months - 3)
        off = sorted(
            day for day in OFF if first < day - 50 * _DAY and day < last and is_working(day - PAY_DAYS * _DAY)
        )
        approved = stage.rng.choice(off) - PAY_DAYS * _DAY
        stage.settle(on=worked_before(approved - 18 * _DAY))
        return approved
    never = stage.difficulty == _NEVER
    stage.settle(on=stage.late() if never else stage.early())
    return stage.after(stage.grant.cash_on, 5)


def _line_late(stage: Stage) -> Case:
    stage.settle(on=stage.early())
    deadline = due(stage.fund.province_split_on(stage.grant), PASS_ON_DAYS)
    late = _LATE[stage.difficulty - 1] if stage.guilty else 0
    stage.rehand(((working(deadline + late * _DAY), stage.amount),), funded=0)
    return _not_handed(stage, 1, deadline, stage.amount)


def _unpaid(
    stage: Stage,
    approval: str,
    paid: list[Done],
    deadline: datetime.date,
    variant: str,
    unmet: int | None = None,
) -> Case:
    drips = unmet is not None
    return Case(
        slug=stage.slug,
        scheme="DELAY_PARTIAL_DRIP" if drips else "DELAY_FULL",
        variant=variant,
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.county.treasury,),
        events=(approval, *(one.name for one in paid)),
        lines=tuple(one.line(stage.county.treasury) for one in paid),
        decisive_event=approval,
        amount=stage.amount if unmet is None else unmet,
        known_on=deadline + _DAY,
        legal_deadline=deadline,
        rules=("F04",),
        concealment=("drip",) if drips else (),
    )


def _not_handed(stage: Stage, parts: int, deadline: datetime.date, kept: int) -> Case:
    received = stage.fund.received(stage.grant)
    whole = kept == stage.amount
    return Case(
        slug=stage.slug,
        scheme="DELAY_FULL" if whole else "WITHHOLD",
        variant=("the city hands the line on late" if whole else "the city keeps a part")
        if stage.guilty
        else "handed on upon the due day",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        events=(received, *(stage.fund.handed(stage.grant, part) for part in range(parts))),
        decisive_event=received,
        amount=kept,
        known_on=deadline + _DAY,
        legal_deadline=deadline,
        rules=("F03",) if whole else (),
    )
