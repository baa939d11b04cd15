# SPDX-License-Identifier: Apache-2.0
"""Deadlines for passing lines on and paying claims, from the acts that their rules note; for answers, tasks, orders."""

from collections.abc import Iterator
from typing import Final, Literal

from verifier.basis.rulepack import Addressee
from verifier.obligations.case import Case
from verifier.obligations.docket import Docket
from verifier.obligations.obligation_findings import finding_of
from verifier.obligations.records import Obligation, State
from verifier.obligations.rectifications import Rectifications
from verifier.obligations.tasks import Milestones, Objections, Task
from verifier.posted import PostedEvent
from verifier.rules import disbursement_delay, passing_on_delay

Duty = Literal["pass_on", "pay", "match", "answer", "milestone", "rectify"]
"""Passing a line on (下达); paying an approved claim (拨付); bringing matching money (配套); no matter of money: answering
an objection (答复), doing a milestone of a project (任务), answering an order of auditors (整改)."""

UNSETTLED: Final[frozenset[State]] = frozenset({"open", "due_soon", "overdue"})


class Deadlines:
    """Takes the events that a case takes, after it; asked once, when the case knows what the bank says."""

    def __init__(self, case: Case) -> None:
        """Nothing noted yet; dockets of its own in the workspace of `case`."""
        self._case = case
        self._dockets: dict[Duty, Docket] = {
            "pass_on": Docket(case.workspace, "timetable of passing on"),
            "pay": Docket(case.workspace, "timetable of payments"),
        }
        self._objections = Objections()
        self._milestones = Milestones()
        self._rectifications = Rectifications()

    def take(self, posted: PostedEvent) -> None:
        """Note what `posted` starts or fulfils; the case's registers hold it already."""
        if posted.event.occurred_on > self._case.as_of:
            return
        passing_on_delay.note(posted, self._case, self._dockets["pass_on"])
        disbursement_delay.note(posted, self._case, self._dockets["pay"])
        self._objections.take(posted, self._case)
        self._milestones.take(posted, self._case)
        self._rectifications.take(posted)

    def obligations(self) -> Iterator[tuple[Duty, Obligation]]:
        """Each obligation as it stands at the as-of date."""
        for rule, (duty, docket) in zip(
            (passing_on_delay.RULE, disbursement_delay.RULE), self._dockets.items(), strict=True
        ):
            terms = self._case.book.terms(rule.id, Addressee(fund=""), self._case.as_of)
            dates = self._case.dates(terms.number("late_days"))
            for one in docket.obligations(dates, finding_of(self._case, rule, duty)):
                yield duty, one

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
