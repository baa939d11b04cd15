# SPDX-License-Identifier: Apache-2.0
"""F11: money moved to an account under the payer's hand that counts as spent and was not (semantics P5)."""

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 party CO payee supplier
2026-01-05 account PLAT CO platform
2026-01-05 party FAR county unit
2026-01-05 account FA FAR unit_real
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
"""
MOVED = "{} pay 60.00 L0 TR -> {} mode={} as=moved\n"
SPENT = "{} use {} WA BUILDER to_account=SUP tag=F/grant as=spent\n"
PARKED = MOVED.format("2026-12-15", "WA", "transfer")


def found(text: str, as_of: str = "2027-06-30", **bank: str) -> list[Finding]:
    """The findings of F11 in the world followed by `text`, accounts covered; `bank` maps labels to bank dates."""
    return judge(WORLD + text, as_of, rule="F11", bank=bank, covered=["WA", "PLAT"])


@pytest.mark.parametrize(
    ("on", "mode", "count"),
    [
        ("2026-12-15", "transfer", 1),
        ("2026-12-14", "transfer", 0),
        ("2026-06-01", "transfer", 0),
        ("2026-06-01", "direct", 1),
        ("2026-06-01", "authorised", 1),
        ("2026-06-01", "transfer economic=31005", 1),
        ("2026-06-01", "direct economic=30101", 0),
    ],
)
def test_p5_what_counts_as_spent(on: str, mode: str, count: int) -> None:
    """P5: whatever is moved from 15 December on; before, what says that it is spent; wages never."""
    assert len(found(MOVED.format(on, "WA", mode))) == count


@pytest.mark.parametrize(("as_of", "count"), [("2027-01-14", 0), ("2027-01-15", 1)])
def test_p5_it_fires_on_day_31(as_of: str, count: int) -> None:
    """P5: thirty days after 15 December it may still be used; proved where the account is covered."""
    leads = found(PARKED, as_of)
    assert len(leads) == count
    for one in leads:
        assert (one.finding_class, one.severity, one.amount_min, one.amount) == (
            "proved",
            "orange",
            6_000,
            6_000,
        )
        assert (one.subject, one.accounts, str(one.decisive_on)) == (
            ("F", "WA", "2026"),
            ("WA",),
            "2027-01-15",
        )


@pytest.mark.parametrize(
    ("on", "amount", "left", "outstanding"),
    [
        ("2027-01-14", "60.00", [], []),
        ("2027-01-14", "45.00", [1_500], [1_500]),
        ("2027-01-15", "60.00", [6_000], [0]),
        ("2026-12-10", "60.00", [], []),
    ],
)
def test_p5_payments_to_final_payees_clear_it(
    on: str, amount: str, left: list[int], outstanding: list[int]
) -> None:
    """P5: within the days; later ones lower what is outstanding; one before was an advance that the move repays."""
    leads = (
        found(PARKED + SPENT.format(on, amount))
        if on > "2026-12-15"
        else found(SPENT.format(on, amount) + PARKED)
    )
    assert [one.amount for one in leads] == left
    assert [one.outstanding for one in leads] == outstanding


def test_each_payment_clears_once_the_oldest_move_first() -> None:
    """Two moves, one payment: the second stays; a use that tells a disbursement again is no second move (T22)."""
    second = "2026-12-20 pay 60.00 L0 TR -> WA mode=transfer bank_ref=R1 as=second\n"
    (one,) = found(PARKED + second + SPENT.format("2026-12-28", "60.00"))
    assert (one.amount, one.first_event, str(one.decisive_on)) == (6_000, "NA/second/0", "2027-01-20")
    again = "2026-12-21 use 60.00 TR WATER to_account=WA tag=F/grant bank_ref={}\n"
    assert [lead.amount for lead in found(second + again.format("R1"))] == [6_000]
    assert [lead.amount for lead in found(second + again.format("R2"))] == [12_000]


def test_whose_account_it_is() -> None:
    """A platform's whoever owns it; a unit's under the payer; not that of a unit elsewhere, nor a supplier's."""
    for account, count in (("PLAT", 1), ("WA", 1), ("FA", 0), ("SUP", 0)):
        assert len(found(MOVED.format("2026-12-16", account, "transfer"))) == count


def test_what_is_left_alone() -> None:
    """An advance repaid by its own word, an account that a policy lists, money that came back, a corrected move."""
    moved = "2026-12-16 transfer 60.00 TR -> WA tag=F/grant reason={} as=moved\n"
    assert len(found(moved.format("pass_on"))) == 1
    assert found(moved.format("repay")) == []
    listed = "2026-01-05 policy R\n  row WA allowed_account basis=批复\n"
    assert found(listed + PARKED) == []
    assert [one.amount for one in found(PARKED + "2026-12-20 return 20.00 WA -> TR event=moved\n")] == [4_000]
    assert [one.state for one in found(PARKED + "2026-12-20 void moved by=NA\n")] == ["corrected"]


def test_what_the_bank_says_counts() -> None:
    """A move not borne out moved nothing; a pending payment leaves it open.

    Without statements at most indicated, and not judged where the account never reported a payment.
    """
    assert judge(WORLD + PARKED, "2027-06-30", rule="F11") == []
    (told,) = judge(WORLD + PARKED + SPENT.format("2027-03-01", "60.00"), "2027-06-30", rule="F11")
    assert (told.finding_class, told.amount_min, told.marks) == ("indicated", 0, ("reported_only",))
    assert found(PARKED, moved="pending") == []
    assert found(MOVED.format("2026-12-14", "WA", "transfer"), moved="2026-12-15") != []
    spent = SPENT.format("2026-12-28", "60.00")
    (open_,) = found(PARKED + spent, spent="pending")
    assert (open_.finding_class, open_.severity, open_.amount_min, open_.amount) == (
        "undecidable",
        "yellow",
        0,
        6_000,
    )
    assert [one.finding_class for one in found(PARKED + spent, spent="refuted")] == ["proved"]
