# SPDX-License-Identifier: Apache-2.0
"""F09: lots of a fund in an account that nobody used in the days allowed (semantics O11)."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 600.00 PROV -> NA parent=L0
2026-02-02 pay 500.00 L1 TR -> WA mode=transfer as=came
"""
"""180 days after 2 February 2026 end on 1 August, a Saturday."""


def found(text: str, as_of: str = "2026-08-02", **bank: Unpack[Varied]) -> list[Finding]:
    """The findings of F09 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F09", **bank)


def test_o11_money_unused_for_longer_than_the_days_is_idle() -> None:
    """O11: as-of − date > N, which rolls off no day off; proved where statements cover the days, else indicated."""
    assert found("", "2026-08-01") == []
    (one,) = found("", covered=["WA"])
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("proved", *[50_000] * 3)
    assert (one.subject, one.fund, one.accounts, one.parties) == (("F", "WA"), "F", ("WA",), ("WATER",))
    assert (one.severity, str(one.due), str(one.decisive_on)) == ("yellow", "2026-08-01", "2026-08-02")
    assert found("")[0].finding_class == "indicated"


def test_o11_only_what_was_used_by_then_counts_and_the_oldest_lot_first() -> None:
    """O11: a use in time takes from the oldest lot; the twin used everything."""
    more = "2026-03-02 pay 50.00 L1 TR -> WA mode=transfer\n"
    used = "2026-06-01 use {} WA BUILDER tag=F/grant/L1\n"
    assert [one.amount for one in found(more + used.format("480.00"))] == [2_000]
    assert found(more + used.format("500.00")) == []
    (late,) = found(used.format("480.00") + "2026-08-20 use 20.00 WA BUILDER tag=F/grant/L1\n", "2026-09-01")
    assert (late.amount, late.outstanding, late.state, late.severity) == (2_000, 0, "met_late", "yellow")


def test_o11_general_spending_uses_nothing_of_the_fund() -> None:
    """O11: from tagged movements only."""
    spent = "2026-06-01 use 500.00 WA BUILDER{}\n"
    assert [one.amount for one in found(spent.format(""))] == [50_000]
    assert found(spent.format(" tag=F/grant/L1")) == []


@pytest.mark.parametrize(
    ("as_of", "severity"), [("2027-02-02", "yellow"), ("2027-02-03", "orange"), ("2028-02-03", "red")]
)
def test_the_longer_it_lies_the_graver(as_of: str, severity: str) -> None:
    """Orange after 365 days, red after 730, by the oldest lot that still lies there."""
    assert [one.severity for one in found("", as_of)] == [severity]


def test_o11_retention_is_kept_lawfully_while_it_may_be_held_back() -> None:
    """O11: minus retention of the unit's contracts, until its day."""
    made = "2026-02-10 contract K P BUILDER 900.00 retention=30.00 retention_until={}\n"
    assert [(one.amount, one.amount_max) for one in found(made.format("2027-01-31"))] == [(47_000, 50_000)]
    assert [one.amount for one in found(made.format("2026-07-31"))] == [50_000]
    small = "2026-06-01 use 470.00 WA BUILDER tag=F/grant/L1\n"
    assert found(made.format("2027-01-31") + small) == []
    assert [
        one.amount for one in found(made.format("2027-01-31") + "2026-05-01 void contract-1\n" + small)
    ] == [3_000]


def test_o11_an_approved_phase_suspends() -> None:
    """O11, O6: a paper in time about the credit moves the day; about another event it moves nothing."""
    paper = "2026-07-01 waive F event={} row=idle by=CENTRE due_on=2026-10-31\n"
    assert found(paper.format("came")) == []
    assert [str(one.due) for one in found(paper.format("came"), "2026-11-01")] == ["2026-10-31"]
    assert len(found(paper.format("split-1"))) == 1


def test_t7_a_credit_repays_what_was_advanced_first() -> None:
    """T7: only the rest of the next credit lies idle; what was paid before the first credit came from elsewhere."""
    over = "2026-02-10 use 600.00 WA BUILDER tag=F/grant/L1\n2026-02-20 pay 90.00 L1 TR -> WA mode=transfer\n"
    assert found(over, "2026-12-31") == []
    before = over.replace("02-10", "02-01")
    assert [one.amount for one in found(before, "2026-12-31")] == [59_000]


def test_money_that_went_back_to_the_payer_is_not_idle() -> None:
    """A referenced return lowers the lot; what comes back of a use is a lot of its own day."""
    assert found("2026-05-01 return 500.00 WA -> TR event=came\n") == []
    used = "2026-06-01 use 500.00 WA BUILDER tag=F/grant/L1 as=used\n2026-07-01 return 500.00 - -> WA event=used\n"
    assert found(used) == []
    assert [str(one.due) for one in found(used, "2026-12-31")] == ["2026-12-28"]


def test_t22_a_use_that_tells_a_disbursement_again_leaves_once() -> None:
    """T22: same reference, amount and payer."""
    text = """
    2026-02-05 split L2 400.00 NA -> WATER parent=L1
    2026-03-02 pay 200.00 L2 WA -> SUP bank_ref=R1
    2026-03-03 use 200.00 WA BUILDER tag=F/grant/L2 bank_ref={}
    """
    assert [one.amount for one in found(text.format("R1"))] == [30_000]
    assert [one.amount for one in found(text.format("R2"))] == [10_000]


def test_o1_it_lies_there_from_the_bank_date_and_only_if_the_bank_has_it() -> None:
    """O1: a credit that the bank refutes lies nowhere; one it booked later counts from then."""
    assert found("", bank={"came": "refuted"}) == []
    assert found("", bank={"came": "2026-02-03"}) == []
    assert len(found("", "2026-08-03", bank={"came": "2026-02-03"})) == 1


def test_a_use_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Undecidable where all turns on it; what is idle even then is the provable part."""
    used = "2026-07-20 use {} WA BUILDER tag=F/grant/L1 as=used\n"
    (one,) = found(used.format("500.00"), bank={"used": "pending"})
    assert (one.finding_class, one.amount_min, one.amount) == ("undecidable", 0, 50_000)
    (part,) = found(used.format("200.00"), bank={"used": "pending"}, covered=["WA"])
    assert (part.finding_class, part.amount_min, part.amount) == ("proved", 30_000, 50_000)
    assert found(used.format("500.00")) == []


def test_a_corrected_credit_lies_nowhere() -> None:
    """Corrected in time it never was; corrected later the finding stays with nothing outstanding."""
    assert found("2026-07-01 void came by=NA\n") == []
    (late,) = found("2026-08-10 void came by=NA\n", "2026-08-20")
    assert (late.amount, late.outstanding, late.state, late.marks) == (50_000, 0, "corrected", ("corrected",))
