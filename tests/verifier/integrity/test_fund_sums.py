# SPDX-License-Identifier: Apache-2.0
"""What entered a fund is in its lines or was paid; a line that says otherwise is found."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from ledger.open_records import Line
from ledger.register import Register
from tests.worlds import COUNTY, DAY, FUND, PROVINCE, make_world
from verifier.integrity.fund_sums import FundSums
from verifier.integrity.verdict import Checklist

LINE = Line(
    id="L1",
    fund=FUND,
    fiscal_year=2026,
    holder=COUNTY,
    giver=PROVINCE,
    parent=None,
    opened_by="jl-finance/s-1/0",
    opened_on=DAY,
    received=1_000,
    disbursed=300,
)


def broken(*lines: Line) -> bool:
    """Whether I8 breaks for an issue of 1,000 and a payment of 300 when the register ends with `lines`."""
    world = make_world()
    register = Register()
    register.lines.update({line.id: line for line in lines})
    sums, checklist = FundSums(register), Checklist()
    sums.take(world.issued("L1", 1_000))
    sums.take(world.paid("L1", 500))
    sums.take(world.paid("L1", 500), times=-1)
    sums.take(world.paid("L1", 300))
    sums.conclude(checklist)
    return checklist.is_broken("I8")


def test_lines_that_hold_what_entered() -> None:
    """Undivided, and split between a line and its child."""
    assert not broken(LINE)
    child = replace(LINE, id="L2", parent="L1", received=400, disbursed=0)
    assert not broken(replace(LINE, split_out=400), child)


@pytest.mark.parametrize(
    "wrong",
    [replace(LINE, received=1_001), replace(LINE, disbursed=299), replace(LINE, lowered=1, received=1_000)],
)
def test_lines_that_do_not(wrong: Line) -> None:
    """More than entered, less than was paid, or given back without an event."""
    assert broken(wrong)


def test_what_leaves_at_the_top_leaves_the_fund() -> None:
    """A recall of a top line lowers what entered."""
    world = make_world()
    register = Register()
    register.lines["L1"] = replace(LINE, disbursed=0, recalled=100)
    sums, checklist = FundSums(register), Checklist()
    issued = world.issued("L1", 1_000)
    sums.take(issued)
    sums.take(
        msgspec.structs.replace(
            issued, action="recall", from_=COUNTY, to=PROVINCE, fund=None, fiscal_year=None, amount=100
        )
    )
    sums.conclude(checklist)
    assert not checklist.is_broken("I8")
