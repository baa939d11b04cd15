# SPDX-License-Identifier: Apache-2.0
"""What an account owes a fund and when it no longer holds it, rule by rule (semantics T1 to T19)."""

import datetime

import pytest

from tests.scenarios.books import closed

DAY = datetime.date
FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""


def closing(opening: str) -> str:
    """The statement of the unit's account for February, from `opening`."""
    return f"2026-02-28 closed UA 2026-02-01..2026-02-28 {opening}"


# --- T1, T6: what is owed, and the shortage ---------------------------------------------------------------


def test_other_money_leaves_first() -> None:
    """T6: as long as the balance covers what is owed, spending on anything else is nobody's business."""
    with closed(f"{FED}\n2026-02-10 debit 100.00 UA\n{closing('100.00')}") as books:
        assert books.shortages("UA") == []
        assert books.holding("UA", "F").claim == 60_000


def test_a_balance_below_what_is_owed_is_a_shortage() -> None:
    """T6: the difference is lost, and general credits do not bring it back."""
    text = f"{FED}\n2026-02-10 debit 150.00 UA\n2026-02-20 credit 900.00 UA\n{closing('100.00')}"
    with closed(text) as books:
        (short,) = books.shortages("UA")
        assert (short.amount_min, short.amount, short.amount_max) == (5_000, 5_000, 15_000)
        assert (short.balance, short.owed, short.restored, short.peak) == (55_000, 60_000, 0, 5_000)
        assert (short.proved, short.resolved) == (5_000, True)
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.diverted) == (55_000, 5_000)


def test_a_supplier_holds_no_entitlement() -> None:
    """T1: payment ends the earmark; what a supplier does with its money is its own."""
    with closed("2026-02-02 pay 600.00 LF TR -> SU\n2026-02-05 transfer 600.00 SU -> PL") as books:
        assert [(one.account, one.claim) for one in books.money.traced.holdings("F")] == [("TR", 0)]


def test_an_allocation_is_not_cash() -> None:
    """T1: authority raises no claim."""
    with closed("2026-02-02 split LS 300.00 NA -> UNIT parent=LF") as books:
        assert list(books.money.traced.holdings("F")) == []


def test_onward_transfer_carries_the_tag() -> None:
    """T1: the giver owes less, the taker owes as much more, whatever kind of custodian it is."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-03 transfer 200.00 UA -> PL tag=F/grant/LF reason=lend
    """) as books:
        giver, taker = books.holding("UA", "F"), books.holding("PL", "F")
        assert (giver.claim, giver.passed_on) == (40_000, 20_000)
        assert (taker.claim, taker.credited) == (20_000, 20_000)


# --- T2: order of a day ----------------------------------------------------------------------------------


def test_a_dip_within_a_day_is_not_certain() -> None:
    """T2: the bank prints the debit first; in the most favourable order nothing is short."""
    with closed(f"{FED}\n2026-02-10 debit 50.00 UA\n2026-02-10 credit 50.00 UA\n{closing('0.00')}") as books:
        (short,) = books.shortages("UA")
        assert (short.amount_min, short.amount, short.proved) == (0, 5_000, 0)


# --- T4, T3: what is not known ---------------------------------------------------------------------------


def test_without_statements_the_opening_balance_is_unknown() -> None:
    """T4: what would be short with nothing at the beginning is unresolved, never certain."""
    with closed("""
        2026-02-02 transfer 600.00 TR -> PL tag=F/grant/LF
        2026-02-10 transfer 150.00 PL -> SU
    """) as books:
        (short,) = books.shortages("PL")
        assert (short.resolved, short.amount, short.amount_min, short.amount_max) == (
            False,
            15_000,
            0,
            15_000,
        )
        assert books.holding("PL", "F").unresolved == 15_000


def test_a_signed_balance_makes_the_opening_known() -> None:
    """T4: balance less movements before it; what happened by report before is known too, and indicated at most."""
    with closed("""
        2026-01-15 pay 600.00 LF TR -> UA mode=transfer
        2026-01-20 transfer 150.00 UA -> SU
        2026-02-28 closed UA 2026-02-01..2026-02-28 500.00
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.resolved, short.amount, short.amount_min) == (True, 10_000, 10_000)
        assert (short.proved, short.by_report) == (0, True)


def test_reports_that_cannot_be_all_leave_the_opening_unknown() -> None:
    """T4: balance less movements is below zero, so reports are missing and nothing before is decided."""
    with closed("""
        2026-01-15 pay 600.00 LF TR -> UA mode=transfer
        2026-02-28 closed UA 2026-02-01..2026-02-28 450.00
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.resolved, short.amount, short.amount_min) == (False, 15_000, 0)


def test_a_gap_between_statements_is_unresolved() -> None:
    """T2: the balance fell while no statement tells why."""
    with closed(f"""{FED}
        {closing("0.00")}
        2026-04-30 closed UA 2026-04-01..2026-04-30 480.00
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.resolved, short.amount, short.amount_min) == (False, 12_000, 0)
        assert [(gap.closing, gap.opening) for gap in books.money.coverage["UA"].gaps] == [(60_000, 48_000)]


def test_balances_without_lines_are_tested_at_the_balances() -> None:
    """T3: reported dips between two balances yield nothing; the closing balance does, as reported only."""
    with closed("""
        2026-01-31 closed UA 2026-01-01..2026-01-31 0.00
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 transfer 700.00 UA -> SU
        2026-02-11 transfer 650.00 TR -> UA
        2026-02-28 closed UA 2026-02-01..2026-02-28 0.00 closing=550.00 lines=3
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.amount, short.proved, short.by_report) == (5_000, 0, True)
        assert books.label(short.decisive.seq) == "closed-2"


# --- T7: advances ----------------------------------------------------------------------------------------


def test_an_advance_is_repaid_by_the_next_credit() -> None:
    """T7: paying for the fund before its money comes diverts nothing, and the credit only fills the hole."""
    with closed(f"""{FED}
        2026-02-05 use 700.00 UA SUP tag=F/grant/LF
        2026-02-05 debit 700.00 UA
        2026-02-09 pay 150.00 LF TR -> UA mode=transfer bank_ref=R2
        2026-02-09 credit 150.00 UA bank_ref=R2
        {closing("500.00")}
    """) as books:
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.advance, holding.used) == (5_000, 0, 70_000)
        assert books.shortages("UA") == []


def test_before_the_first_credit_the_source_lies_outside_the_record() -> None:
    """T7: a treasury that pays from general revenue has no advance and no claim."""
    with closed("2026-02-05 pay 700.00 LF TR -> SU") as books:
        holding = books.holding("TR", "F")
        assert (holding.claim, holding.advance, holding.used, holding.elsewhere) == (0, 0, 0, 70_000)


# --- T8: several funds -----------------------------------------------------------------------------------


def test_two_funds_share_a_shortage() -> None:
    """T8: in proportion by largest remainder; alone, each of them is still covered."""
    with closed(f"""{FED}
        2026-02-03 pay 300.00 LG TR -> UA mode=transfer bank_ref=R2
        2026-02-03 credit 300.00 UA bank_ref=R2
        2026-02-10 debit 100.00 UA
        {closing("0.00")}
    """) as books:
        found = {
            short.fund: (short.amount_min, short.amount, short.amount_max) for short in books.shortages("UA")
        }
        assert found == {"F": (0, 6_667, 10_000), "G": (0, 3_333, 10_000)}


# --- T10, T11: which entry, which finding ----------------------------------------------------------------


def test_a_credit_can_be_decisive() -> None:
    """T10: what an overdraft swallows is lost at the credit; the debit that overdrew is the first entry."""
    with closed(f"""
        2026-02-01 debit 50.00 UA
        {FED}
        {closing("20.00")}
    """) as books:
        (short,) = books.shortages("UA")
        assert (books.label(short.decisive.seq), books.label(short.first.seq)) == ("credit-1", "debit-1")
        assert (short.amount_min, short.amount) == (3_000, 3_000)


def test_later_losses_extend_one_shortage() -> None:
    """T11: one finding with the sum; its decisive entry stays the first."""
    with closed(f"{FED}\n2026-02-10 debit 50.00 UA\n2026-02-12 debit 20.00 UA\n{closing('0.00')}") as books:
        (short,) = books.shortages("UA")
        assert (short.amount, books.label(short.decisive.seq)) == (7_000, "debit-1")
        assert [loss.amount for loss in short.losses] == [5_000, 2_000]


def test_after_full_restoration_a_new_one_begins() -> None:
    """T11, T17: the returned payment restores what it took; gross amounts stay."""
    with closed(f"""{FED}
        2026-02-10 transfer 50.00 UA -> SU as=lent
        2026-02-10 debit 50.00 UA
        2026-02-16 return 50.00 SU -> UA event=lent
        2026-02-16 credit 50.00 UA
        2026-02-20 debit 30.00 UA
        {closing("0.00")}
    """) as books:
        first, second = books.shortages("UA")
        assert (first.amount, first.restored, first.outstanding, first.peak) == (5_000, 5_000, 0, 5_000)
        assert (second.amount, second.outstanding) == (3_000, 3_000)
        holding = books.holding("UA", "F")
        assert (holding.restored, holding.diverted, holding.claim) == (5_000, 8_000, 57_000)


# --- T13: out of scope -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "taken"),
    [
        ("economic=30211", 20_000),
        ("economic=50101", 20_000),
        ("functional=205", 20_000),
        ("economic=30299 functional=2130504", 0),
        ("", 0),
    ],
    ids=["denied", "not allowed", "other function", "in scope", "no class"],
)
def test_a_declared_class_outside_the_scope_is_admitted(classes: str, taken: int) -> None:
    """T13: codes compare by prefix, a denial wins, and what is not declared admits nothing."""
    text = f"{FED}\n2026-02-10 use 200.00 UA SUP tag=F/grant/LF {classes}\n2026-02-10 debit 200.00 UA\n{closing('0.00')}"
    with closed(text) as books:
        assert sum(one.amount for one in books.admissions("UA")) == taken
        assert books.holding("UA", "F").outside == taken
        assert books.shortages("UA") == []


def test_no_more_is_admitted_than_the_account_owed() -> None:
    """T13: the rest of the payment was other money, and takes what others are owed."""
    with closed(f"{FED}\n2026-02-10 use 700.00 UA SUP tag=F/grant economic=30211\n2026-02-10 debit 700.00 UA\n"
                f"{closing('200.00')}") as books:  # fmt: skip
        (admission,) = books.admissions("UA")
        assert (admission.amount, books.holding("UA", "F").claim) == (60_000, 0)


def test_an_admission_needs_no_feed_and_no_credit() -> None:
    """T13: without statements, and from a source outside the record, the payer's own word stands for all of it."""
    with closed("2026-02-05 pay 700.00 LF TR -> SU economic=30211") as books:
        (admission,) = books.admissions("TR")
        assert (admission.amount, admission.payment.bank) == (70_000, False)


def test_a_returned_admission_is_restored() -> None:
    """T13, T17: the money went back; gross amount and restoration stand side by side."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 use 200.00 UA SUP tag=F/grant economic=30211 as=meal
        2026-02-20 return 150.00 SU -> UA event=meal
    """) as books:
        (admission,) = books.admissions("UA")
        assert (admission.amount, admission.restored) == (20_000, 15_000)
        assert books.holding("UA", "F").claim == 55_000


# --- T16, T17, T19 ---------------------------------------------------------------------------------------


def test_interest_is_general_unless_tagged() -> None:
    """T16: only what declares itself the fund's raises its claim."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 interest 5.00 UA
        2026-02-11 interest 7.00 UA tag=F/interest
    """) as books:
        assert books.holding("UA", "F").claim == 60_700


def test_a_returned_use_raises_the_claim_again() -> None:
    """T17: own pieces raise C and reduce use; advance pieces, matched last, are undone first."""
    with closed(f"""{FED}
        2026-02-05 use 700.00 UA SUP tag=F/grant/LF as=works
        2026-02-05 debit 700.00 UA
        2026-02-16 return 250.00 SU -> UA event=works
        2026-02-16 credit 250.00 UA
        {closing("500.00")}
    """) as books:
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.advance, holding.used) == (15_000, 0, 45_000)


def test_a_return_without_reference_undoes_nothing() -> None:
    """T17: it is a credit like any other."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-05 use 100.00 UA SUP tag=F/grant/LF
        2026-02-16 return 100.00 SU -> UA
    """) as books:
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.used) == (50_000, 10_000)


def test_money_passed_on_goes_home_as_what_it_was() -> None:
    """T17: the taker returns it, the giver owes it again."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-03 transfer 200.00 UA -> PL tag=F/grant/LF as=lent
        2026-02-16 return 200.00 PL -> UA event=lent
    """) as books:
        giver, taker = books.holding("UA", "F"), books.holding("PL", "F")
        assert (giver.claim, giver.passed_on) == (60_000, 0)
        assert (taker.claim, taker.returned) == (0, 20_000)


# --- R1, R2: doubts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("as_of", "proved"), [("2026-03-06", 0), ("2026-03-09", 5_000)])
def test_an_unreported_line_has_its_days_of_grace(as_of: str, proved: int) -> None:
    """R2: five working days after its value date nobody has said what it was for."""
    text = f"{FED}\n2026-02-27 debit 50.00 UA\n{closing('0.00')}"
    with closed(text, as_of=DAY.fromisoformat(as_of)) as books:
        (short,) = books.shortages("UA")
        assert (short.amount_min, short.proved) == (5_000, proved)


def test_a_choice_between_funds_keeps_proof_away() -> None:
    """R1: one line, two reports of different funds that fit: what rests on the choice is indicated at most."""
    with closed(f"""{FED}
        2026-02-10 use 200.00 UA SUP tag=G/grant
        2026-02-10 use 200.00 UA SUP tag=F/grant
        2026-02-11 debit 200.00 UA
        {closing("50.00")}
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.fund, short.amount_min, short.proved) == ("F", 15_000, 0)


def test_a_claim_from_reports_keeps_proof_away() -> None:
    """T3: the credit was reported before statements began, so what is owed rests on reports."""
    with closed("""
        2026-01-15 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 debit 100.00 UA
        2026-02-28 closed UA 2026-02-01..2026-02-28 650.00
    """) as books:
        (short,) = books.shortages("UA")
        assert (short.amount_min, short.proved) == (5_000, 0)
