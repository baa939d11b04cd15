# SPDX-License-Identifier: Apache-2.0
"""F21: invoices on which more was paid than they come to (semantics P2), judged matter by matter."""

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 600.00 PROV -> NA parent=L0 project=P
2026-02-02 pay 60.00 L1 TR -> SUP invoice=bill/100.00 as=one
"""
SECOND = "2026-02-09 pay 60.00 L1 TR -> SUP invoice={}/100.00 as=two\n"


def found(text: str) -> list[Finding]:
    """The findings of F21 in the world followed by `text`."""
    return judge(WORLD + text, "2026-12-31", rule="F21")


def test_p2_an_invoice_paid_beyond_its_amount() -> None:
    """P2: proved, for what is too much; decided by the payment that went beyond it; the twin names another invoice."""
    (one,) = found(SECOND.format("bill"))
    assert (one.finding_class, one.amount_min, one.amount, one.amount_max) == ("proved", 2_000, 2_000, 2_000)
    assert (one.first_event, one.decisive_event) == ("NA/one/0", "NA/two/0")
    assert (one.fund, one.accounts) == ("F", ("TR",))
    assert found(SECOND.format("other")) == []


@pytest.mark.parametrize(("back", "amounts"), [("15.00", [500]), ("20.00", [])])
def test_p2_a_referenced_return_lowers_the_total(back: str, amounts: list[int]) -> None:
    """P2: what came back was not paid twice; a return of nothing lowers nothing."""
    text = SECOND.format("bill") + f"2026-03-01 return {back} SUP -> TR"
    assert [one.amount for one in found(f"{text} event=two")] == amounts
    assert [one.amount for one in found(text)] == [2_000]


def test_t22_a_use_that_tells_a_disbursement_again_is_the_same_payment() -> None:
    """T22: same reference, amount and payer; with another reference it is a second payment."""
    text = "2026-02-10 pay 50.00 L1 TR -> SUP invoice=b2/50.00 bank_ref=R1\n"
    again = "2026-02-11 use 50.00 TR BUILDER tag=F/grant/L1 invoice=b2/50.00 bank_ref={}\n"
    assert found(text + again.format("R1")) == []
    assert [one.amount for one in found(text + again.format("R2"))] == [5_000]


def test_payments_that_disagree_about_the_invoice_cannot_be_decided() -> None:
    """Undecidable by the largest of the amounts told; never clean where even that is exceeded."""
    (one,) = found("2026-02-09 pay 60.00 L1 TR -> SUP invoice=bill/110.00 as=two\n")
    assert (one.finding_class, one.amount_min, one.amount, one.severity) == (
        "undecidable",
        0,
        1_000,
        "yellow",
    )


def test_t18_a_finding_whose_payment_was_corrected_stays_as_corrected() -> None:
    """T18: the same id, nothing outstanding, the correction among the evidence; one corrected in part stands lower."""
    text = SECOND.format("bill")
    (open_,) = found(text)
    (one,) = found(f"{text}2026-03-01 void two as=undone by=NA\n")
    assert one.id == open_.id
    assert (one.state, one.outstanding, one.severity) == ("corrected", 0, "blue")
    assert "corrected" in one.marks
    assert one.evidence[-1].name == "NA/undone/0"
    third = "2026-02-20 pay 50.00 L1 TR -> SUP invoice=bill/100.00 as=three\n"
    (still,) = found(f"{text}{third}2026-03-01 void two by=NA\n")
    assert (still.state, still.amount, still.id) == (None, 1_000, open_.id)
