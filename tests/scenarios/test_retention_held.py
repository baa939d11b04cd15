# SPDX-License-Identifier: Apache-2.0
"""F39: retention beyond the share that the fund allows, and retention that nobody released after its day."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-02-02 contract K P BUILDER 600.00 retention=18.00 retention_until=2026-06-30 as=made
2026-03-02 pay 582.00 L0 TR -> SUP contract=K
"""
"""3 % of 600.00; 14 days after 30 June end on 14 July."""


def found(text: str, as_of: str = "2026-07-15", world: str = WORLD, **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F39 in the world followed by `text`."""
    return judge(world + text, as_of, rule="F39", **more)


def test_retention_not_released_after_its_day_is_held_too_long() -> None:
    """Indicated: defects are in no entry."""
    assert found("", "2026-07-14") == []
    (one,) = found("")
    assert (one.finding_class, one.amount, one.outstanding) == ("indicated", 1_800, 1_800)
    assert (one.subject, one.parties, str(one.due)) == (("K", "release"), ("WATER", "BUILDER"), "2026-07-14")


@pytest.mark.parametrize(("paid", "left"), [("18.00", []), ("10.00", [800])])
def test_what_is_paid_beyond_the_rest_releases_it(paid: str, left: list[int]) -> None:
    """On the day itself, or long before."""
    assert [one.amount for one in found(f"2026-07-14 pay {paid} L0 TR -> SUP contract=K\n")] == left
    assert [one.amount for one in found(f"2026-04-14 pay {paid} L0 TR -> SUP contract=K\n")] == left


def test_while_the_rest_is_not_paid_nothing_is_held_back() -> None:
    """That is arrears, and another rule."""
    assert found("", world=WORLD.replace("582.00", "581.00")) == []


def test_settled_at_less_all_of_that_releases_it() -> None:
    """At 582.00 nothing is held back; at 590.00 eight are."""
    settled = "2026-06-01 settle P {} contract=K\n"
    assert found(settled.format("582.00")) == []
    assert [one.amount for one in found(settled.format("590.00"))] == [800]
    assert found(settled.format("590.00") + "2026-06-02 pay 8.00 L0 TR -> SUP contract=K\n") == []


def test_more_than_the_share_is_held_back_by_agreement() -> None:
    """Proved by the fund's own rule, indicated by convention; the twin agrees to the share."""
    more = WORLD.replace("retention=18.00", "retention=18.01")
    (one,) = found("", "2026-03-01", world=more)
    assert (one.finding_class, one.amount, one.subject, one.figures["cap"]) == (
        "indicated",
        1,
        ("K", "share"),
        1_800,
    )
    assert found("", "2026-03-01") == []
    ruled = "2026-01-05 fund F CENTRE version=2 v=2\n  retains 2 100 365\n" + WORLD
    (own,) = found("", "2026-03-01", world=ruled)
    assert (own.finding_class, own.amount, own.basis.zh) == ("proved", 600, "测试")


def test_a_change_of_the_contract_changes_the_share() -> None:
    """Raised to 700.00, twenty-one may be held back."""
    more = WORLD.replace("retention=18.00", "retention=21.00")
    assert found("", "2026-03-01", world=more)[0].amount == 300
    assert found("2026-02-20 change K NA increase 100.00\n", "2026-03-01", world=more) == []


def test_o6_a_paper_about_defects_moves_the_day() -> None:
    """O6: about the contract."""
    assert found("2026-07-01 waive F event=made row=retention by=CENTRE due_on=2026-12-31\n") == []


def test_a_release_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Clean once the bank shows it in time."""
    paid = "2026-07-14 pay 18.00 L0 TR -> SUP contract=K as=rest\n"
    assert [one.finding_class for one in found(paid, bank={"rest": "pending"})] == ["undecidable"]
    assert found(paid, bank={"rest": "2026-07-14"}) == []
