# SPDX-License-Identifier: Apache-2.0
"""Rules of the semantics that other tests touch only in passing: order, lines of one fund, passes, no rule involved."""

import pytest

from ledger.register import Register
from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from tests.scenarios.test_money_paths import lines_and_books
from verifier.integrity.fund_cash import FundCash
from verifier.tracing.money_paths import Caps, trace_fund

FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 {}\n"


def test_a_late_report_lends_its_purpose_to_a_line_at_its_own_place() -> None:
    """T2: posted months later, it counts where the bank booked it; without a line it would count from its recording."""
    late = "    2026-02-10 use 150.00 UA SUP tag=F/grant/LF recorded=2026-06-01 as=late\n"
    text = f"{FED}    2026-02-10 debit 150.00 UA{CLOSED.format('0.00')}"
    with closed(text + late) as books:
        assert books.moves("UA")[-1] == ("debit-1", "late", -15_000)
        assert books.shortages("UA") == []
        assert books.booked("late") == [(15_000, "2026-02-10")]
    with closed(text) as books:
        assert [short.amount for short in books.shortages("UA")] == [15_000]


def test_a_late_fact_replays_its_account_from_its_place() -> None:
    """T2: a statement posted after everything else changes what was short before it."""
    early = f"{FED}    2026-02-10 debit 150.00 UA\n"
    with closed(early) as books:
        assert [short.resolved for short in books.shortages("UA")] == []
    with closed(early + CLOSED.format("100.00")) as books:
        assert [short.amount for short in books.shortages("UA")] == [5_000]


def test_the_orders_of_a_day_are_told_where_they_matter() -> None:
    """T2: paid before or after the credit of the same day; the bank's order is one of three."""
    text = """
    2026-02-02 credit 100.00 UA
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 debit 60.00 UA
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 debit 90.00 UA
    """
    (one,) = judge(scenario(text + CLOSED.format("0.00"), stage=STAGE), "2026-06-30", rule="F02")
    assert (one.amount_min, one.amount, one.amount_max) == (5_000, 5_000, 15_000)
    most = {name: value for name, value in one.figures.items() if name.startswith("most")}
    assert most == {"most_stated": 9_000, "most_credits_first": 15_000, "most_debits_first": 9_000}
    apart = text.replace("2026-02-02 debit", "2026-02-03 debit")
    (one,) = judge(scenario(apart + CLOSED.format("0.00"), stage=STAGE), "2026-06-30", rule="F02")
    assert not any(name.startswith("most") for name in one.figures)


def test_moves_between_lines_of_one_fund_are_no_diversion() -> None:
    """T14: paid in for one line and out for another of the same fund; of another fund it would be a shortage."""
    lines = """
    2026-01-12 split L1 600.00 NA -> UNIT parent=LF
    2026-01-12 split L2 300.00 NA -> UNIT parent=LF
    2026-02-02 pay 600.00 L1 TR -> UA mode=transfer bank_ref=R1 by=UNIT
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 use 250.00 UA SUP tag={}
    2026-02-10 debit 250.00 UA
    """
    with closed(lines.format("F/grant/L2") + CLOSED.format("0.00")) as books:
        assert books.shortages("UA") == []
        assert books.holding("UA", "F").claim == 35_000
    with closed(lines.format("G/grant/LG") + CLOSED.format("0.00")) as books:
        assert [(short.fund, short.amount) for short in books.shortages("UA")] == [("F", 25_000)]


def test_the_sums_of_a_fund_hold_without_any_rule() -> None:
    """T20: I8 is the same whatever reconciliation and tracing make of the money, diverted or not."""
    text = f"""{FED}
    2026-02-05 use 100.00 UA SUP tag=F/grant/LF economic=30211
    2026-02-10 debit 150.00 UA
    2026-02-11 interest 3.00 UA tag=F/interest
    """
    with lines_and_books(text + CLOSED.format("0.00")) as (register, books):
        assert isinstance(register, Register)
        cash = FundCash(register)
        for one in books.scenario.events:
            cash.take(one.event, seq=one.seq)
        (sums,) = (one for one in cash.sums() if one.fund == "F")
        assert sums.came == sums.stands
        traced = trace_fund(books.money, register.lines, "F", Caps()).cash
        assert (traced["lost"], sums.disbursed, sums.interest) != (0, 0, 0)


def test_a_reference_displaces_what_equal_amounts_had_matched() -> None:
    """R1: pass 1 goes first in the whole; the report that pass 2 had chosen before is pending then."""
    text = f"""{FED}
    2026-02-10 use 100.00 UA SUP tag=F/grant/LF as=guess
    2026-02-10 debit 100.00 UA bank_ref=R7
    {CLOSED.format("0.00")}"""
    with closed(text) as books:
        assert books.moves("UA")[-1] == ("debit-1", "guess", -10_000)
    sure = (
        text + "    2026-02-10 use 100.00 UA OTHER tag=F/grant/LF bank_ref=R7 as=sure recorded=2026-03-02\n"
    )
    with closed(sure) as books:
        assert books.moves("UA")[-1] == ("debit-1", "sure", -10_000)
        assert books.booked("guess") == [(10_000, "refuted")]
    (one,) = judge(scenario(sure, stage=STAGE), "2026-06-30", rule="R2")
    assert one.subject == ("UA", "debit", "UNIT/guess/0")


@pytest.mark.parametrize(("line", "report"), [("110.00", "100.00"), ("90.00", "100.00")])
def test_a_remainder_on_either_side_is_told(line: str, report: str) -> None:
    """R1: more on the line is general money, more in the report moves nothing."""
    text = f"""{FED}
    2026-02-10 use {report} UA SUP tag=F/grant/LF bank_ref=R7
    2026-02-10 debit {line} UA bank_ref=R7
    {CLOSED.format("50.00")}"""
    with closed(text) as books:
        assert [one.amount for one in books.mismatches()] == [1_000]
        assert sum(move[2] for move in books.moves("UA")) == 60_000 - (11_000 if line == "110.00" else 9_000)


def test_an_account_only_partly_fed_moves_by_what_is_there() -> None:
    """R3, T2: reports before the first statement and lines after it; each day counts once."""
    text = f"""
    2026-01-20 pay 600.00 LF TR -> UA mode=transfer
    2026-01-25 use 50.00 UA SUP tag=F/grant/LF
    2026-02-10 use 100.00 UA SUP tag=F/grant/LF
    2026-02-10 debit 100.00 UA
    {CLOSED.format("550.00")}
    2026-03-05 use 20.00 UA SUP tag=F/grant/LF
    """
    with closed(text) as books:
        assert [move[2] for move in books.moves("UA")] == [60_000, -5_000, -10_000, -2_000]
        assert books.holding("UA", "F").claim == 43_000
        assert books.shortages("UA") == []
