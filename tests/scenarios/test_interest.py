# SPDX-License-Identifier: Apache-2.0
"""Whose interest is (semantics T16): general unless tagged, or unless the policy row says that it follows the fund."""

from tests.scenarios.books import STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario

TWO_FUNDS = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-03 pay 300.00 LG TR -> UA mode=transfer bank_ref=R2
    2026-02-03 credit 300.00 UA bank_ref=R2
    2026-02-10 interest 1.00 UA bank_ref=I1
    2026-02-10 credit 1.00 UA bank_ref=I1
"""
ENDS = """
    2026-02-20 debit {} UA
    2026-02-28 closed UA 2026-02-01..2026-02-28 100.00
"""
POLICY = "    2026-01-20 policy P1\n      row own T16 to_fund=1\n"
FOR_F = "    2026-01-20 policy P1\n      row own T16 to_fund=1 fund=F\n"


def lost(text: str, debit: str) -> dict[str | None, tuple[int | None, int | None]]:
    """What each fund is short of when `debit` leaves as other money: minimum and amount."""
    found = judge(scenario(text + ENDS.format(debit), stage=STAGE), "2026-06-30", rule="F02")
    return {one.fund: (one.amount_min, one.amount) for one in found}


def test_interest_is_general_by_default() -> None:
    """T16: the account may spend it on anything; one more unit and the funds are short."""
    assert lost(TWO_FUNDS, "101.00") == {}
    assert sum(amount or 0 for _, amount in lost(TWO_FUNDS, "101.01").values()) == 1


def test_a_policy_gives_it_to_the_funds_by_end_of_day_balance() -> None:
    """T16: 600, 300 and 100 of 1,000 get 60, 30 and 10 of 100; the general share alone may be spent."""
    assert lost(POLICY + TWO_FUNDS, "100.10") == {}
    whole = lost(POLICY + TWO_FUNDS, "1001.00")
    assert {fund: amount for fund, (_, amount) in whole.items()} == {"F": 60_060, "G": 30_030}


def test_the_largest_remainder_gets_the_odd_unit() -> None:
    """T16: of 7 units 4.2, 2.1 and 0.7 become 4, 2 and 1; of 1 unit it goes to the largest part."""
    seven = TWO_FUNDS.replace("1.00 UA bank_ref=I1", "0.07 UA bank_ref=I1")
    assert {fund: amount for fund, (_, amount) in lost(POLICY + seven, "1000.07").items()} == {
        "F": 60_004,
        "G": 30_002,
    }
    one = TWO_FUNDS.replace("1.00 UA bank_ref=I1", "0.01 UA bank_ref=I1")
    assert {fund: amount for fund, (_, amount) in lost(POLICY + one, "1000.01").items()} == {
        "F": 60_001,
        "G": 30_000,
    }


def test_a_row_for_one_fund_leaves_the_rest_general() -> None:
    """T16: narrowed to a fund, the others' share stays general money."""
    whole = lost(FOR_F + TWO_FUNDS, "1001.00")
    assert {fund: amount for fund, (_, amount) in whole.items()} == {"F": 60_060, "G": 30_000}


def test_before_the_policy_it_is_general() -> None:
    """T16: the row of the day on which the interest was credited counts."""
    later = POLICY.replace("2026-01-20", "2026-02-11")
    assert lost(later + TWO_FUNDS, "101.00") == {}


def test_what_came_that_day_counts_at_its_end() -> None:
    """T16: the balance at the end of the day, whatever the bank printed before the interest."""
    text = TWO_FUNDS.replace(
        "    2026-02-10 interest", "    2026-02-09 use 600.00 UA SUP tag=F/grant/LF\n    2026-02-10 interest"
    )
    text += "    2026-02-10 debit 600.00 UA\n"
    whole = lost(POLICY + text, "401.00")
    assert {fund: amount for fund, (_, amount) in whole.items()} == {"G": 30_075}


def test_where_the_opening_balance_is_unknown_nothing_is_shared() -> None:
    """T4, T16: nobody knows how much of the account is general money."""
    text = (
        POLICY
        + """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-10 interest 1.00 UA
    2026-02-20 transfer 601.00 UA -> SU
    """
    )
    (one,) = judge(scenario(text, stage=STAGE), "2026-06-30", rule="F02")
    assert (one.finding_class, one.amount) == ("undecidable", 60_000)
