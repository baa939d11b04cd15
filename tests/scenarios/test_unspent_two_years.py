# SPDX-License-Identifier: Apache-2.0
"""F10: a line that nobody used up by the end of the following year, and nobody took back."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F as=top
2026-03-02 pay 600.00 L0 TR -> SUP as=paid
"""


def found(text: str, as_of: str = "2028-01-01", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F10 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F10", **more)


def test_what_is_left_after_the_following_year_is_surplus() -> None:
    """The day is fixed and does not roll (O4); proved, from authority entries alone."""
    assert found("", "2027-12-31") == []
    (one,) = found("")
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("proved", *[40_000] * 3)
    assert (one.subject, one.line, one.fund, one.parties) == (("L0",), "L0", "F", ("NA", "CENTRE"))
    assert (str(one.due), str(one.decisive_on), one.calendars) == ("2027-12-31", "2028-01-01", ())


@pytest.mark.parametrize(
    "done",
    [
        "pay 400.00 L0 TR -> SUP",
        "recall L0 400.00 NA -> CENTRE",
        "adjust L0 400.00 NA -> CENTRE direction=decrease document=D",
    ],
)
def test_used_or_taken_back_by_then_nothing_is_left(done: str) -> None:
    """A day later it is late, and stays listed with nothing left."""
    assert found(f"2027-12-31 {done}\n") == []
    (late,) = found(f"2028-01-01 {done}\n")
    assert (late.amount, late.outstanding) == (40_000, 0)


def test_what_goes_on_to_another_line_is_that_lines_to_use() -> None:
    """The holder of the child is asked; what was carried over keeps the year of its top line."""
    split = "2026-06-01 split L1 400.00 NA -> WATER parent=L0\n"
    assert [(one.line, one.amount, one.parties) for one in found(split)] == [("L1", 40_000, ("WATER", "NA"))]
    carried = "2026-12-31 carry L2 400.00 NA -> NA parent=L0 v=2\n"
    assert [(one.line, str(one.due)) for one in found(carried)] == [("L2", "2027-12-31")]
    assert found(carried + "2027-05-01 pay 400.00 L2 TR -> SUP\n") == []


def test_what_a_child_gives_back_is_left_with_the_parent() -> None:
    """After the recall the parent has it; taken back from there, nobody."""
    text = "2026-06-01 split L1 400.00 NA -> WATER parent=L0\n2027-10-01 recall L1 400.00 WATER -> NA\n"
    assert [one.line for one in found(text)] == ["L0"]
    assert found(text + "2027-11-01 recall L0 400.00 NA -> CENTRE\n") == []


def test_o8_what_comes_back_later_is_surplus_from_that_day() -> None:
    """O8: a payment returned after the day opens anew; the old one stays met."""
    paid = "2027-05-01 pay 400.00 L0 TR -> SUP as=rest\n"
    (one,) = found(paid + "2028-02-01 return 100.00 SUP -> TR event=rest\n", "2028-02-02")
    assert (one.amount, str(one.due)) == (10_000, "2028-02-01")


def test_a_paper_gives_more_time() -> None:
    """O6: a waiver of what opened the line."""
    paper = "2027-06-01 waive F event=top row=use-up by=CENTRE due_on={}\n"
    assert found(paper.format("2028-12-31")) == []
    assert len(found(paper.format("2028-12-31"), "2029-01-01")) == 1


def test_a_policy_may_give_a_fund_more_years() -> None:
    """Government funds have limits of their own."""
    row = "2026-01-05 policy PP\n  row own F10 years={} fund=F\n"
    assert judge(row.format(2) + WORLD, "2028-01-01", rule="F10") == []
    assert len(judge(row.format(1) + WORLD, "2028-01-01", rule="F10")) == 1


def test_a_payment_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Undecidable where all turns on it; what the bank refutes was not used."""
    paid = "2027-12-30 pay 400.00 L0 TR -> SUP as=late\n"
    assert [one.finding_class for one in found(paid, bank={"late": "pending"})] == ["undecidable"]
    assert [one.finding_class for one in found(paid, bank={"late": "refuted"})] == ["proved"]
    assert found(paid, bank={"late": "2027-12-31"}) == []
