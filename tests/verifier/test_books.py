# SPDX-License-Identifier: Apache-2.0
"""Reconciliation over whole ledgers: what moves an account, what is pending, what did not fit (R1 to R3, T2, T18, T22)."""

import datetime

import pytest

from ledger.errors import ProgrammerError
from tests.scenarios.books import Mismatch, closed
from tests.worlds import make_world
from verifier.obligations.records import Booking
from verifier.tracing.money_books import MoneyBooks
from verifier.workspace import Workspace

DAY = datetime.date


def test_a_covered_account_moves_by_its_bank_lines() -> None:
    """R1: reports lend purpose by reference or by amount and day; what nobody reports stays general."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
        2026-02-03 credit 600.00 UA bank_ref=R1
        2026-02-09 use 200.00 UA SUP tag=F/grant/LF
        2026-02-11 debit 200.00 UA
        2026-02-12 debit 50.00 UA
        2026-02-28 closed UA 2026-02-01..2026-02-28 10.00
    """) as books:
        assert books.moves("UA") == [
            ("credit-1", "pay-1", 60_000),
            ("debit-1", "use-1", -20_000),
            ("debit-2", None, -5_000),
        ]
        assert books.booked("pay-1") == [(60_000, "2026-02-03")]
        assert books.booked("use-1") == [(20_000, "2026-02-11")]
        assert books.mismatches() == []


def test_a_side_without_feed_takes_the_date_of_the_other() -> None:
    """R3: the treasury has no statements and moves on the day that the unit's bank shows."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
        2026-02-04 credit 600.00 UA bank_ref=R1
        2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    """) as books:
        days = books.money.workspace.rows(int, "SELECT day FROM movement WHERE account = 'TR'")
        assert list(days) == [DAY(2026, 2, 4).toordinal()]


def test_each_fed_side_needs_its_own_line() -> None:
    """R3: a transfer between two fed accounts is one report on two lines; the later one is its date."""
    with closed("""
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
        2026-02-02 debit 600.00 TR bank_ref=R1
        2026-02-03 credit 600.00 UA bank_ref=R1
        2026-02-28 closed TR 2026-02-01..2026-02-28 900.00
        2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    """) as books:
        assert books.moves("TR") == [("debit-1", "pay-1", -60_000)]
        assert books.moves("UA") == [("credit-1", "pay-1", 60_000)]
        assert books.booked("pay-1") == [(60_000, "2026-02-03")]


def test_a_report_without_a_line_moves_nothing() -> None:
    """R2: pending on both sides, a finding after five working days, never a movement."""
    text = """
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-28 closed TR 2026-02-01..2026-02-28 900.00
    """
    with closed(text, as_of=DAY(2026, 2, 9)) as books:
        assert (books.moves("UA"), books.mismatches()) == ([], [])
        assert books.booked("pay-1") == [(60_000, "pending")]
    with closed(text, as_of=DAY(2026, 2, 10)) as books:
        assert (books.moves("UA"), books.booked("pay-1")) == ([], [(60_000, "refuted")])
        assert books.mismatches() == [
            Mismatch(kind="pending", account="TR", line=None, report="pay-1", amount=60_000, days=6)
        ]


def test_remainders_and_distant_dates_are_told() -> None:
    """R1: more on the line than reported, and a line more than five working days from its report."""
    with closed("""
        2026-02-02 use 200.00 UA SUP tag=F/grant/LF bank_ref=R1
        2026-02-02 use 100.00 UA SUP tag=F/grant/LF bank_ref=R2
        2026-02-10 debit 250.00 UA bank_ref=R1
        2026-02-10 debit 60.00 UA bank_ref=R2
        2026-02-28 closed UA 2026-02-01..2026-02-28 900.00
    """) as books:
        assert [(one.kind, one.line, one.report, one.amount, one.days) for one in books.mismatches()] == [
            ("date", "debit-2", "use-2", 6_000, 6),
            ("date", "debit-1", "use-1", 20_000, 6),
            ("line_rest", "debit-1", None, 5_000, 0),
            ("report_rest", "debit-2", "use-2", 4_000, 0),
        ]
        assert books.moves("UA")[1] == ("debit-1", "use-1", -20_000)
        assert books.booked("use-2") == [(6_000, "2026-02-10"), (4_000, "refuted")]


def test_one_voucher_is_one_payment() -> None:
    """R1: a payment from two lines is two reports with one voucher, and one bank line."""
    with closed("""
        2026-02-02 pay 60.00 LF TR -> SU voucher=V1
        2026-02-02 pay 40.00 LG TR -> SU voucher=V1
        2026-02-03 debit 100.00 TR counterparty=SU
        2026-02-28 closed TR 2026-02-01..2026-02-28 900.00
    """) as books:
        assert books.moves("TR") == [("debit-1", "pay-1", -6_000), ("debit-1", "pay-2", -4_000)]


def test_lines_outside_closed_statements_bear_out_and_move_nothing() -> None:
    """T2: until the statement closes the account moves by reports, on the day of the line that bears them out."""
    with closed("""
        2026-02-02 use 100.00 UA SUP tag=F/grant/LF
        2026-02-04 debit 100.00 UA
        2026-02-05 debit 70.00 UA
    """) as books:
        assert books.moves("UA") == [("use-1", "use-1", -10_000)]
        assert books.booked("use-1") == [(10_000, "2026-02-04")]


@pytest.mark.parametrize(
    ("ledger", "day"),
    [("", DAY(2026, 2, 17)), ("historical=true", DAY(2026, 2, 2))],
    ids=["live", "historical"],
)
def test_a_late_report_counts_from_its_recording(ledger: str, day: datetime.date) -> None:
    """T2: eleven working days late and no bank line: the recorded date, unless genesis says `historical`."""
    with closed(
        """
        2026-02-02 use 100.00 UA SUP tag=F/grant/LF recorded=2026-02-16
        2026-02-02 use 100.00 UB SUP tag=F/grant/LF recorded=2026-02-17
        """,
        ledger=ledger,
    ) as books:
        days = books.money.workspace.rows(int, "SELECT day FROM movement ORDER BY account")
        assert [datetime.date.fromordinal(found) for found in days] == [DAY(2026, 2, 2), day]


def test_a_correction_voids_the_report_and_not_its_line() -> None:
    """T18: reconciliation is done again, and the line may become untagged."""
    with closed("""
        2026-02-09 use 200.00 UA SUP tag=F/grant/LF as=wrong
        2026-02-11 debit 200.00 UA
        2026-02-28 closed UA 2026-02-01..2026-02-28 500.00
        2026-03-02 void wrong
    """) as books:
        assert books.moves("UA") == [("debit-1", None, -20_000)]


def test_a_correction_after_the_as_of_date_is_not_seen() -> None:
    """O10: dates up to as-of only."""
    text = """
        2026-02-09 use 200.00 UA SUP tag=F/grant/LF as=wrong
        2026-03-02 void wrong
    """
    with closed(text, as_of=DAY(2026, 3, 1)) as books:
        assert books.moves("UA") == [("wrong", "wrong", -20_000)]


def test_a_use_may_tell_a_direct_payment_again() -> None:
    """T22: equal reference, amount and payer: the use adds its classes and no money."""
    with closed("""
        2026-02-09 pay 200.00 LF TR -> SU bank_ref=R1
        2026-02-10 use 200.00 TR SUP tag=F/grant/LF bank_ref=R1 economic=30211
        2026-02-10 use 200.00 TR SUP tag=F/grant/LF bank_ref=R2
    """) as books:
        assert [move[0] for move in books.moves("TR")] == ["pay-1", "use-2"]
        classes = books.money.workspace.rows(
            lambda *row: row, "SELECT economic, outside FROM report WHERE kind = 'disbursement'"
        )
        assert list(classes) == [("30211", 1)]


def test_statements_that_contradict_one_another_count_once() -> None:
    """Lines of a statement that is set aside neither move the account nor bear anything out."""
    with closed("""
        2026-02-09 use 200.00 UA SUP tag=F/grant/LF
        2026-02-09 debit 200.00 UA statement=A
        2026-02-09 debit 200.00 UA statement=B
        2026-02-28 closed UA 2026-02-01..2026-02-28 500.00 statement=A
        2026-02-28 closed UA 2026-02-02..2026-02-27 500.00 statement=B
    """) as books:
        assert books.moves("UA") == [("debit-1", "use-1", -20_000)]


def test_the_bank_record_knows_covered_spans() -> None:
    """T2: every day from first to last, and only in accounts with statements."""
    with closed("2026-02-28 closed UA 2026-02-01..2026-02-28 500.00") as books:
        bank = books.money.bank()
        assert bank.covers("UA", DAY(2026, 2, 1), DAY(2026, 2, 28))
        assert not bank.covers("UA", DAY(2026, 2, 28), DAY(2026, 3, 1))
        assert not bank.covers("UB", DAY(2026, 2, 1), DAY(2026, 2, 2))
        assert bank.bookings("nobody/nothing/0", 5) == (Booking(5, "unfed"),)


def test_open_books_answer_nothing() -> None:
    """A judgement that forgets to close the books is told so."""
    with Workspace() as workspace:
        books = MoneyBooks(workspace, make_world().genesis, as_of=DAY(2026, 6, 30))
        for ask in ("coverage", "traced"):
            with pytest.raises(ProgrammerError, match="call close"):
                getattr(books, ask)
