# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of lines down, back and reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.amount import AMOUNT_MAX
from ledger.kinds.authority import Allocation
from ledger.kinds.control import Correction
from ledger.kinds.registry import Account
from tests.desk import codes, open_desk
from tests.worlds import (
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from tests.desk import Desk
    from tests.worlds import World


def top(action: str, amount: int, **changes: object) -> Allocation:
    """The province raises, lowers or recalls top line L1."""
    down = changes.get("direction") == "increase"
    giver, taker = (PROVINCE, COUNTY) if down else (COUNTY, PROVINCE)
    made = Allocation(
        occurred_on=DAY,
        action="recall",
        line="L1",
        from_=giver,
        to=taker,
        amount=amount,
        document="吉财农2026-9号",
    )
    return msgspec.structs.replace(made, **({"action": action} | changes))


def undo(event: str) -> Correction:
    """The reversal of `event`."""
    return Correction(occurred_on=DAY, event=event, reason="记错")


def _split(**changes: object) -> Allocation:
    made = Allocation(
        occurred_on=DAY, action="split", line="L1-1", parent="L1", from_=COUNTY, to=UNIT, amount=1000
    )
    return msgspec.structs.replace(made, **changes)


def test_line_arithmetic_down_and_back(world: World, desk: Desk) -> None:
    """Split, adjust, recall: the child and its parent always hold together what was issued."""
    line = desk.register.lines
    assert desk.post(world.submission(COUNTY, _split(amount=30_000))) == ()
    assert (line["L1"].free, line["L1-1"].free) == (70_000, 30_000)
    up = Allocation(
        occurred_on=DAY,
        action="adjust",
        direction="increase",
        line="L1-1",
        from_=COUNTY,
        to=UNIT,
        amount=5_000,
    )
    assert desk.post(world.submission(COUNTY, up)) == ()
    assert (line["L1"].free, line["L1-1"].free) == (65_000, 35_000)
    down = Allocation(
        occurred_on=DAY,
        action="adjust",
        direction="decrease",
        line="L1-1",
        from_=UNIT,
        to=COUNTY,
        amount=1_000,
    )
    assert desk.post(world.submission(COUNTY, down)) == ()
    back = Allocation(occurred_on=DAY, action="recall", line="L1-1", from_=UNIT, to=COUNTY, amount=4_000)
    assert desk.post(world.submission(COUNTY, back)) == ()
    assert (line["L1"].free, line["L1-1"].free) == (70_000, 30_000)
    assert (line["L1-1"].lowered, line["L1-1"].recalled) == (1_000, 4_000)
    out = Allocation(occurred_on=DAY, action="recall", line="L1", from_=COUNTY, to=PROVINCE, amount=70_000)
    assert desk.post(world.submission(PROVINCE, out)) == ()
    assert line["L1"].free == 0


def test_correction_of_a_split_names_what_depends_on_it(world: World, desk: Desk) -> None:
    """Reversing a split is refused while its child has passed money on, and done once it has not."""
    split = world.submission(COUNTY, _split(amount=30_000))
    assert desk.post(split) == ()
    below = _split(line="L1-1-1", parent="L1-1", from_=UNIT, to=SUPPLIER, amount=1)
    assert desk.post(world.submission(UNIT, below)) == ()
    reversal = Correction(occurred_on=DAY, event=f"{COUNTY}/{split.header.id}/0", reason="记错")
    refused = desk.post(world.submission(COUNTY, reversal))
    assert codes(refused) == ["line-exceeded"]
    assert "L1-1-1" in refused[0].message_en
    back = Allocation(occurred_on=DAY, action="recall", line="L1-1-1", from_=SUPPLIER, to=UNIT, amount=1)
    assert desk.post(world.submission(UNIT, back)) == ()
    assert desk.post(world.submission(COUNTY, reversal)) == ()
    assert desk.register.lines["L1"].free == 100_000
    assert codes(desk.post(world.submission(COUNTY, reversal))) == ["corrected-twice"]


def test_flagging_ledgers_record_what_exceeds_a_line() -> None:
    """With `ceilings: flag` an over-limit payment stands and the line goes below zero."""
    world = make_world(ceilings="flag")
    desk = open_desk(world)
    assert desk.post(world.issue("L1", 10)) == ()
    assert desk.post(world.pay("L1", 25)) == ()
    assert desk.register.lines["L1"].free == -15
    assert codes(desk.post(world.pay("L9", 25))) == ["line-unknown"]


def test_each_step_is_reversed_to_what_was_before(world: World, desk: Desk) -> None:
    """Reversed latest first, split, raise, lowering and recall leave every figure as it stood before each."""
    steps = [
        _split(amount=30_000),
        Allocation(occurred_on=DAY, action="adjust", direction="increase", line="L1-1", from_=COUNTY, to=UNIT, amount=7),
        Allocation(occurred_on=DAY, action="adjust", direction="decrease", line="L1-1", from_=UNIT, to=COUNTY, amount=5),
        Allocation(occurred_on=DAY, action="recall", line="L1-1", from_=UNIT, to=COUNTY, amount=3),
    ]  # fmt: skip
    stack = []
    for step in steps:
        before = dict(desk.register.lines)
        stack.append((desk.must(world.submission(COUNTY, step)), before))
    while stack:
        name, before = stack.pop()
        desk.must(world.submission(COUNTY, undo(name)))
        assert {key: desk.register.lines[key] for key in before} == before
    assert desk.register.lines["L1-1"].free == 0


def test_a_top_line_is_changed_by_a_paper(world: World, desk: Desk) -> None:
    """Authority that comes from outside or leaves names its document (DESIGN §4)."""
    for direction in ("increase", "decrease"):
        changed = top("adjust", 9, direction=direction, document=None)
        assert codes(desk.post(world.submission(PROVINCE, changed))) == ["document"]


def test_a_lowering_is_not_reversed_once_the_giver_spent_it(world: World, desk: Desk) -> None:
    """What a child gave back and its parent paid out cannot go down again; a top line takes it from outside."""
    desk.must(world.submission(COUNTY, _split(amount=30_000)))
    lowering = Allocation(occurred_on=DAY, action="recall", line="L1-1", from_=UNIT, to=COUNTY, amount=30_000)
    recalled = desk.must(world.submission(COUNTY, lowering))
    desk.must(world.pay("L1", 100_000))
    assert codes(desk.post(world.submission(COUNTY, undo(recalled)))) == ["line-exceeded"]
    desk.must(world.submission(PROVINCE, top("adjust", 9, direction="increase")))
    out = desk.must(world.submission(PROVINCE, top("recall", 9)))
    desk.must(world.submission(PROVINCE, undo(out)))
    assert desk.register.lines["L1"].free == 9


def test_no_line_and_no_fund_outgrows_the_largest_amount(world: World, desk: Desk) -> None:
    """Amounts stay whole numbers that every reader keeps: neither a line nor a fund's top lines pass 2^53 − 1."""
    most = AMOUNT_MAX - 100_000
    raised = top("adjust", most + 1, direction="increase")
    assert set(codes(desk.post(world.submission(PROVINCE, raised)))) == {"amount-range"}
    assert codes(desk.post(world.issue("L2", most + 1))) == ["amount-range"]
    second = desk.must(world.issue("L2", most))
    assert codes(desk.post(world.issue("L3", 1))) == ["amount-range"]
    desk.must(world.submission(PROVINCE, undo(second)))
    desk.must(world.issue("L3", 1))
    desk.must(world.submission(PROVINCE, world.fund("F2")))
    desk.must(world.submission(PROVINCE, world.issued("L4", most, fund="F2")))


def test_flagged_payments_stay_within_the_largest_amount() -> None:
    """Where ceilings only flag, sums are bounded all the same."""
    world = make_world(ceilings="flag")
    desk = open_desk(world)
    desk.must(world.issue("L1", 10))
    desk.must(world.pay("L1", AMOUNT_MAX))
    assert codes(desk.post(world.pay("L1", 1))) == ["amount-range"]


ACCOUNTS = {
    "na-finance": COUNTY_ACCOUNT,
    "na-water": UNIT_ACCOUNT,
    "cc-finance": "A-CC",
    "builder": SUPPLIER_ACCOUNT,
}


@pytest.mark.parametrize(
    ("holder", "payer", "refused"),
    [
        (COUNTY, COUNTY, False),
        (UNIT, COUNTY, False),  # the bureau pays for the unit
        (COUNTY, UNIT, False),  # the bureau runs the unit's account
        (COUNTY, CITY, False),  # the superior's account
        (CITY, SUPPLIER, True),  # a bureau runs no private account
        (UNIT, SUPPLIER, True),
        (SUPPLIER, SUPPLIER, False),
        (SUPPLIER, COUNTY, True),  # no firm draws on the treasury, whatever line it was given
        (SUPPLIER, UNIT, True),
        (BANK, COUNTY, True),
    ],
)
def test_whose_accounts_a_line_pays_from(
    world: World, desk: Desk, holder: str, payer: str, *, refused: bool
) -> None:
    """Its holder's, that of the bureau over it, or of a public body that the holder's bureau is over; nobody else's."""
    desk.must(
        world.submission(CITY, Account(id="A-CC", owner=CITY, account_class="special", occurred_on=DAY))
    )
    if holder == SUPPLIER:
        world.seats[SUPPLIER].keys.update({"maker": signer_named("one"), "checker": signer_named("two")})
        desk.must(world.registration(world.seats[SUPPLIER]))
    desk.must(world.submission(PROVINCE, world.issued("L2", 100, to=holder)))
    paid = msgspec.structs.replace(world.paid("L2", 1), from_account=ACCOUNTS[payer])
    assert codes(desk.post(world.submission(holder, paid))) == (["actor"] if refused else [])
