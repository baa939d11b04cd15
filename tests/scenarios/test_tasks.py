# SPDX-License-Identifier: Apache-2.0
"""Answers to objections and milestones: when they are due, what fulfils them, and what does not."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.judging import STAGE
from tests.scenarios.language import scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.obligations.case import Case
from verifier.obligations.tasks import Milestones, Objections
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from verifier.obligations.tasks import Task

LINE = "2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F as=top\n"
ASKED = LINE + "2026-02-11 object o-1 top 5 as=asked\n"
DITCH = """
2026-01-05 project D WATER F
  milestone dig 开挖 WATER 2026-03-31
  milestone line 衬砌 BUILDER 2026-06-30
"""
DONE = DITCH + "2026-03-20 accept D pass milestone=dig as=seen\n"


def tasks(text: str, as_of: str, *, stage: str = STAGE) -> list[Task]:
    """Every task on the day `as_of`, met or not."""
    made = scenario(text, stage=f"ledger \n{stage}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.fromisoformat(as_of),
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        objections, milestones = Objections(), Milestones()
        for posted in made.events:
            if case.take(posted):
                objections.take(posted, case)
                milestones.take(posted, case)
        dates = case.dates(10)
        return [*objections.tasks(case, dates, soon=7), *milestones.tasks(case, dates, soon=7)]


def only(text: str, as_of: str, matter: str) -> Task:
    """The one task about `matter`."""
    (one,) = [task for task in tasks(text, as_of) if task.matter == matter]
    return one


# --- objections -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state"), [("2026-02-18", "open"), ("2026-02-26", "due_soon"), ("2026-02-27", "overdue")]
)
def test_an_answer_is_due_in_working_days(as_of: str, state: str) -> None:
    """Five of them from 11 February over the spring festival end on the 26th; who posted the event owes it."""
    one = only(ASKED, as_of, "o-1")
    assert (one.who, one.project, one.due.on, one.state) == (
        "CENTRE",
        None,
        datetime.date(2026, 2, 26),
        state,
    )
    assert (one.due.calendars, one.due.provisional) == (("CN/1",), False)


def test_a_year_without_a_calendar_makes_the_day_provisional() -> None:
    """Monday to Friday then; the same period within the adopted year is firm."""
    late = ASKED.replace("2026-02-11", "2026-12-29")
    one = only(late, "2026-12-31", "o-1")
    assert (one.due.on, one.due.provisional) == (datetime.date(2027, 1, 5), True)
    assert not only(late.replace("2026-12-29", "2026-12-24"), "2026-12-31", "o-1").due.provisional


@pytest.mark.parametrize(("on", "state"), [("2026-02-26", "met"), ("2026-02-27", "met_late")])
def test_an_answer_on_the_day_is_in_time_and_after_it_late(on: str, state: str) -> None:
    """The first reply counts."""
    one = only(f"{ASKED}{on} reply o-1\n2026-03-05 reply o-1", "2026-03-10", "o-1")
    assert (one.state, one.met_on) == (state, datetime.date.fromisoformat(on))
    assert one.met_by is not None
    assert one.met_by > one.started


def test_a_reply_taken_back_answers_nothing() -> None:
    """Overdue again; an objection taken back is owed by nobody."""
    replied = f"{ASKED}2026-02-25 reply o-1 as=said\n"
    assert only(replied, "2026-03-10", "o-1").state == "met"
    assert only(f"{replied}2026-02-28 void said", "2026-03-10", "o-1").state == "overdue"
    assert only(f"{replied}2026-02-28 void said", "2026-02-26", "o-1").state == "met"
    assert tasks(f"{ASKED}2026-02-28 void asked", "2026-03-10") == []


def test_a_reply_dated_back_counts_from_its_recording() -> None:
    """Recorded within ten working days of its date, it counts from its date."""
    assert only(f"{ASKED}2026-02-25 reply o-1 recorded=2026-03-10", "2026-04-10", "o-1").state == "met"
    one = only(f"{ASKED}2026-02-25 reply o-1 recorded=2026-03-11", "2026-04-10", "o-1")
    assert (one.state, one.met_on) == ("met_late", datetime.date(2026, 3, 11))


# --- milestones -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-03-23", "open"),
        ("2026-03-24", "due_soon"),
        ("2026-03-31", "due_soon"),
        ("2026-04-01", "overdue"),
    ],
)
def test_a_milestone_is_due_on_its_day(as_of: str, state: str) -> None:
    """From whoever is responsible, and on the day that the project names."""
    dig, line = tasks(DITCH, as_of)
    assert (dig.who, dig.project, dig.matter, dig.state, dig.number) == ("WATER", "D", "dig", state, 0)
    assert (line.who, line.state, line.number, line.started) == ("BUILDER", "open", 1, dig.started)


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ("accept D pass milestone=dig", "met"),
        ("progress D 10.00 milestone=dig percent=100", "met"),
        ("accept D partial milestone=dig", "overdue"),
        ("accept D fail milestone=dig", "overdue"),
        ("progress D 10.00 milestone=dig percent=99", "overdue"),
        ("progress D 10.00 milestone=dig", "overdue"),
        ("accept D pass", "overdue"),
        ("accept D pass milestone=line", "overdue"),
        ("accept P pass milestone=dig", "overdue"),
    ],
)
def test_what_fulfils_a_milestone(report: str, state: str) -> None:
    """A passed acceptance or full progress that names it, of its own project; nothing less."""
    assert only(f"{DITCH}2026-03-31 {report}", "2026-04-10", "dig").state == state


def test_a_milestone_done_after_its_day_is_late_and_a_reversed_acceptance_undoes_it() -> None:
    """By the business dates of the reports."""
    assert only(DONE, "2026-04-10", "dig").state == "met"
    assert only(DONE.replace("03-20", "04-01"), "2026-04-10", "dig").state == "met_late"
    assert only(f"{DONE}2026-04-02 void seen", "2026-04-10", "dig").state == "overdue"


def test_the_stage_of_a_contract_is_no_milestone_of_the_project() -> None:
    """The contract has a stage of the same id; where it has none, the milestone is meant."""
    made = f"{DITCH}2026-02-01 contract C D BUILDER 50.00\n  stage dig 土方\n"
    report = "2026-03-20 accept D pass milestone=dig contract=C"
    assert only(made + report, "2026-04-10", "dig").state == "overdue"
    assert only(made.replace("stage dig", "stage other") + report, "2026-04-10", "dig").state == "met"


def test_a_new_version_of_a_project_moves_the_day_and_keeps_the_beginning() -> None:
    """The milestone is still known by the entry that first named it; one left out is owed no longer."""
    before = only(DITCH, "2026-04-10", "dig")
    moved = DITCH + "2026-03-30 project D WATER F version=2\n  milestone dig 开挖 WATER 2026-05-31\n"
    (one,) = tasks(moved, "2026-04-10")
    assert (before.state, one.state, one.due.on) == ("overdue", "open", datetime.date(2026, 5, 31))
    assert (one.started, one.number) == (before.started, before.number)


# --- waivers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "state"),
    [
        ("2026-02-26 waive F event=asked row=answer by=CENTRE due_on=2026-03-31", "open"),
        ("2026-02-26 waive F event=asked row=answer by=CENTRE", "waived"),
        ("2026-02-27 waive F event=asked row=answer by=CENTRE", "lapsed"),
        ("2026-02-27 waive F event=asked row=answer by=CENTRE due_on=2026-03-31", "overdue"),
        ("2026-02-26 waive F event=top row=answer by=CENTRE", "overdue"),
    ],
)
def test_o6_a_waiver_moves_or_lifts_the_duty_to_answer(paper: str, state: str) -> None:
    """O6: in time; later it takes nothing back, and lifted later nothing is owed any more."""
    assert only(f"{ASKED}{paper}\n", "2026-03-10", "o-1").state == state


def test_o6_a_waiver_moves_the_one_milestone_that_it_names() -> None:
    """O6: by the event that first named it and its own id as row, under a fund of the project."""
    paper = "2026-03-30 waive {} event=project-2 row={} by=CENTRE due_on=2026-05-31\n"
    other = "2026-01-04 fund G CENTRE\n"
    assert only(DITCH + paper.format("F", "dig"), "2026-04-10", "dig").due.on == datetime.date(2026, 5, 31)
    assert only(DITCH + paper.format("F", "line"), "2026-04-10", "dig").state == "overdue"
    assert only(other + DITCH + paper.format("G", "dig"), "2026-04-10", "dig").state == "overdue"
