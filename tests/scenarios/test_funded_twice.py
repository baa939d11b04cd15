# SPDX-License-Identifier: Apache-2.0
"""F19: one object that is funded twice, as the same papers tell (semantics P2, P7)."""

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F
2026-01-06 fund G CENTRE
2026-01-06 project E WATER G
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F project=D
2026-01-10 issue M0 1000.00 CENTRE -> NA fund=G project=E
"""
PAID = "{} pay {} {} TR -> SUP project={} {} as={}\n"


def found(text: str) -> list[Finding]:
    """The findings of F19 in the world followed by `text`."""
    return judge(WORLD + text, "2026-12-31", rule="F19")


def both(words: str, first: str = "60.00", second: str = "40.01", other: str = "") -> str:
    """Two payments that name what `words` say, the second of fund G; `other` instead of `words` in the second."""
    one = PAID.format("2026-03-02", first, "L0", "D", words, "one")
    return one + PAID.format("2026-03-09", second, "M0", "E", other or words, "two")


def test_an_invoice_paid_from_two_funds_beyond_its_amount_is_proved() -> None:
    """A fen beyond; co-funding within the whole is lawful, and one fund paying too much is another rule's matter."""
    (one,) = found(both("invoice=bill/100.00"))
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("proved", "orange", 1, 1)
    assert (one.subject[0], one.decisive_event, one.fund) == ("invoice", "NA/two/0", None)
    assert one.figures == {"sum": 10_001, "whole": 10_000, "excess": 1}
    assert found(both("invoice=bill/100.00", second="40.00")) == []
    assert found(both("invoice=bill/100.00", other="invoice=other/100.00")) == []
    assert found(both("invoice=bill/100.00").replace("M0", "L0")) == []
    assert found(both("invoice=bill/100.00") + "2026-03-20 return 0.01 SUP -> TR event=two\n") == []


def contracts(second: str) -> str:
    """A contract of each project, the first with a number and a file."""
    first = "2026-02-02 contract A D BUILDER 100.00 document=合〔2026〕1号 hash=paper as=a\n"
    return f"{first}2026-02-03 contract B E BUILDER 100.00 {second} as=b\n"


@pytest.mark.parametrize(
    ("second", "sort"), [("document=合[2026]第1号", "number"), ("hash=paper", "file"), ("hash=other", None)]
)
def test_a_contract_registered_under_two_funds(second: str, sort: str | None) -> None:
    """By its number in any spelling, or by its file; both paid in full is indicated, shares of the whole are lawful."""
    leads = found(contracts(second) + both("contract=A", "100.00", "100.00", "contract=B"))
    assert [(one.subject[0], one.finding_class, one.amount) for one in leads] == (
        [] if sort is None else [(sort, "indicated", 10_000)]
    )
    assert found(contracts(second) + both("contract=A", "60.00", "40.00", "contract=B")) == []


ACCEPTED = "2026-02-20 accept {} pass contract={} value=100.00 evidence={} by=WATER\n"


def test_one_file_by_which_two_objects_were_accepted() -> None:
    """Paid beyond the value accepted; a standard form that a policy lists tells nothing."""
    papers = contracts("hash=other") + ACCEPTED.format("D", "A", "photo")
    paid = both("contract=A", "100.00", "80.00", "contract=B")
    (one,) = found(papers + ACCEPTED.format("E", "B", "photo") + paid)
    assert (one.subject[0], one.finding_class, one.amount_min, one.amount) == (
        "evidence",
        "indicated",
        0,
        8_000,
    )
    assert one.accounts == ("TR",)
    assert found(papers + ACCEPTED.format("E", "B", "another") + paid) == []
    listed = f"2026-01-06 policy Q\n  row {one.subject[1]} standard_form basis=表样\n"
    assert found(listed + papers + ACCEPTED.format("E", "B", "photo") + paid) == []


def test_claims_on_one_file_cannot_be_decided() -> None:
    """They name no whole; a claim that was returned, or rests on another file, got nothing by it."""
    asked = "2026-02-02 submit {} 50.00 project={} evidence={} by=WATER\n"
    approved = "2026-02-09 approve {} 50.00 project={} line={} by=NA\n"
    first = asked.format("K1", "D", "bill") + approved.format("K1", "D", "L0")
    second = asked.format("K2", "E", "bill") + approved.format("K2", "E", "M0")
    (one,) = found(first + second)
    assert (one.subject[0], one.finding_class, one.amount_min, one.amount) == (
        "claim",
        "undecidable",
        0,
        5_000,
    )
    assert (one.severity, one.marks) == ("yellow", ("unresolved",))
    assert found(first + second.replace("bill", "other")) == []
    assert found(first + second + "2026-02-10 reject K2 project=E by=NA\n") == []
