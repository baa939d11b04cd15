# SPDX-License-Identifier: Apache-2.0
"""What books of a period say is owed: what was due in it, and what is not settled at its end (spec §12.7)."""

from collections.abc import Iterator, Mapping

from ledger.kinds.registry import Project
from verifier.judgement.deadlines import UNSETTLED, Deadlines, Duty, about
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.matching_owed import MatchingOwed, matching_owed
from verifier.obligations.records import Obligation
from verifier.obligations.tasks import Task
from verifier.posted import PostedEvent
from verifier.rules import disbursement_delay, matching_shortfall
from verifier.statement.period import Span
from verifier.statement.posting_book import PostingBook
from verifier.statement.records import Due, Scope


class DueList:
    """Takes the events that a case takes, after it; read once, when the case knows what the bank says."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet; tables of its own in the workspace of `case`."""
        self._case = case
        self._deadlines = Deadlines(case)
        self._matching = MatchingFacts(case.workspace)

    def take(self, posted: PostedEvent) -> None:
        """Note what `posted` starts or fulfils."""
        self._deadlines.take(posted)
        self._matching.take(posted, self._case)

    def read(
        self, scope: Scope, span: Span, projects: Mapping[str, Project], book: PostingBook
    ) -> Iterator[Due]:
        """What the unit owes, or what is owed of the fund: money first, then answers and milestones.

        Of a fund are the milestones of `projects` that it pays for, and answers about events that moved money of it.
        """
        for one in self._of_money(book):
            if scope.id == (one.fund if scope.kind == "fund" else one.who) and _counts(one, span):
                yield one
        tasks = [(task, _due_task(duty, task)) for duty, task in self._deadlines.tasks()]
        named = book.moved(scope.id, {task.about for task, _ in tasks if task.about is not None})
        for task, one in tasks:
            of_fund = task.about in named or scope.id in _funds(task, projects)
            if (of_fund if scope.kind == "fund" else scope.id == one.who) and _counts(one, span):
                yield one

    def _of_money(self, book: PostingBook) -> Iterator[Due]:
        for duty, one in self._deadlines.obligations():
            yield _due_act(duty, one)
        self._matching.ready()
        rule, soon_by = matching_shortfall.RULE.id, disbursement_delay.RULE.id
        for match in matching_owed(self._case, self._matching, rule, soon_by=soon_by):
            yield _due_match(match, book.name_of(match.started))


def _counts(one: Due, span: Span) -> bool:
    return one.state in UNSETTLED or span.holds(one.due)


def _funds(task: Task, projects: Mapping[str, Project]) -> tuple[str, ...]:
    project = projects.get(task.project or "")
    return () if project is None else project.funds


def _due_act(duty: Duty, one: Obligation) -> Due:
    opening, of = one.opening, about(duty, one.opening)
    return Due(
        duty=duty,
        who=opening.who,
        fund=of.fund,
        line=of.line,
        project=of.project,
        matter=of.matter,
        amount=one.amount if of.money else None,
        outstanding=one.outstanding if of.money else None,
        due=one.due,
        state=one.state,
        started=opening.entry.seq,
        name=opening.entry.name,
    )


def _due_match(one: MatchingOwed, name: str | None) -> Due:
    return Due(
        duty="match",
        who=one.party,
        fund=one.fund,
        amount=one.need,
        outstanding=one.missing,
        due=one.due,
        state=one.state,
        started=one.started,
        name=name,
    )


def _due_task(duty: Duty, one: Task) -> Due:
    return Due(
        duty=duty,
        who=one.who,
        project=one.project,
        matter=one.matter,
        due=one.due.on,
        state=one.state,
        started=one.started,
        name=one.name,
        provisional=one.due.provisional,
    )
