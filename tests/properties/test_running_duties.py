# SPDX-License-Identifier: Apache-2.0
"""Duties judged on as the log grows and as days go by: the same, byte by byte, as duties of the whole judged that day."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.judging import STAGE
from tests.scenarios.language import scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.duty_families import DUTY_FAMILIES
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.running.running_judgement import RunningJudgement
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from tests.scenarios.language import Scenario

RULES = frozenset(rule.id for family in DUTY_FAMILIES for rule in family.rules)
BEGIN = """
2026-01-05 policy PP admits=publication/1
2026-01-05 fund A CENTRE v=2
  accepts 15 calendar 3
2026-01-06 project D WATER A
  milestone dig 开挖 BUILDER 2026-02-20
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=A as=top
2026-01-20 split L1 600.00 NA -> WATER parent=L0 project=D as=part
2026-01-21 contract K D BUILDER 500.00 retention=20.00 retention_until=2026-03-31 as=made
2026-02-02 pay 300.00 L0 TR -> WA mode=transfer as=cash
2026-02-03 approve C1 200.00 project=D line=L0 by=NA as=ok
2026-02-04 list A 2026-02 30 100.00 root=r1 line=L0 by=NA
2026-02-05 settle D 400.00 surplus=60.00 by=WATER as=done
2026-02-06 accept D pass contract=K value=80.00
"""
LATER = (
    "pay 50.00 L0 TR -> SUP claim=C1 contract=K as=paid",
    "return 20.00 SUP -> TR event=paid",
    "use 290.00 WA BUILDER tag=A/grant/L1 contract=K",
    "accept D pass milestone=dig as=seen",
    "publish 公告 contract=K",
    "pay 100.00 L0 TR -> - payee_list=r1",
    "waive A event=ok row=pay by=CENTRE due_on=2026-11-30 as=paper",
    "waive A event=cash row=idle by=CENTRE",
    "void paper by=CENTRE",
    "void seen",
    "return 60.00 WA -> TR tag=A/grant",
    "recall L1 30.00 WATER -> NA",
)
_NEEDS = {
    "return 20.00": "pay 50.00",
    "void paper": "waive A event=ok",
    "void seen": "accept D pass milestone",
}
_gaps = st.lists(st.integers(0, 60), min_size=len(LATER), max_size=len(LATER))
_days = st.lists(st.integers(1, 500), max_size=4)


def _needed(text: str) -> str:
    """How the entry begins that `text` takes back; nothing, with which all entries begin, where it takes none back."""
    return next((wanted for start, wanted in _NEEDS.items() if text.startswith(start)), "")


def made(picked: set[int], gaps: list[int]) -> Scenario:
    """A ledger of some of the later entries, so many days apart, none that takes back what is not there."""
    texts = [LATER[one] for one in sorted(picked)]
    texts = [one for one in texts if any(other.startswith(_needed(one)) for other in texts)]
    day, lines = datetime.date(2026, 2, 7), []
    for text, gap in zip(texts, gaps, strict=False):
        day += datetime.timedelta(days=gap)
        lines.append(f"{day} {text}")
    return scenario(BEGIN + "\n".join(lines) + "\n", stage=f"ledger \n{STAGE}")


def case_of(ledger: Scenario, workspace: Workspace, as_of: datetime.date, known_by: int) -> Case:
    """A case of the ledger."""
    return Case(
        genesis=ledger.genesis,
        genesis_hash=ledger.genesis_hash,
        as_of=as_of,
        known_by=known_by,
        workspace=workspace,
        book=RuleBook(load_pack("cn-special-funds")),
    )


def of_duties(lines: list[bytes]) -> list[bytes]:
    """Those of the rules over duties."""
    return [line for line in lines if msgspec.json.decode(line)["rule"] in RULES]


def whole(ledger: Scenario, as_of: datetime.date, count: int) -> list[bytes]:
    """What is found in the first `count` entries as of a day."""
    with Workspace() as workspace:
        judgement = Judgement(case_of(ledger, workspace, as_of, ledger.events[count - 1].seq))
        for one in ledger.events[:count]:
            judgement.take(one)
        judgement.close()
        return of_duties(list(judgement.lines()))


@settings(max_examples=10)
@given(st.sets(st.integers(0, len(LATER) - 1)), _gaps, _days)
def test_what_fell_due_and_what_was_touched_is_all_that_changes(
    picked: set[int], gaps: list[int], days: list[int]
) -> None:
    """After every later entry, and on days after the last on which nothing but time went by."""
    ledger = made(picked, gaps)
    first = len(scenario(BEGIN, stage=f"ledger \n{STAGE}").events)
    with Workspace() as workspace:
        running = RunningJudgement(case_of(ledger, workspace, datetime.date.min, -1))
        for count, one in enumerate(ledger.events, start=1):
            running.take(one)
            if count >= first:
                running.settle()
                assert of_duties(list(running.lines())) == whole(ledger, running.case.as_of, count)
        last = running.case.as_of
        for day in sorted(set(days)):
            running.settle(last + datetime.timedelta(days=day))
            assert of_duties(list(running.lines())) == whole(ledger, running.case.as_of, len(ledger.events))
