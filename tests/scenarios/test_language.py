# SPDX-License-Identifier: Apache-2.0
"""The scenario language: what a text stands for, and what it refuses."""

import datetime
import re

import pytest

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.registry import Fund
from tests.scenarios import language
from tests.scenarios.language import scenario

EXAMPLE = re.search(r"scenario\('''(.*?)'''\)", language.__doc__ or "", re.DOTALL)


def test_the_example_of_the_description_reads() -> None:
    """The ledger in the module docstring is one, with the events it shows."""
    assert EXAMPLE is not None
    made = scenario(EXAMPLE[1])
    assert made.genesis.ceilings == "flag"
    by_label = {label: event.event for label, event in zip(made.names, made.events, strict=True)}
    fund = by_label["fund-1"]
    assert isinstance(fund, Fund)
    assert (fund.matching[0].den, fund.deadlines[0].days) == (4, 15)
    issued, paid, line = by_label["issue-1"], by_label["pay1"], by_label["debit-1"]
    assert isinstance(issued, Allocation)
    assert isinstance(paid, Disbursement)
    assert isinstance(line, Movement)
    assert (issued.amount, paid.amount) == (100_000, 50_000)
    assert (line.statement, line.line_no) == ("2026-02", 1)
    closed, voided = by_label["closed-1"], by_label["void-1"]
    assert isinstance(closed, BankBalance)
    assert isinstance(voided, Correction)
    assert (closed.closing, closed.lines) == (40_000, 1)
    assert voided.event == made.names["pay1"] == "T/pay1/0"


def test_recorded_never_runs_backwards() -> None:
    """An event is recorded at its business date unless that lies before the one above."""
    made = scenario(
        "2026-02-02 party A city unit\n2026-01-01 party B city unit\n2026-01-02 party C city unit"
    )
    assert [event.recorded[:10] for event in made.events] == ["2026-02-02"] * 3
    late = scenario("2026-01-01 party A city unit recorded=2026-05-01")
    assert late.events[0].event.occurred_on == datetime.date(2026, 1, 1)
    assert late.events[0].recorded == "2026-05-01T04:00:00.000Z"


def test_same_text_gives_same_leaves() -> None:
    """Leaves are stable, and differ between events."""
    text = "2026-01-01 party A city unit\n2026-01-01 party B city unit"
    assert scenario(text) == scenario(text)
    assert len({event.leaf for event in scenario(text).events}) == 2


@pytest.mark.parametrize(
    "bad",
    [
        "party A city unit",
        "2026-01-01 part A city unit",
        "2026-01-01 party A city",
        "2026-01-01 party A city unit wings=2",
        "2026-01-01 party A city unit id=B",
        "2026-01-01 party A nowhere unit",
        "2026-13-01 party A city unit",
        "2026-01-01 issue L 1.005 A -> B fund=F",
        "2026-01-01 issue L 0 A -> B fund=F",
        "2026-01-01 party A city unit as=x\n2026-01-01 party B city unit as=x",
        "2026-01-01 party A city unit\nledger ceilings=flag",
        "ledger ceilings=perhaps",
        "2026-01-01 fund F A\n  match base=disbursed num=1 den=4",
    ],
)
def test_whatever_is_not_of_the_grammar_is_refused(bad: str) -> None:
    """No line is guessed at."""
    with pytest.raises(ValueError, match=r"."):
        scenario(bad)
