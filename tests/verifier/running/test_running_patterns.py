# SPDX-License-Identifier: Apache-2.0
"""Rules over works, purchases, papers and lists find the same entry by entry as over the whole ledger."""

import datetime
from collections.abc import Iterable

import pytest

from tests.scenarios.judging import STAGE
from tests.scenarios.language import Scenario, scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.running.running_judgement import RunningJudgement
from verifier.workspace import Workspace

RULES = ("C1", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F25", "F27", "F28")

LEDGER = """
2026-01-05 party KIN payee supplier related=WATER
2026-01-05 project D WATER F budget=100.00
2026-01-06 fund G CENTRE
2026-01-06 project E WATER G
2026-01-06 policy Q
  row a F16 basis=办法 fund=F per_person=999
2026-01-10 issue L0 9000000.00 CENTRE -> NA fund=F project=D
2026-01-10 issue M0 9000000.00 CENTRE -> NA fund=G project=E
2026-02-02 key k1 WATER p1 maker
2026-02-02 contract C D BUILDER 100.00 advance_cap=30.00 hash=paper as=agreed
2026-02-02 contract B E KIN 100.00 hash=paper as=other
2026-02-03 contract S1 D BUILDER 600000.00 category=services as=s1
2026-02-04 contract S2 D BUILDER 600000.00 category=services as=s2
2026-02-04 contract T D BUILDER 50.00 advance_cap=10.00
2026-02-04 progress D 10.00 contract=T by=WATER
2026-02-05 pay 40.00 L0 TR -> SUP project=D contract=T
2026-02-05 accept D pass contract=C value=90.00 panel=p1 evidence=photo by=WATER as=seen
2026-02-06 accept E pass contract=B value=90.00 panel=p1,p2,p3 evidence=photo by=WATER
2026-02-07 progress D 40.00 contract=C by=WATER
2026-02-09 pay 120.00 L0 TR -> SUP project=D contract=C invoice=bill/100.00 as=one
2026-02-10 pay 100.00 M0 TR -> SUP project=E contract=B invoice=bill/100.00 as=two
2026-02-11 pay 600.00 L0 TR -> SUP project=D as=bare
2026-02-12 accept D pass contract=X by=WATER
2026-02-13 list F 2026-02 10 100.00 root=people by=NA as=listed
2026-02-14 pay 150.00 L0 TR - payee_list=people as=people
2026-02-15 settle D 95.00 contract=C by=WATER
2026-02-16 accept D pass contract=T value=40.00 panel=p1,p2,p3 by=WATER
2026-02-16 accept D pass contract=C value=20.00 panel=p2,p3 by=WATER as=more
2026-02-20 return 50.00 SUP -> TR event=one
2026-03-20 void two
2026-03-21 change C NA increase 10.00
2026-03-22 attach file event=bare size=1 media_type=image/png by=NA
2026-04-30 void listed by=NA
"""


def case_of(made: Scenario, workspace: Workspace, as_of: datetime.date, known_by: int) -> Case:
    """The case of the ledger as of a date, up to a position."""
    return Case(
        genesis=made.genesis,
        genesis_hash=made.genesis_hash,
        as_of=as_of,
        known_by=known_by,
        workspace=workspace,
        book=RuleBook(load_pack("cn-special-funds")),
    )


def whole(made: Scenario, count: int, as_of: datetime.date) -> tuple[list[bytes], dict[str, int]]:
    """What the rules find in the first `count` events, and how often they could not judge."""
    with Workspace() as workspace:
        judgement = Judgement(case_of(made, workspace, as_of, made.events[count - 1].seq))
        for one in made.events[:count]:
            judgement.take(one)
        judgement.close()
        return _of_rules(judgement.lines()), {
            gap.rule: gap.count for gap in judgement.gaps if gap.rule in RULES
        }


def _of_rules(lines: Iterable[bytes]) -> list[bytes]:
    return [line for line in lines if any(f'"rule":"{rule}"'.encode() in line for rule in RULES)]


def test_every_rule_finds_something_in_the_ledger() -> None:
    """So that the comparison below is one."""
    made = scenario(LEDGER, stage=f"ledger \n{STAGE}")
    found = {
        rule
        for count in range(1, len(made.events) + 1)
        for line in whole(made, count, datetime.date(2026, 4, 30))[0]
        for rule in RULES
        if f'"rule":"{rule}"'.encode() in line
    }
    assert found == set(RULES)


@pytest.mark.parametrize("step", [1, 3])
def test_entry_by_entry_they_find_what_they_find_in_the_whole(step: int) -> None:
    """Findings byte for byte, and gaps, settled after every `step` entries and once more when only time has gone by."""
    made = scenario(LEDGER, stage=f"ledger \n{STAGE}")
    with Workspace() as workspace:
        running = RunningJudgement(case_of(made, workspace, datetime.date.min, -1))
        for count, one in enumerate(made.events, start=1):
            running.take(one)
            if count % step == 0:
                running.settle()
                lines, gaps = whole(made, count, running.case.as_of)
                assert _of_rules(running.lines()) == lines, one.name
                assert {gap.rule: gap.count for gap in running.gaps() if gap.rule in RULES} == gaps, one.name
        later = datetime.date(2026, 6, 30)
        running.settle(later)
        assert _of_rules(running.lines()) == whole(made, len(made.events), later)[0]
