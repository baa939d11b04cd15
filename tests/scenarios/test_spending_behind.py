# SPDX-License-Identifier: Apache-2.0
"""F41: lines of projects that are spent more slowly than time goes by."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-01-31 split L1 334.00 NA -> WATER parent=L0 project=P
"""
"""Of 334 days 150 are gone on 30 June: 150.00 by time, and 15 points, 50.10, may lack."""


def found(text: str, as_of: str = "2026-06-30", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F41 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F41", **more)


@pytest.mark.parametrize(("paid", "behind"), [("99.90", []), ("99.89", [5_011]), ("10.00", [14_000])])
def test_more_than_fifteen_points_behind_time(paid: str, behind: list[int]) -> None:
    """Indicated and blue: how fast work should go is a judgement."""
    text = f"2026-05-04 pay {paid} L1 WA -> SUP\n"
    assert [one.amount for one in found(text)] == behind
    assert {(one.finding_class, one.severity, one.subject) for one in found(text)} <= {
        ("indicated", "blue", ("L1",))
    }


def test_it_is_looked_at_on_the_last_day_of_each_month() -> None:
    """A payment of July changes nothing before the end of July."""
    late = "2026-07-10 pay 334.00 L1 WA -> SUP\n"
    assert len(found(late, "2026-07-30")) == 1
    assert found(late, "2026-07-31") == []
    assert str(found(late, "2026-07-30")[0].decisive_on) == "2026-07-01"


def test_lines_of_no_project_are_not_looked_at() -> None:
    """Whoever passes a line on spends nothing of it."""
    assert judge(WORLD.replace(" project=P", ""), "2026-12-31", rule="F41") == []


def test_what_came_back_was_not_spent() -> None:
    """Returned before the day; the twin came back after it."""
    paid = "2026-05-04 pay 150.00 L1 WA -> SUP as=paid\n"
    assert [
        one.figures["spent"] for one in found(paid + "2026-06-01 return 100.00 SUP -> WA event=paid\n")
    ] == [5_000]
    assert found(paid + "2026-07-01 return 100.00 SUP -> WA event=paid\n", "2026-07-01") == []


def test_a_policy_may_ask_for_other_points() -> None:
    """For a fund."""
    row = "2026-01-05 policy PP\n  row own F41 points={} fund=F\n"
    assert judge(row.format(45) + WORLD, "2026-06-30", rule="F41") == []
    assert len(judge(row.format(44) + WORLD, "2026-06-30", rule="F41")) == 1


def test_a_payment_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Where all turns on it."""
    paid = "2026-06-29 pay 150.00 L1 WA -> SUP as=paid\n"
    assert [one.finding_class for one in found(paid, bank={"paid": "pending"})] == ["undecidable"]
    assert found(paid, bank={"paid": "2026-06-30"}) == []
    assert len(found(paid, bank={"paid": "2026-07-01"})) == 1


def test_money_that_came_late_in_the_year_is_not_behind() -> None:
    """180 days of the year are needed; after the year nothing is compared any more."""
    late = WORLD.replace("2026-01-31", "{}")
    assert len(judge(late.format("2026-07-04"), "2026-10-31", rule="F41")) == 1
    assert judge(late.format("2026-07-05"), "2026-10-31", rule="F41") == []
    assert len(found("", "2026-12-31")) == 1
    assert found("", "2027-01-01") == []
