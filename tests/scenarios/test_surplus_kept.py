# SPDX-License-Identifier: Apache-2.0
"""F38: what final accounts left over and the unit did not give back in ninety days."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-02-02 split L1 600.00 NA -> WATER parent=L0
2026-03-02 settle P 500.00 surplus=100.00 by=WATER as=done
"""
"""90 days after 2 March end on 31 May, a Sunday: 1 June."""


def found(text: str, as_of: str = "2026-06-02", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F38 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F38", **more)


def test_surplus_not_given_back_in_ninety_days_is_kept() -> None:
    """Proved where statements cover the unit's accounts, so that no return can be missing; else indicated."""
    assert found("", "2026-06-01") == []
    (one,) = found("", covered=["WA"])
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("proved", *[10_000] * 3)
    assert (one.subject, one.parties, str(one.due)) == (("WATER/done/0",), ("WATER",), "2026-06-01")
    assert [one.finding_class for one in found("")] == ["indicated"]


@pytest.mark.parametrize(
    ("back", "left"),
    [
        ("return 100.00 WA -> TR tag=F/grant", []),
        ("return 100.00 WA -> TR", []),
        ("transfer 100.00 WA -> TR tag=F/grant reason=repay", []),
        ("recall L1 100.00 WATER -> NA", []),
        ("return 40.00 WA -> TR tag=F/grant", [6_000]),
        ("transfer 100.00 WA -> TR reason=repay", [10_000]),
        ("return 100.00 SUP -> WA", [10_000]),
    ],
)
def test_what_gives_it_back(back: str, left: list[int]) -> None:
    """Money of the fund that leaves the unit for the treasury, or authority that goes back."""
    assert [one.amount for one in found(f"2026-06-01 {back}\n")] == left


def test_given_back_late_it_stays_listed() -> None:
    """And red when it is kept for another ninety days."""
    (late,) = found("2026-06-20 return 100.00 WA -> TR tag=F/grant\n", "2026-12-31")
    assert (late.amount, late.outstanding, late.state, late.severity) == (10_000, 0, "met_late", "yellow")
    assert [one.severity for one in found("", "2026-08-30")] == ["orange"]
    assert [one.severity for one in found("", "2026-08-31")] == ["red"]


def test_final_accounts_that_leave_nothing_owe_nothing() -> None:
    """The twin names no surplus."""
    assert judge(WORLD.replace(" surplus=100.00", ""), "2026-12-31", rule="F38") == []


def test_a_paper_lets_the_unit_keep_it() -> None:
    """O6: in time nothing is owed."""
    assert found("2026-05-20 waive F event=done row=return-surplus by=CENTRE\n", "2026-12-31") == []


def test_a_return_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Clean once the bank shows it."""
    back = "2026-06-01 return 100.00 WA -> TR tag=F/grant as=back\n"
    assert [one.finding_class for one in found(back, bank={"back": "pending"})] == ["undecidable"]
    assert found(back, bank={"back": "2026-06-01"}) == []
