# SPDX-License-Identifier: Apache-2.0
"""Answers that auditors ordered by a day (责令整改): what a `disposition` asks for is due like an answer to an objection.

Who must answer stands in the order, or else in the step that affirmed the finding; where neither names anybody, the office
that ordered has to see to it. Any later step of the case is the end of waiting; an order again sets a new day.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.control import Correction, Disposition
from verifier.obligations.case import Case
from verifier.obligations.records import days_before, running
from verifier.obligations.settling import Dates, Reported, effective
from verifier.obligations.tasks import Task
from verifier.posted import PostedEvent


class Rectifications:
    """Orders and what followed them; take events in log order, none dated after the as-of date."""

    def __init__(self) -> None:
        """Nothing taken yet."""
        self._steps: Final[dict[str, tuple[PostedEvent, Disposition]]] = {}

    def take(self, posted: PostedEvent) -> None:
        """Note a step, or that one was taken back."""
        match posted.event:
            case Disposition() as step:
                self._steps[posted.name] = (posted, step)
            case Correction() as correction:
                self._steps.pop(correction.event, None)
            case _:
                pass

    def tasks(self, case: Case, dates: Dates, *, soon: int) -> Iterator[Task]:
        """The newest order of each case that sets a day, for each body that must answer; due soon `soon` days before."""
        cases: dict[str, list[tuple[PostedEvent, Disposition]]] = {}
        for posted, step in self._steps.values():
            cases.setdefault(step.case, []).append((posted, step))
        for steps in cases.values():
            ordered = [at for at, (_, step) in enumerate(steps) if step.state == "ordered"]
            if ordered and steps[ordered[-1]][1].due_on is not None:
                yield from _answers(case, dates, steps, ordered[-1], soon=soon)


def _answers(
    case: Case, dates: Dates, steps: list[tuple[PostedEvent, Disposition]], at: int, *, soon: int
) -> Iterator[Task]:
    posted, order = steps[at]
    due = case.calendar.fixed(order.due_on or posted.event.occurred_on)
    answer = next((posted for posted, _ in steps[at + 1 :]), None)
    met_on = None if answer is None else _day(case, dates, answer)
    soon_from = days_before(due.on, soon)
    if met_on is None:
        state = running(case.as_of, soon_from=soon_from, due=due.on)
    else:
        state = "met" if met_on <= due.on else "met_late"
    named = next((step.parties for _, step in reversed(steps[: at + 1]) if step.parties), (posted.party,))
    for number, who in enumerate(named):
        yield Task(
            who=who, matter=order.case, project=None, about=None, due=due, soon_from=soon_from, state=state,
            started=posted.seq, name=posted.name, number=number, met_on=met_on,
            met_by=None if answer is None else answer.seq,
        )  # fmt: skip


def _day(case: Case, dates: Dates, posted: PostedEvent) -> datetime.date:
    """The day of a step that counts: what was recorded long after its date counts from its recording (T2)."""
    on = posted.event.occurred_on
    report = Reported(name=posted.name, amount=0, on=on, recorded=case.recorded_on(posted))
    return effective(report, dates).on
