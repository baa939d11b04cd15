# SPDX-License-Identifier: Apache-2.0
"""What is owed by a day and is no money: answers to objections, and the milestones of projects (spec §4.10, §4.14).

Dates wait for the end of the prefix: calendars adopted later still count (O5), corrections take back. What is
remembered are small records, one for each objection, reply, milestone and what fulfils one.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.contract import Contract, Progress
from ledger.kinds.control import Correction, Objection, Reply
from ledger.kinds.fact import Acceptance
from ledger.kinds.registry import Project
from verifier.basis.working_days import Due
from verifier.obligations.case import Case
from verifier.obligations.records import State, days_before, running
from verifier.obligations.settling import Dates, Reported, effective
from verifier.posted import PostedEvent

_ALL_DONE: Final = 100
"""Per cent of a milestone."""

ANSWER: Final = "answer"
"""The row by which a waiver names the duty to answer; that to do a milestone is named by the milestone's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`who` does something by `due`: answers objection `matter`, or does milestone `matter` of `project`.

    `about` is the event in question, of a milestone None. `started` is the position of the objection, or of the version of
    the project that first names the milestone, there the `number`-th, and `name` its stable name; `met_by` the position of
    what met it on `met_on`. State: ``open``, ``due_soon`` from `soon_from` on, ``met``, ``met_late``, ``overdue``.
    """

    who: str
    matter: str
    project: str | None
    about: str | None
    due: Due
    soon_from: datetime.date
    state: State
    started: int
    name: str
    number: int
    met_on: datetime.date | None
    met_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """That something was done, as reported."""

    report: Reported
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    matter: str
    about: str
    on: datetime.date
    days: int
    seq: int

    @property
    def who(self) -> str:
        """Whoever posted the event in question."""
        return self.about.partition("/")[0]


class Objections:
    """Objections and their replies; take events in log order, none dated after the as-of date."""

    def __init__(self) -> None:
        """Nothing taken yet."""
        self._asked: dict[str, _Asked] = {}
        self._replies: dict[str, tuple[str, _Done]] = {}

    def take(self, posted: PostedEvent, case: Case) -> None:
        """Note what `posted` asks, answers or takes back; whoever posted the event in question answers for it."""
        match posted.event:
            case Objection() as asked:
                self._asked[posted.name] = _Asked(
                    matter=asked.id, about=asked.event, on=asked.occurred_on, days=asked.days, seq=posted.seq
                )
            case Reply() as reply:
                self._replies[posted.name] = (reply.objection, _done(posted, case))
            case Correction() as correction:
                self._replies.pop(correction.event, None)
                self._asked.pop(correction.event, None)
            case _:
                pass

    def tasks(self, case: Case, dates: Dates, *, soon: int) -> Iterator[Task]:
        """Every objection that stands, answered or not; due soon `soon` days before its day."""
        replies: dict[str, list[_Done]] = {}
        for objection, done in self._replies.values():
            replies.setdefault(objection, []).append(done)
        for name, one in self._asked.items():
            yield _task(
                case, dates, replies.get(one.matter, ()), who=one.who, matter=one.matter, about=one.about, soon=soon,
                started=one.seq, name=name, due=case.calendar.period(one.on, one.days, "working"), row=ANSWER,
            )  # fmt: skip


class Milestones:
    """Milestones of projects and what fulfils them; take events in log order, none dated after the as-of date."""

    def __init__(self) -> None:
        """Nothing taken yet."""
        self._projects: dict[str, Project] = {}
        self._first: dict[tuple[str, str], tuple[int, str, int]] = {}
        self._stages: dict[str, frozenset[str]] = {}
        self._done: dict[str, tuple[tuple[str, str], _Done]] = {}

    def take(self, posted: PostedEvent, case: Case) -> None:
        """Note what `posted` sets as a task, fulfils or takes back.

        A milestone is fulfilled by an acceptance with verdict pass, or by progress of 100 per cent, that names it. The
        stage of a contract is another matter, also where it has the same id.
        """
        match posted.event:
            case Project() as project:
                self._projects[project.id] = project
                for number, one in enumerate(project.milestones):
                    self._first.setdefault((project.id, one.id), (posted.seq, posted.name, number))
            case Contract() as contract:
                self._stages[contract.id] = frozenset(stage.id for stage in contract.milestones)
            case Acceptance() | Progress() as report if report.milestone is not None and _finished(report):
                if report.milestone not in self._stages.get(report.contract or "", ()):
                    about = (report.project, report.milestone)
                    self._done[posted.name] = (about, _done(posted, case))
            case Correction() as correction:
                self._done.pop(correction.event, None)
            case _:
                pass

    def tasks(self, case: Case, dates: Dates, *, soon: int) -> Iterator[Task]:
        """Every milestone of the projects as they now stand, done or not; by project."""
        reports: dict[tuple[str, str], list[_Done]] = {}
        for about, done in self._done.values():
            reports.setdefault(about, []).append(done)
        for identifier, project in sorted(self._projects.items()):
            for one in project.milestones:
                about = (identifier, one.id)
                started, name, number = self._first[about]
                yield _task(
                    case, dates, reports.get(about, ()), who=one.party, matter=one.id, project=identifier, soon=soon,
                    started=started, name=name, number=number, due=case.calendar.fixed(one.due_on), row=one.id,
                    funds=project.funds,
                )  # fmt: skip


def _finished(report: Acceptance | Progress) -> bool:
    if isinstance(report, Acceptance):
        return report.verdict == "pass"
    return report.percent == _ALL_DONE


def _done(posted: PostedEvent, case: Case) -> _Done:
    on = posted.event.occurred_on
    report = Reported(name=posted.name, amount=0, on=on, recorded=case.recorded_on(posted))
    return _Done(report=report, seq=posted.seq)


def _task(  # noqa: PLR0913 - the parts of a task
    case: Case, dates: Dates, done: Iterable[_Done], *, who: str, matter: str, soon: int, started: int, name: str, due: Due,
    row: str, funds: tuple[str, ...] | None = None, project: str | None = None, about: str | None = None, number: int = 0,
) -> Task:  # fmt: skip
    """The task as it stands; what was recorded long after its date counts from its recording (T2)."""
    due, ended = _waived(case, dates, (name, row, funds), due)
    days = sorted((effective(one.report, dates).on, one.seq) for one in done)
    met_on, met_by = days[0] if days else (None, None)
    soon_from = days_before(due.on, soon)
    if met_on is None and ended is not None:
        state = ended
    elif met_on is None:
        state = running(case.as_of, soon_from=soon_from, due=due.on)
    else:
        state = "met" if met_on <= due.on else "met_late"
    return Task(
        who=who, matter=matter, project=project, about=about, due=due, soon_from=soon_from, state=state,
        started=started, name=name, number=number, met_on=met_on, met_by=met_by,
    )  # fmt: skip


def _waived(
    case: Case, dates: Dates, duty: tuple[str, str, tuple[str, ...] | None], due: Due
) -> tuple[Due, State | None]:
    """The due day after the papers about `duty`, and how it ended by one (semantics O6).

    `duty` is named by its event, its row, and the funds under which it is owed; None where that may be any.
    """
    name, row, funds = duty
    papers = [one for one in case.waivers.about(name) if one.row == row]
    dated = sorted(
        (
            (effective(Reported(one.entry.name, 0, one.on, one.recorded), dates).on, one)
            for one in papers
            if funds is None or one.fund in funds
        ),
        key=lambda found: (found[0], found[1].entry.seq),
    )
    for on, paper in dated:
        if paper.until is None:
            return due, "waived" if on <= due.on else "lapsed"
        if on <= due.on < paper.until:
            due = Due(on=paper.until)
    return due, None
