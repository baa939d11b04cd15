# SPDX-License-Identifier: Apache-2.0
"""Schemes with lists of persons. A ledger holds their number, total and root; who stands on a list it never shows."""

import datetime
import hashlib
from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import PayeeList
from verifier.simulation.draws import TEN_THOUSAND, share
from verifier.simulation.labels import Case, Expected
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Done, Stage

_EACH: Final = 600_00
"""What a person on a list gets, minor units."""
_TWICE, _TENTH, _IN_PARTS, _NO_LIST, _INVENTED = range(1, 6)
_HOW: Final = (
    "a list paid twice",
    "a list paid with a tenth more than it comes to",
    "a list paid in three parts that come to more",
    "paid by a list that nobody registered",
    "invented names on a list",
)


def ghosts(stage: Stage) -> Iterator[Case]:
    """GHOST_BENEFICIARY: more is paid by a list of persons than it comes to, or by one that is not there.

    The twin registers a second list for what is paid beyond the first; at difficulty 4 the list itself. At 5 the names are
    invented, which a ledger cannot show.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    persons = max(20, share(stage.rng, stage.amount, 15, 30) // _EACH)
    total = persons * _EACH
    stage_amount = stage.amount
    parts = _parts(stage.difficulty, total)
    funded = stage.fund_it(stage.grant.cash_on, stage_amount - sum(parts))
    listed_on = stage.after(funded.on, 1)
    first, second = _root(stage, "first"), _root(stage, "second")
    named: list[str] = []
    if stage.difficulty != _NO_LIST or not stage.guilty:
        named.append(_list(stage, listed_on, first, persons, total))
    extra = sum(parts) - total
    if extra and not stage.guilty:
        named.append(_list(stage, listed_on, second, extra // _EACH, extra))
    roots = [second if place and extra and not stage.guilty else first for place in range(len(parts))]
    done = [
        _pay(stage, stage.run_after(listed_on, 4 + 9 * place), part, root)
        for place, (part, root) in enumerate(zip(parts, roots, strict=True))
    ]
    yield from spend(stage, funded.on, stage_amount - sum(parts))
    yield _case(stage, named, done, extra)


def _parts(difficulty: int, total: int) -> tuple[int, ...]:
    """What is paid, in whole shares of a person."""
    persons = total // _EACH
    match difficulty:
        case 1:
            return total, total
        case 2:
            return total, max(1, persons // 10) * _EACH
        case 3:
            return total, max(1, persons // 20) * _EACH, max(1, persons // 20) * _EACH
        case _:
            return (total,)


def _case(stage: Stage, named: list[str], done: list[Done], extra: int) -> Case:
    decisive = done[1] if extra else done[0]
    shown: Expected = "hidden" if stage.difficulty == _INVENTED else "indicated"
    return Case(
        slug=stage.slug,
        scheme="GHOST_BENEFICIARY",
        variant=_HOW[stage.difficulty - 1],
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.county.treasury,),
        events=(*named, *(one.name for one in done)),
        lines=tuple(one.line(stage.county.treasury) for one in done),
        decisive_event=decisive.name,
        amount=extra or done[0].amount,
        known_on=decisive.on,
        expected="proved" if extra else shown,
        concealment=("split",) if stage.difficulty == _IN_PARTS else (),
    )


def _root(stage: Stage, which: str) -> str:
    return hashlib.sha256(f"{stage.key}/list/{which}".encode()).hexdigest()


def _list(stage: Stage, day: datetime.date, root: str, persons: int, amount: int) -> str:
    event = PayeeList(
        occurred_on=day,
        fund=stage.fund.id,
        period=f"{day:%Y-%m}",
        persons=persons,
        amount=amount,
        root=root,
        line=stage.line,
        project=stage.project,
    )
    return stage.act(day, stage.county.finance, "list", event, slot=2)[0]


def _pay(stage: Stage, day: datetime.date, amount: int, root: str) -> Done:
    event = Disbursement(
        occurred_on=day,
        line=stage.line,
        from_account=stage.county.treasury,
        payee_list=root,
        amount=amount,
        mode="direct",
        project=stage.project,
        functional=stage.fund.purpose.functional,
        economic=stage.fund.purpose.bought,
    )
    (name,) = stage.act(day, stage.county.finance, "pay", event)
    return Done(name=name, on=day, amount=amount)
