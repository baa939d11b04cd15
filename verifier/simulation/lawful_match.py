# SPDX-License-Identifier: Apache-2.0
"""Matching money that is in order and may not look it: in kind, in two phases, put off or lifted by a paper."""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.labels import Case
from verifier.simulation.schemes.matching import agree, build, use_match
from verifier.simulation.stage import Done, Stage

IN_KIND, TWO_PHASES, PUT_OFF, LIFTED = WAYS = range(1, 5)
_VARIANTS: Final = ("in kind", "in two phases", "put off by a paper", "lifted by a paper")
_DAY: Final = datetime.timedelta(days=1)
_PAPER_BEFORE: Final = 20
_PUT_OFF_DAYS: Final = 60


def lawful_match(stage: Stage, way: int) -> Iterator[Case]:
    """The county owes matching money and gives it in `way`, one of `WAYS`; no rule should speak of it."""
    owed, due_on = agree(stage)
    yield from build(stage)
    allocated = stage.fund.handed(stage.grant)
    paper_on = stage.after(due_on, -_PAPER_BEFORE)
    papers: list[str] = []
    done: list[Done] = []
    match way:
        case 1:
            done.append(stage.match(due_on, owed, source="in_kind"))
        case 2:
            first = owed * 40 // 100
            done += [
                stage.match(stage.after(stage.grant.cash_on, 20), first),
                stage.match(due_on, owed - first),
            ]
        case 3:
            until = stage.after(due_on, _PUT_OFF_DAYS)
            papers.append(stage.waive(paper_on, allocated, until))
            done.append(stage.match(until, owed))
        case _:
            papers.append(stage.waive(paper_on, allocated, None))
    if way in {TWO_PHASES, PUT_OFF}:
        use_match(stage, done[-1].on + 10 * _DAY, owed)
    yield Case(
        slug=f"{stage.key}-lawful-match",
        scheme="MATCH_NONE",
        variant=_VARIANTS[way - 1],
        difficulty=3,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(allocated, *papers, *(one.name for one in done)),
        decisive_event=allocated,
        amount=0,
        expected="none",
        irregular=True,
    )
