# SPDX-License-Identifier: Apache-2.0
"""Money that comes back: what lifts a ceiling, what only counts as returned, and what a correction undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return
from tests.desk import codes
from tests.worlds import (
    BANK,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    PROVINCE,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ledger.submission import Submission
    from tests.desk import Desk
    from tests.worlds import World


def back(event: str, amount: int, *, ref: str | None = None, to: str | None = COUNTY_ACCOUNT) -> Return:
    """Money of payment `event` comes back from the supplier."""
    return Return(
        occurred_on=DAY,
        amount=amount,
        event=event,
        from_account=SUPPLIER_ACCOUNT,
        to_account=to,
        bank_ref=ref,
    )


def moved(line_no: int, amount: int, ref: str, direction: Literal["credit", "debit"] = "credit") -> Movement:
    """A line of the county account's statement with a bank reference."""
    return Movement(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="s1",
        line_no=line_no,
        direction=direction,
        amount=amount,
        bank_ref=ref,
    )


def undo(event: str) -> Correction:
    """The reversal of `event`."""
    return Correction(occurred_on=DAY, event=event, reason="记错")


def free(desk: Desk) -> int:
    """What L1 holds."""
    return desk.register.lines["L1"].free


def ordered(submissions: Sequence[Submission], *, swapped: bool) -> Sequence[Submission]:
    """The submissions, or the other way round."""
    return submissions[::-1] if swapped else submissions


def test_an_unbanked_payment_is_reversed_a_banked_one_is_not(world: World, desk: Desk) -> None:
    """Money that left by the bank is returned, never reversed (DESIGN §4, Corrections)."""
    paid = msgspec.structs.replace(world.paid("L1", 40_000), bank_ref="B1")
    first, second = world.submission(COUNTY, paid), world.submission(COUNTY, world.paid("L1", 10_000))
    line = Movement(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="s1",
        line_no=1,
        direction="debit",
        amount=40_000,
        bank_ref="B1",
    )
    for one in (first, second, world.submission(BANK, line)):
        assert desk.post(one) == ()
    undo_first, undo_second = (
        Correction(occurred_on=DAY, event=f"{COUNTY}/{one.header.id}/0", reason="x")
        for one in (first, second)
    )
    assert codes(desk.post(world.submission(COUNTY, undo_first))) == ["paid"]
    assert desk.post(world.submission(COUNTY, undo_second)) == ()
    assert desk.register.lines["L1"].free == 60_000


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_return_lifts_the_ceiling_only_with_the_bank(world: World, desk: Desk, *, bank_first: bool) -> None:
    """A reported return restores the line when a bank line bears it out, before or after, and never twice."""
    payment = world.pay("L1", 40_000)
    assert desk.post(payment) == ()
    reported = world.submission(
        COUNTY,
        Return(occurred_on=DAY, amount=25_000, event=f"{COUNTY}/{payment.header.id}/0", from_account=SUPPLIER_ACCOUNT,
               to_account=COUNTY_ACCOUNT, bank_ref="R1"),
    )  # fmt: skip
    banked = world.submission(
        BANK,
        Movement(occurred_on=DAY, account=COUNTY_ACCOUNT, statement="s1", line_no=1, direction="credit", amount=25_000,
                 bank_ref="R1"),
    )  # fmt: skip
    first, second = (banked, reported) if bank_first else (reported, banked)
    assert desk.post(first) == ()
    assert desk.register.lines["L1"].free == 60_000
    assert desk.post(second) == ()
    assert desk.register.lines["L1"].free == 85_000


def test_a_return_restores_at_most_what_is_still_out(world: World, desk: Desk) -> None:
    """Returns beyond the payment count as returned and lift nothing."""
    payment = world.pay("L1", 40_000)
    assert desk.post(payment) == ()
    for number, amount in enumerate((30_000, 30_000)):
        back = Return(
            occurred_on=DAY, amount=amount, event=f"{COUNTY}/{payment.header.id}/0", to_account=COUNTY_ACCOUNT,
            bank_ref=f"R{number}",
        )  # fmt: skip
        assert desk.post(world.submission(BANK, back)) == ()
    assert desk.register.lines["L1"].free == 100_000
    assert desk.register.returned[f"{COUNTY}/{payment.header.id}/0"] == 60_000


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_bank_line_bears_out_no_more_than_its_amount(world: World, desk: Desk, *, bank_first: bool) -> None:
    """A return of 25,000 under the reference of a credit of 10,000 lifts 10,000, in either order."""
    paid = desk.must(world.pay("L1", 40_000))
    reported, banked = (
        world.submission(COUNTY, back(paid, 25_000, ref="R1")),
        world.submission(BANK, moved(1, 10_000, "R1")),
    )
    for one in ordered((reported, banked), swapped=bank_first):
        desk.must(one)
    assert free(desk) == 70_000


@pytest.mark.parametrize("bank_first", [True, False])
def test_one_bank_line_does_not_bear_out_two_returns(world: World, desk: Desk, *, bank_first: bool) -> None:
    """Two returns that name one reference share its line; the second is not forgotten and not lifted for nothing."""
    first, second = desk.must(world.pay("L1", 40_000)), desk.must(world.pay("L1", 40_000))
    reports = world.submission(COUNTY, back(first, 25_000, ref="R1"), back(second, 25_000, ref="R1"))
    banked = world.submission(BANK, moved(1, 30_000, "R1"))
    for one in ordered((reports, banked), swapped=bank_first):
        desk.must(one)
    assert free(desk) == 50_000
    assert [desk.register.lifted[name] for name in (first, second)] == [25_000, 5_000]


@pytest.mark.parametrize("bank_first", [True, False])
def test_the_banks_return_and_its_line_lift_once(world: World, desk: Desk, *, bank_first: bool) -> None:
    """A return that the bank signs uses up its bank line, so that a report of the same money lifts nothing more."""
    paid = desk.must(world.pay("L1", 40_000))
    sworn, line = (
        world.submission(BANK, back(paid, 20_000, ref="R1")),
        world.submission(BANK, moved(1, 20_000, "R1")),
    )
    for one in ordered((sworn, line), swapped=bank_first):
        desk.must(one)
    desk.must(world.submission(COUNTY, back(paid, 20_000, ref="R1")))
    assert free(desk) == 80_000


def test_a_second_line_with_a_reference_bears_out_nothing_more(world: World, desk: Desk) -> None:
    """The first bank line with a reference counts, settled or not, as in every replay."""
    paid = desk.must(world.pay("L1", 40_000))
    desk.must(world.submission(BANK, moved(1, 10_000, "R1"), moved(2, 30_000, "R1")))
    desk.must(world.submission(COUNTY, back(paid, 40_000, ref="R1")))
    desk.must(world.submission(BANK, moved(3, 30_000, "R1")))
    assert free(desk) == 70_000


@pytest.mark.parametrize("settled", [True, False])
def test_the_first_line_counts_whether_settled_or_not(world: World, desk: Desk, *, settled: bool) -> None:
    """A later line of the same flush does not stand in for the first, nor one of the flush for one in the log."""
    paid = desk.must(world.pay("L1", 40_000))
    desk.settles = settled
    desk.must(world.submission(BANK, moved(1, 10_000, "R1")))
    desk.settles = False
    desk.must(world.submission(BANK, moved(2, 30_000, "R1")))
    desk.must(world.submission(COUNTY, back(paid, 40_000, ref="R1")))
    assert free(desk) == 70_000


def test_unbacked_reports_use_nothing_up(world: World, desk: Desk) -> None:
    """Whoever reports returns that no bank bears out cannot keep the true one from lifting the ceiling."""
    paid = desk.must(world.pay("L1", 40_000))
    for number in range(3):
        desk.must(world.submission(COUNTY, back(paid, 40_000, ref=f"never-{number}")))
    assert free(desk) == 60_000
    desk.must(world.submission(BANK, back(paid, 40_000)))
    assert free(desk) == 100_000


@pytest.mark.parametrize("paid_again", [True, False])
def test_a_reversed_return_lifts_no_more(world: World, desk: Desk, *, paid_again: bool) -> None:
    """What a return lifted goes when the return is reversed, even where the line has paid it out again."""
    paid = desk.must(world.pay("L1", 40_000))
    returned = desk.must(world.submission(BANK, back(paid, 40_000)))
    if paid_again:
        desk.must(world.pay("L1", 100_000))
    desk.must(world.submission(BANK, undo(returned)))
    assert free(desk) == (-40_000 if paid_again else 60_000)
    assert desk.register.returned[paid] == 0
    assert codes(desk.post(world.pay("L1", 60_001))) == ["line-exceeded"]
    desk.must(world.submission(COUNTY, undo(paid)))
    assert free(desk) == (0 if paid_again else 100_000)


def test_a_return_of_a_reversed_payment_lifts_nothing(world: World, desk: Desk) -> None:
    """A payment that was reversed holds nothing that could come back to the line."""
    paid = desk.must(world.pay("L1", 40_000))
    desk.must(world.submission(COUNTY, undo(paid)))
    desk.must(world.submission(BANK, back(paid, 40_000)))
    assert free(desk) == 100_000


def test_a_reversed_credit_line_bears_out_nothing(world: World, desk: Desk) -> None:
    """A bank line that its bank reverses lifts no more; the line posted in its stead does, and once."""
    paid = desk.must(world.pay("L1", 40_000))
    wrong = desk.must(world.submission(BANK, moved(1, 30_000, "R1")))
    desk.must(world.submission(COUNTY, back(paid, 30_000, ref="R1")))
    assert free(desk) == 90_000
    desk.must(world.submission(BANK, undo(wrong)))
    assert free(desk) == 60_000
    desk.must(world.submission(BANK, moved(2, 20_000, "R1")))
    assert free(desk) == 80_000


def test_a_credit_line_reversed_before_the_return_bears_out_nothing(world: World, desk: Desk) -> None:
    """The order of reversal and report does not matter."""
    paid = desk.must(world.pay("L1", 40_000))
    wrong = desk.must(world.submission(BANK, moved(1, 30_000, "R1")))
    desk.must(world.submission(BANK, undo(wrong)))
    desk.must(world.submission(COUNTY, back(paid, 30_000, ref="R1")))
    assert free(desk) == 60_000


def test_a_reversed_debit_line_frees_its_payment_for_reversal(world: World, desk: Desk) -> None:
    """The bank takes back what it said; the payment may then be reversed, until the bank says so again."""
    paid = desk.must(
        world.submission(COUNTY, msgspec.structs.replace(world.paid("L1", 40_000), bank_ref="B1"))
    )
    line = desk.must(world.submission(BANK, moved(1, 40_000, "B1", "debit")))
    assert codes(desk.post(world.submission(COUNTY, undo(paid)))) == ["paid"]
    desk.must(world.submission(BANK, undo(line)))
    again = desk.must(world.submission(BANK, moved(2, 40_000, "B1", "debit")))
    assert codes(desk.post(world.submission(COUNTY, undo(paid)))) == ["paid"]
    desk.must(world.submission(BANK, undo(again)))
    desk.must(world.submission(COUNTY, undo(paid)))
    assert free(desk) == 100_000


def test_a_return_names_a_movement_of_money(world: World, desk: Desk) -> None:
    """A registration, a bank line, a later event or the return itself is nothing that can come back."""
    party = "admin-a/s-000001/0"
    line = desk.must(world.submission(BANK, moved(1, 5, "R1")))
    for named, code in ((party, "return-kind"), (line, "return-kind"), ("x/y/0", "event-unknown")):
        assert codes(desk.post(world.submission(BANK, back(named, 5)))) == [code]
    itself = back(f"{BANK}/itself/0", 5)
    assert codes(desk.post(world.submission(BANK, itself, submission_id="itself"))) == ["event-unknown"]


def test_nobody_reports_a_return_of_what_others_paid(world: World, desk: Desk) -> None:
    """A third party with an account of its own cannot undo a payment between two others; its finance bureau can."""
    paid = desk.must(world.pay("L1", 40_000))
    foreign = Return(
        occurred_on=DAY, amount=5, event=paid, from_account=UNIT_ACCOUNT, to_account=COUNTY_ACCOUNT
    )
    assert codes(desk.post(world.submission(UNIT, foreign))) == ["actor"]
    elsewhere = msgspec.structs.replace(foreign, from_account=SUPPLIER_ACCOUNT, to_account=UNIT_ACCOUNT)
    assert codes(desk.post(world.submission(COUNTY, elsewhere))) == ["actor"], (
        "the money touches no account of its own"
    )
    own = desk.must(world.submission(UNIT, world.use(5)))
    desk.must(world.submission(COUNTY, back(own, 5)))


@pytest.mark.parametrize(
    "change",
    [{"occurred_on": DAY.replace(year=2025)}, {"to_account": UNIT_ACCOUNT}, {"to_account": None}],
)
def test_what_counts_as_returned_and_lifts_nothing(
    world: World, desk: Desk, change: dict[str, object]
) -> None:
    """Another fiscal year, or another account than the one it left: recorded, and the line stays as it is."""
    paid = desk.must(world.pay("L1", 40_000))
    desk.must(world.submission(BANK, msgspec.structs.replace(back(paid, 40_000), **change)))
    assert (free(desk), desk.register.returned[paid]) == (60_000, 40_000)
    assert codes(desk.post(world.submission(COUNTY, undo(paid)))) == ["paid"]


def test_a_superior_reverses_a_return_and_a_stranger_does_not(world: World, desk: Desk) -> None:
    """Corrections follow the one who reported."""
    paid = desk.must(world.pay("L1", 40_000))
    returned = desk.must(world.submission(COUNTY, back(paid, 40_000)))
    assert codes(desk.post(world.submission(UNIT, undo(returned)))) == ["actor"]
    desk.must(world.submission(PROVINCE, undo(returned)))
    assert desk.register.returned[paid] == 0
