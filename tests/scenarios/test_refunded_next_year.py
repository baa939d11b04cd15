# SPDX-License-Identifier: Apache-2.0
"""F12 虚列支出: an expense of December that comes back in the next year; its innocent twins; what cannot be decided."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

PAID = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-12-28 pay 500.00 L0 TR -> SUP as=booked
"""
BACK = "2027-02-01 return 450.00 SUP -> TR event=booked as=back\n"


def found(text: str, as_of: str = "2027-06-30", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F12 over a payment of December followed by `text`."""
    return judge(PAID + text, as_of, rule="F12", **more)


def only(text: str, as_of: str = "2027-06-30", **more: Unpack[Varied]) -> Finding:
    """The one finding of F12."""
    (one,) = found(text, as_of, **more)
    return one


def test_an_expense_that_comes_back_in_the_next_year_is_found() -> None:
    """450 of 500 after 35 days: indicated, since why is for a person to judge."""
    one = only(BACK)
    assert (one.amount_min, one.amount, one.amount_max) == (0, 45_000, 50_000)
    assert (one.finding_class, one.severity) == ("indicated", "orange")
    assert one.subject == ("NA/booked/0",)
    assert (one.first_event, one.decisive_event) == ("NA/booked/0", "BUILDER/back/0")
    assert (one.fund, one.accounts, one.figures["days"]) == ("F", ("TR",), 35)
    assert "90%" in one.explanation.zh


def test_its_innocent_twin_comes_back_in_the_same_year() -> None:
    """The expense and its return stand in the books of one year."""
    assert found(BACK.replace("2027-02-01", "2026-12-31"), as_of="2026-12-31") == []
    early = PAID.replace("2026-12-28", "2026-09-28")
    assert judge(early + BACK.replace("2027-02-01", "2026-11-01"), "2027-06-30", rule="F12") == []


@pytest.mark.parametrize(("amount", "number"), [("400.00", 1), ("399.99", 0)])
def test_four_fifths_must_come_back(amount: str, number: int) -> None:
    """At least `share` per cent."""
    assert len(found(BACK.replace("450.00", amount))) == number


@pytest.mark.parametrize(("day", "number"), [("2027-03-28", 1), ("2027-03-29", 0)])
def test_within_ninety_days(day: str, number: int) -> None:
    """`return_days` after the expense."""
    assert len(found(BACK.replace("2027-02-01", day))) == number


@pytest.mark.parametrize(("day", "number"), [("2027-01-02", 0), ("2027-01-03", 1)])
def test_what_a_bank_sends_back_at_once_was_never_accepted(day: str, number: int) -> None:
    """`reject_days` after the expense: a wrong account number, no parking."""
    assert len(found(BACK.replace("2027-02-01", day))) == number


def test_parts_add_up_and_the_last_one_decides() -> None:
    """Two returns of 200."""
    text = "2027-01-20 return 200.00 SUP -> TR event=booked\n2027-02-20 return 200.00 SUP -> TR event=booked as=second\n"
    assert only(text).decisive_event == "BUILDER/second/0"
    assert found(text, as_of="2027-02-19") == []


def test_a_return_that_the_bank_may_still_bear_out_is_undecidable() -> None:
    """O1: the bank's date counts; what it refutes never came."""
    one = only(BACK, bank={"back": "pending"})
    assert (one.finding_class, one.marks) == ("undecidable", ("pending",))
    assert found(BACK, bank={"back": "refuted"}) == []
    assert found(BACK, bank={"back": "2027-04-30"}) == []


def test_a_return_without_reference_is_of_no_payment() -> None:
    """And general money has no budget of a fund to park."""
    assert found(BACK.replace(" event=booked", "")) == []
    general = "2026-12-28 use 500.00 WA BUILDER as=own\n2027-02-01 return 450.00 SUP -> WA event=own\n"
    assert judge(general, "2027-06-30", rule="F12") == []


def test_corrected_payments_and_returns_never_were() -> None:
    """A correction of the return takes the finding away, and it stays listed as corrected (T18)."""
    (one,) = found(f"{BACK}2027-02-10 void back")
    assert (one.state, one.outstanding) == ("corrected", 0)
