# SPDX-License-Identifier: Apache-2.0
"""Papers that approve a payment out of scope, or exempt a finding (semantics T13, O6)."""

import pytest

from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding

MEAL = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211 as=meal
"""
APPROVED = "    2026-02-10 waive F event=meal row=scope by=PROV as=paper\n"


def found(text: str, rule: str = "F01") -> list[Finding]:
    """The findings of `rule` in `text` on the stage."""
    return judge(scenario(text, stage=STAGE), "2026-06-30", rule=rule)


def test_approved_on_the_day_of_the_payment_it_is_proper() -> None:
    """T13: dated on or before the debit, the paper makes the use proper; a day later it closes as exempt."""
    assert found(MEAL + APPROVED) == []
    with closed(MEAL + APPROVED) as books:
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.used, holding.outside) == (40_000, 20_000, 0)
    (late,) = found(MEAL + APPROVED.replace("02-10", "02-11"))
    assert (late.state, late.amount, late.restored, late.outstanding) == ("exempt", 20_000, 0, 0)
    assert (late.severity, late.finding_class) == ("yellow", "proved")
    assert "财农〔2026〕9号" in late.explanation.zh
    assert "afterwards, on 2026-02-11: exempt" in late.explanation.en
    assert "PROV/paper/0" in [entry.name for entry in late.evidence]


def test_the_day_of_the_debit_is_that_of_the_bank() -> None:
    """T13: on covered days the payment is made when the bank books it, and until then it can be approved."""
    text = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211 as=meal
    2026-02-12 debit 200.00 UA
    {day} waive F event=meal row=scope by=PROV
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    """
    assert found(text.format(day="2026-02-12")) == []
    assert [one.state for one in found(text.format(day="2026-02-13"))] == ["exempt"]


@pytest.mark.parametrize(
    "other",
    ["waive F event=pay-1 row=scope", "waive F event=meal row=pay", "waive G event=meal row=scope",
     "waive F event=meal row=scope due_on=2026-03-31"],
    ids=["another payment", "another row", "another fund", "a new due date"],
)  # fmt: skip
def test_a_paper_about_something_else_approves_nothing(other: str) -> None:
    """T13: its twin is the paper about this payment, this row and this fund."""
    (one,) = found(f"{MEAL}    2026-02-10 {other} by=PROV")
    assert (one.state, one.outstanding) == (None, 20_000)


def test_a_reversed_paper_was_none() -> None:
    """T13, T18: its correction leaves the finding as it was."""
    (one,) = found(f"{MEAL}{APPROVED}    2026-02-20 void paper by=PROV")
    assert one.outstanding == 20_000


def test_a_paper_written_back_exempts_only() -> None:
    """T2, T13: recorded over ten working days late it counts from its recording."""
    (one,) = found(MEAL + APPROVED.replace("as=paper", "as=paper recorded=2026-03-20"))
    assert (one.state, one.outstanding) == ("exempt", 0)
    assert "2026-03-20" in one.explanation.en
    text = MEAL + APPROVED.replace("as=paper", "as=paper recorded=2026-03-20")
    assert judge(scenario(text, stage=f"ledger historical=true\n{STAGE}"), "2026-06-30", rule="F01") == []


def test_the_finding_may_be_named_instead() -> None:
    """T13, O6: by its id; for F01 and for F02."""
    (one,) = found(MEAL)
    (exempt,) = found(f"{MEAL}    2026-03-02 waive F finding={one.id} by=PROV")
    assert (exempt.id, exempt.state, exempt.outstanding) == (one.id, "exempt", 0)
    assert found(f"{MEAL}    2026-02-10 waive F finding={one.id} by=PROV") == []
    assert [again.state for again in found(f"{MEAL}    2026-03-02 waive G finding={one.id} by=PROV")] == [
        None
    ]
    short = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 debit 100.00 UA
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    """
    (two,) = found(short, "F02")
    (exempt,) = found(f"{short}    2026-03-02 waive F finding={two.id} by=PROV", "F02")
    assert (exempt.id, exempt.state, exempt.amount, exempt.outstanding) == (two.id, "exempt", 10_000, 0)
    assert "exempted it on 2026-03-02" in exempt.explanation.en


def test_the_use_that_tells_a_payment_again_may_be_named() -> None:
    """T13, T22: approving the use approves the payment."""
    text = """
        2026-02-10 pay 200.00 LF TR -> SU bank_ref=R1 by=NA as=paid
        2026-02-10 use 200.00 TR SUP tag=F/grant/LF bank_ref=R1 economic=30211 as=told
        2026-02-10 waive F event={} row=scope by=PROV
    """
    assert found(text.format("told")) == []
    assert found(text.format("paid")) == []


def test_a_policy_names_its_own_row() -> None:
    """T13: the row may be that of a policy which sets rule F01."""
    policy = "    2026-01-20 policy P1\n      row own F01\n"
    paper = APPROVED.replace("row=scope", "row=own")
    assert found(policy + MEAL + paper) == []
    assert len(found(MEAL + paper)) == 1
