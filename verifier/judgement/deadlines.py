# SPDX-License-Identifier: Apache-2.0
"""Deadlines of the duties that stand in lists of what is due, from what their rules file; of answers, tasks, orders."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from ledger.kinds.control import Correction
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty as MoneyDuty
from verifier.duties.duty import Fact, duty_family
from verifier.matters.family import Family
from verifier.matters.judging import standing_matter
from verifier.matters.shelves import Shelves
from verifier.obligations.case import Case
from verifier.obligations.records import Obligation, Opening, State
from verifier.obligations.rectifications import Rectifications
from verifier.obligations.tasks import Milestones, Objections, Task
from verifier.posted import PostedEvent
from verifier.rules import (
    disbursement_delay,
    late_acceptance,
    late_disclosure,
    list_unpaid,
    passing_on_delay,
    supplier_arrears,
    surplus_kept,
)

Duty = Literal[
    "pass_on",
    "pay",
    "match",
    "pay_supplier",
    "pay_list",
    "return_surplus",
    "accept",
    "publish",
    "answer",
    "milestone",
    "rectify",
]
"""Passing a line on (下达); paying an approved claim (拨付); bringing matching money (配套); paying a supplier (付企业款)
or a list of persons (发放); giving surplus back (缴回). No matter of money: accepting a milestone (验收), making public
(公开), answering an objection (答复), doing a milestone of a project (任务), answering an order of auditors (整改)."""

_DUTIES: Final[dict[Duty, MoneyDuty]] = {
    "pass_on": passing_on_delay.DUTY,
    "pay": disbursement_delay.DUTY,
    "pay_supplier": supplier_arrears.DUTY,
    "pay_list": list_unpaid.DUTY,
    "return_surplus": surplus_kept.DUTY,
    "accept": late_acceptance.DUTY,
    "publish": late_disclosure.DUTY,
}

UNSETTLED: Final[frozenset[State]] = frozenset({"open", "due_soon", "overdue"})


class About(NamedTuple):
    """What an obligation is about; `money` says whether its amounts are money."""

    fund: str | None = None
    line: str | None = None
    project: str | None = None
    matter: str | None = None
    money: bool = True


def about(duty: Duty, opening: Opening) -> About:
    """What the obligation of `opening` under `duty` is about."""
    fund, place = opening.fund or None, opening.line or None
    match duty:
        case "pay_supplier":
            return About(fund=fund, project=place, matter=opening.group)
        case "return_surplus":
            return About(fund=fund, project=place)
        case "accept":
            return About(project=place, matter=opening.named, money=False)
        case "publish":
            return About(matter=opening.group, money=False)
        case _:
            return About(fund=fund, line=place)


class Deadlines:
    """Takes the events that a case takes, after it; asked once, when the case knows what the bank says."""

    def __init__(self, case: Case) -> None:
        """Nothing noted yet; facts of its own in the workspace of `case`."""
        self._case = case
        self._shelves = Shelves(case.workspace)
        self._families: dict[Duty, tuple[MoneyDuty, Family[Fact]]] = {
            name: (duty, _apart(duty)) for name, duty in _DUTIES.items()
        }
        self._objections = Objections()
        self._milestones = Milestones()
        self._rectifications = Rectifications()

    def take(self, posted: PostedEvent) -> None:
        """Note what `posted` starts or fulfils; the case's registers hold it already."""
        if posted.event.occurred_on > self._case.as_of:
            return
        for _, family in self._families.values():
            if isinstance(posted.event, family.kinds):
                for placed in family.note(posted, self._case):
                    self._shelves.add(family.name, placed, posted, self._case)
        if isinstance(posted.event, Correction):
            self._shelves.reverse(posted, posted.event)
        self._objections.take(posted, self._case)
        self._milestones.take(posted, self._case)
        self._rectifications.take(posted)

    def obligations(self) -> Iterator[tuple[Duty, Obligation]]:
        """Each obligation as it stands at the as-of date."""
        self._shelves.close()
        for name, (duty, family) in self._families.items():
            for key, rows in self._shelves.matters(family.name):
                for one in duty.obligations(standing_matter(family, key, rows), self._case):
                    yield name, one

    def tasks(self) -> Iterator[tuple[Duty, Task]]:
        """Answers, milestones and orders of auditors, settled or not.

        The rule of late payment says how many days before its day something is due soon, and what is recorded late.
        """
        terms = self._case.book.terms(disbursement_delay.RULE.id, Addressee(fund=""), self._case.as_of)
        dates, soon = self._case.dates(terms.number("late_days")), terms.number("soon")
        for task in self._objections.tasks(self._case, dates, soon=soon):
            yield "answer", task
        for task in self._milestones.tasks(self._case, dates, soon=soon):
            yield "milestone", task
        for task in self._rectifications.tasks(self._case, dates, soon=soon):
            yield "rectify", task


def _apart(duty: MoneyDuty) -> Family[Fact]:
    """The family of `duty` under a name of its own: rules may keep the same facts in the same workspace."""
    family = duty_family(duty)
    return replace(family, name=f"timetable of {family.name}")
