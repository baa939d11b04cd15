# SPDX-License-Identifier: Apache-2.0
"""A judgement that goes on over a simulated province: the whole at any stop, and little work for a new entry."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.scenarios.judging import STAGE
from tests.scenarios.language import scenario
from tests.simulation.posted_world import Posted, post
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.running.running_judgement import RunningJudgement
from verifier.simulation.world import World, simulate
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

Golden = tuple[World, Posted]


@pytest.fixture(scope="module")
def golden() -> Golden:
    """A province with every kind of case."""
    world = simulate(seed=11, programmes=1, origin="ledger.example/jl/2026")
    return world, post(world.genesis_entry, world.submissions())


def case_of(golden: Golden, workspace: Workspace, as_of: datetime.date, known_by: int) -> Case:
    """A case of the province."""
    world, posted = golden
    return Case(
        genesis=world.genesis,
        genesis_hash=posted.register.genesis_hash,
        as_of=as_of,
        known_by=known_by,
        workspace=workspace,
        book=RuleBook(load_pack("cn-special-funds")),
    )


def whole(golden: Golden, size: int, as_of: datetime.date, rules: frozenset[str]) -> list[bytes]:
    """What a judgement of the first `size` events finds by `rules`."""
    events = golden[1].events[:size]
    with Workspace() as workspace:
        judgement = Judgement(case_of(golden, workspace, as_of, events[-1].seq))
        for one in events:
            judgement.take(one)
        judgement.close()
        return [line for line in judgement.lines() if msgspec.json.decode(line)["rule"] in rules]


def test_it_is_the_judgement_of_the_whole_at_every_stop(golden: Golden) -> None:
    """Settled after hundreds of events, then by time alone, a day and half a year later."""
    world, posted = golden
    with Workspace() as workspace:
        running = RunningJudgement(case_of(golden, workspace, datetime.date.min, -1))
        for size, one in enumerate(posted.events, start=1):
            running.take(one)
            if size % 211 == 0 or size == len(posted.events):
                running.settle()
                assert list(running.lines()) == whole(golden, size, running.case.as_of, running.rules)
        for days in (1, 180):
            later = world.as_of + datetime.timedelta(days=days)
            running.settle(later)
            assert list(running.lines()) == whole(golden, len(posted.events), later, running.rules)
        assert len(list(running.lines())) > 10


@pytest.fixture
def settled() -> Iterator[RunningJudgement]:
    """Two accounts of which one has overdue money, settled."""
    text = """
    2026-01-10 issue L1 100.00 CENTRE -> NA fund=F
    2026-02-02 approve C1 10.00 project=P line=L1 by=NA
    2026-02-03 pay 5.00 L1 TR -> SUP
    """
    made = scenario(text, stage=STAGE)
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.min,
            known_by=-1,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        running = RunningJudgement(case)
        for one in made.events:
            running.take(one)
        running.settle()
        yield running


def test_what_nothing_touches_is_not_judged_again(
    settled: RunningJudgement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a new entry and with nothing due, settling judges nothing; after the due day it judges what was due."""
    asked: list[str] = []
    judge = settled.judge_matter

    def asking(name: str, matter: str) -> None:
        asked.append(name)
        judge(name, matter)

    monkeypatch.setattr(settled, "judge_matter", asking)
    settled.settle()
    assert asked == []
    settled.settle(datetime.date(2026, 3, 20))
    assert "pay" in asked
    assert any(msgspec.json.decode(line)["rule"] == "F04" for line in settled.lines())


POOLED = """
2026-01-05 account PO NA treasury_single bank=BK
2026-01-05 account S1 WATER unit_real pool=PO
2026-01-10 issue L1 100.00 CENTRE -> NA fund=F
2026-12-15 pay 60.00 L1 TR -> S1 mode=transfer bank_ref=R1
2026-12-15 credit 60.00 PO bank_ref=R1
2026-12-31 closed PO 2026-12-01..2026-12-31 0.00
2027-01-31 closed PO 2027-01-01..2027-01-31 60.00
2027-02-01 pay 1.00 L1 TR -> SUP
"""


REVERSED = """
2026-01-10 issue L1 100.00 CENTRE -> NA fund=F
2026-02-02 approve C1 10.00 project=P line=L1 by=NA
2026-02-20 pay 10.00 L1 TR -> SUP claim=C1 bank_ref=R1 as=paid
2026-03-20 debit 10.00 TR bank_ref=R1
2026-03-31 closed TR 2026-02-01..2026-03-31 100.00
2026-04-10 void paid by=NA
"""


def settled_and_whole(text: str, later: datetime.date) -> tuple[list[bytes], list[bytes]]:
    """The findings of `text` on the stage, settled after every event and then at `later`; and those of the whole."""
    made = scenario(text, stage=STAGE)

    def case(workspace: Workspace, as_of: datetime.date) -> Case:
        return Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=as_of,
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )

    with Workspace() as workspace, Workspace() as other:
        running, judgement = (
            RunningJudgement(case(workspace, datetime.date.min)),
            Judgement(case(other, later)),
        )
        for one in made.events:
            running.take(one)
            running.settle()
            judgement.take(one)
        running.settle(later)
        judgement.close()
        whole_lines = [
            line for line in judgement.lines() if msgspec.json.decode(line)["rule"] in running.rules
        ]
        return list(running.lines()), whole_lines


def test_sub_ledgers_of_a_pool_stay_covered_by_its_statements() -> None:
    """T5: what was parked in a sub-ledger is proved by the statements of its pool."""
    running, judged = settled_and_whole(POOLED, datetime.date(2027, 3, 31))
    assert running == judged
    parked = [one for one in map(msgspec.json.decode, judged) if one["rule"] == "F11"]
    assert [one["class"] for one in parked] == ["proved"]


def test_the_bank_says_nothing_any_more_of_a_corrected_report() -> None:
    """O1, T18: what its line bore out is forgotten with it; the line itself stays."""
    running, judged = settled_and_whole(REVERSED, datetime.date(2026, 6, 30))
    assert running == judged
    assert any(msgspec.json.decode(line)["rule"] == "F04" for line in judged)
