# SPDX-License-Identifier: Apache-2.0
"""Orders of auditors are due by their day, by whom they name; an answer in time settles them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from tests.scenarios.judging import STAGE
from tests.scenarios.language import scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.deadlines import Deadlines
from verifier.obligations.case import Case
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from verifier.obligations.tasks import Task

CITED = f"finding={'0' * 32} content_hash={'5e' * 32} by=AUDIT"
AFFIRMED = f"2026-03-02 dispose K1 affirmed parties=WATER,NA {CITED}\n"
ORDERED = f"2026-03-04 dispose K1 ordered due_on=2026-04-10 {CITED} as=order\n"


def tasks(text: str, as_of: str) -> list[Task]:
    """What is to be answered on the stage after `text`."""
    made = scenario(text, stage=f"ledger\n{STAGE}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.fromisoformat(as_of),
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        deadlines = Deadlines(case)
        for posted in made.events:
            case.take(posted)
            deadlines.take(posted)
        return [task for duty, task in deadlines.tasks() if duty == "rectify"]


def test_an_order_is_due_from_each_body_that_it_is_about() -> None:
    """Open, due soon, overdue; by the day that the order sets."""
    found = tasks(AFFIRMED + ORDERED, "2026-03-10")
    assert [(one.who, one.matter, str(one.due.on), one.state) for one in found] == [
        ("WATER", "K1", "2026-04-10", "open"),
        ("NA", "K1", "2026-04-10", "open"),
    ]
    assert [one.number for one in found] == [0, 1]
    assert {one.state for one in tasks(AFFIRMED + ORDERED, "2026-04-09")} == {"due_soon"}
    assert {one.state for one in tasks(AFFIRMED + ORDERED, "2026-04-11")} == {"overdue"}


def test_an_answer_in_time_settles_it() -> None:
    """Its twin came a day late."""
    answer = f"2026-04-10 dispose K1 answered {CITED}"
    (one, _) = tasks(AFFIRMED + ORDERED + answer, "2026-06-30")
    assert (one.state, one.met_on) == ("met", datetime.date(2026, 4, 10))
    (late, _) = tasks(AFFIRMED + ORDERED + answer.replace("04-10", "04-11"), "2026-06-30")
    assert late.state == "met_late"


def test_an_answer_written_back_counts_from_its_recording() -> None:
    """T2: recorded more than ten working days after its date."""
    answer = f"2026-04-10 dispose K1 answered recorded=2026-05-20 {CITED}"
    (one, _) = tasks(AFFIRMED + ORDERED + answer, "2026-06-30")
    assert (one.state, one.met_on) == ("met_late", datetime.date(2026, 5, 20))


def test_a_new_order_sets_a_new_day() -> None:
    """Also after an answer that was not enough; it may name others."""
    again = f"2026-05-06 dispose K1 ordered due_on=2026-06-10 parties=WATER {CITED}"
    (one,) = tasks(AFFIRMED + ORDERED + again, "2026-06-30")
    assert (one.who, str(one.due.on), one.state) == ("WATER", "2026-06-10", "overdue")
    answered = f"2026-04-01 dispose K1 answered {CITED}\n"
    (one,) = tasks(AFFIRMED + ORDERED + answered + again, "2026-06-30")
    assert one.state == "overdue"


def test_orders_without_a_day_or_taken_back_are_due_from_nobody() -> None:
    """No day, no clock; a corrected order is none."""
    assert tasks(AFFIRMED + ORDERED.replace("due_on=2026-04-10 ", ""), "2026-06-30") == []
    assert tasks(AFFIRMED + ORDERED + "2026-03-05 void order by=AUDIT", "2026-06-30") == []


def test_where_nobody_is_named_the_office_has_to_see_to_it() -> None:
    """Neither step names a body."""
    (one,) = tasks(AFFIRMED.replace("parties=WATER,NA ", "") + ORDERED, "2026-06-30")
    assert one.who == "AUDIT"
