# SPDX-License-Identifier: Apache-2.0
"""F05: what a bureau kept long after the day by which it had to pass it on, or turned to its own use."""

from typing import Unpack

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F as=top
2026-02-02 split L1 600.00 PROV -> CITY parent=L0
2026-01-05 project OWN PROV F
2026-01-05 account PX PROV unit_real bank=BK
2026-01-05 account PT PROV treasury_single bank=BK
"""
"""Due on 9 February; 90 days after it is 10 May."""


def found(text: str, as_of: str = "2026-05-11", **more: Unpack[Varied]) -> list[Finding]:
    """The findings about the province in the world followed by `text`."""
    return [one for one in judge(WORLD + text, as_of, rule="F05", **more) if one.parties == ("PROV",)]


def test_what_is_kept_ninety_days_after_its_day_is_withheld() -> None:
    """Indicated, beside the proved delay of the same money."""
    assert found("", "2026-05-10") == []
    (one,) = found("")
    assert (one.finding_class, one.amount, one.outstanding, one.severity) == (
        "indicated",
        40_000,
        40_000,
        "red",
    )
    assert (one.subject, str(one.due), one.state) == (("CENTRE/top/0",), "2026-02-09", "overdue")
    (delay,) = [late for late in judge(WORLD, "2026-05-11", rule="F03") if late.parties == ("PROV",)]
    assert (delay.finding_class, delay.amount) == ("proved", 40_000)


def test_what_was_passed_on_late_but_within_ninety_days_was_a_delay() -> None:
    """The twin passed it on a day later."""
    split = "{} split L2 400.00 PROV -> NA parent=L0\n"
    assert found(split.format("2026-05-10")) == []
    assert [(one.amount, one.outstanding, one.state) for one in found(split.format("2026-05-11"))] == [
        (40_000, 0, "met_late")
    ]


def test_what_is_turned_to_own_use_after_the_day_is_kept_at_once() -> None:
    """A line for a project of its own, or cash into an account of its own; in time it was own use."""
    own = "{} split L2 150.00 PROV -> PROV parent=L0 project=OWN\n"
    assert [one.amount for one in found(own.format("2026-03-02"), "2026-03-10")] == [15_000]
    assert found(own.format("2026-02-06"), "2026-03-10") == []
    cash = "2026-03-02 pay 50.00 L0 PT -> {} mode=transfer\n"
    assert [one.amount for one in found(cash.format("PX"), "2026-03-10")] == [5_000]
    assert found(cash.format("WA"), "2026-03-10") == []


def test_a_paper_ends_it() -> None:
    """In time it moves the day; later the delay stays and what was kept after it is not told as withheld."""
    paper = "{} waive F event=top row=pass-on-province by=CENTRE due_on=2026-12-31\n"
    assert found(paper.format("2026-02-09")) == []
    assert found(paper.format("2026-03-09")) == []


def test_a_payment_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Undecidable where all of it turns on that; clean once the bank shows it in time."""
    paid = "2026-02-09 pay 400.00 L0 PT -> WA mode=transfer as=paid\n"
    assert [one.finding_class for one in found(paid, bank={"paid": "pending"})] == ["undecidable"]
    assert found(paid, bank={"paid": "2026-02-09"}) == []
