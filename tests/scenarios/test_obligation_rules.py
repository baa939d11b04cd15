# SPDX-License-Identifier: Apache-2.0
"""Semantics O1 to O12 and M1, one test each, named by its rule; what each rule file adds is tested beside it."""

import datetime
from typing import Unpack

from ledger.kinds.registry import Calendar
from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding
from verifier.basis.working_days import WorkingDays

CLAIM = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 600.00 PROV -> NA parent=L0
2026-02-06 approve C1 500.00 project=P line=L1 by=NA as=ok
"""
"""30 days after 6 February end on 8 March, a Sunday: 9 March."""
OFF = tuple(datetime.date(2026, 10, day) for day in range(1, 8))
CN = Calendar(
    occurred_on=datetime.date(2025, 11, 10),
    id="cn",
    year=2026,
    notice="国办",
    off=OFF,
    worked=(datetime.date(2026, 10, 10),),
)


def unpaid(text: str, as_of: str = "2026-03-31", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F04 on the claim of 500.00, followed by `text`."""
    return judge(CLAIM + text, as_of, rule="F04", **more)


def test_o1_fulfilled_on_the_bank_date_and_by_nothing_that_the_bank_refutes() -> None:
    """O1: the report says the 9th, the bank the 10th: a day late; refuted, it fulfils nothing; unfed, the report counts."""
    paid = "2026-03-09 pay 500.00 L1 TR -> SUP claim=C1 as=paid\n"
    assert unpaid(paid) == []
    assert [(one.outstanding, one.state) for one in unpaid(paid, bank={"paid": "2026-03-10"})] == [
        (0, "met_late")
    ]
    assert [one.outstanding for one in unpaid(paid, bank={"paid": "refuted"})] == [50_000]


def test_o2_the_clock_starts_with_the_condition_of_the_row_and_not_before() -> None:
    """O2: approval starts it; a claim that is only submitted owes nothing; a second approval has a clock of its own."""
    asked = CLAIM.replace(
        "approve C1 500.00 project=P line=L1 by=NA", "submit C1 500.00 project=P line=L1 by=WATER"
    )
    assert judge(asked, "2026-12-31", rule="F04") == []
    dues = {
        str(one.due) for one in unpaid("2026-03-02 approve C2 10.00 project=P line=L1 by=NA\n", "2026-04-02")
    }
    assert dues == {"2026-03-09", "2026-04-01"}


def test_o3_amount_at_the_end_of_the_due_day_and_outstanding_now() -> None:
    """O3: 200.00 in time, 100.00 late: 300.00 was unmet, 200.00 is."""
    parts = "2026-03-09 pay 200.00 L1 TR -> SUP claim=C1\n2026-03-10 pay 100.00 L1 TR -> SUP claim=C1\n"
    assert [(one.amount, one.outstanding, one.state) for one in unpaid(parts)] == [
        (30_000, 20_000, "overdue")
    ]
    rest = parts + "2026-03-20 pay 200.00 L1 TR -> SUP claim=C1\n"
    assert [(one.amount, one.outstanding, one.state) for one in unpaid(rest)] == [(30_000, 0, "met_late")]


def test_o4_periods_roll_off_days_off_but_not_off_worked_weekends_and_fixed_dates_never() -> None:
    """O4: over the national holiday; 10 October is a Saturday that is worked; the start day is not counted."""
    days = WorkingDays([CN])
    assert str(days.period(datetime.date(2026, 9, 1), 30, "calendar").on) == "2026-10-08"
    assert str(days.period(datetime.date(2026, 9, 10), 30, "calendar").on) == "2026-10-10"
    assert str(WorkingDays().period(datetime.date(2026, 9, 10), 30, "calendar").on) == "2026-10-12"
    assert str(days.period(datetime.date(2026, 9, 30), 3, "working").on) == "2026-10-10"
    assert days.fixed(datetime.date(2026, 10, 1)).on == datetime.date(2026, 10, 1)


def test_o5_provisional_where_a_day_consulted_lies_in_a_year_without_calendar() -> None:
    """O5: calendar days consult the due day and what it rolls over; working days every day after the start."""
    days = WorkingDays([CN])
    assert not days.period(datetime.date(2025, 12, 20), 20, "calendar").provisional
    assert days.period(datetime.date(2025, 12, 20), 20, "working").provisional
    assert days.period(datetime.date(2026, 12, 20), 20, "calendar").provisional
    late = CLAIM.replace("2026-02-06", "2026-12-20")
    assert [one.finding_class for one in judge(late, "2027-12-31", rule="F04")] == ["indicated"]
    firm = [one.finding_class for one in judge(CLAIM, "2026-12-31", rule="F04")]
    assert firm == ["proved"]


def test_o6_a_paper_in_time_moves_the_day_and_a_later_one_ends_lateness_only() -> None:
    """O6: dated on the due day; dated the day after, the finding stays."""
    paper = "{} waive F event=ok row=pay by=CENTRE due_on=2026-05-29\n"
    assert unpaid(paper.format("2026-03-09")) == []
    assert [one.figures["days_late"] for one in unpaid(paper.format("2026-03-10"))] == [1]


def test_o7_a_named_claim_alone_and_unnamed_payments_oldest_first() -> None:
    """O7: never before the start, and no excess is carried."""
    second = "2026-02-10 approve C2 100.00 project=P line=L1 by=NA\n"
    unnamed = unpaid(second + "2026-03-02 pay 550.00 L1 TR -> SUP\n")
    assert [(one.amount, one.figures["asked"]) for one in unnamed] == [(5_000, 10_000)]
    named = unpaid(second + "2026-03-02 pay 550.00 L1 TR -> SUP claim=C1\n")
    assert [(one.amount, one.figures["asked"]) for one in named] == [(10_000, 10_000)]
    assert [one.amount for one in unpaid("2026-02-05 pay 500.00 L1 TR -> SUP claim=C1\n")] == [50_000]


def test_o8_what_comes_back_is_owed_anew_and_the_old_obligation_stays_met() -> None:
    """O8: same days, from the return."""
    back = (
        "2026-03-02 pay 500.00 L1 TR -> SUP claim=C1 as=paid\n2026-04-01 return 200.00 SUP -> TR event=paid\n"
    )
    assert unpaid(back, "2026-05-06") == []
    assert [(one.amount, str(one.due)) for one in unpaid(back, "2026-05-07")] == [(20_000, "2026-05-06")]


def test_o9_line_less_own_use_less_recalls_in_time_met_by_children_and_payments() -> None:
    """O9: 600.00 of 1,000.00 is due; a recall after the day only ends what is owed."""
    text = """
    2026-01-05 policy PP
      row own F03 own_use=100 fund=F
    2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
    2026-02-02 recall L0 300.00 PROV -> CENTRE
    2026-02-03 split L1 400.00 PROV -> NA parent=L0
    2026-02-04 pay 50.00 L0 TR -> SUP
    2026-02-20 recall L0 100.00 PROV -> CENTRE
    """
    found = [one for one in judge(text, "2026-03-31", rule="F03") if one.parties == ("PROV",)]
    assert [(one.amount, one.outstanding) for one in found] == [(15_000, 5_000)]


def test_o10_dates_up_to_the_as_of_date_within_the_prefix_known() -> None:
    """O10: both stand in the finding; what came or is dated later is not there; decisive the day after the due day."""
    paid = "2026-03-12 pay 500.00 L1 TR -> SUP claim=C1\n"
    (before,) = unpaid(paid, "2026-03-11")
    assert (before.outstanding, str(before.as_of), str(before.decisive_on)) == (
        50_000,
        "2026-03-11",
        "2026-03-10",
    )
    (after,) = unpaid(paid, "2026-03-12")
    assert after.outstanding == 0
    (unknown,) = unpaid(paid, "2026-03-12", known_by=after.known_by - 2)
    assert (unknown.outstanding, unknown.known_by, unknown.id) == (50_000, after.known_by - 2, after.id)


def test_o11_idle_lots_come_from_tagged_movements_only() -> None:
    """O11: more in `test_idle_money`; here that an untagged use takes nothing from a lot."""
    text = CLAIM + "2026-02-02 pay 100.00 L1 TR -> WA mode=transfer\n2026-03-02 use 100.00 WA BUILDER{}\n"
    assert [one.amount for one in judge(text.format(""), "2026-12-31", rule="F09")] == [10_000]
    assert judge(text.format(" tag=F/grant/L1"), "2026-12-31", rule="F09") == []


def test_o12_a_claim_returned_in_time_ends_it_and_later_it_lapses() -> None:
    """O12: a new approval opens a new one."""
    back = "{} reject C1 by=NA project=P\n"
    assert unpaid(back.format("2026-03-09")) == []
    assert [(one.state, one.outstanding) for one in unpaid(back.format("2026-03-10"))] == [("lapsed", 0)]
    again = back.format("2026-03-09") + "2026-03-20 approve C1 500.00 project=P line=L1 by=NA\n"
    assert [str(one.due) for one in unpaid(again, "2026-12-31")] == ["2026-04-20"]


def test_m1_need_is_the_floor_of_the_share_and_met_within_the_tolerance() -> None:
    """M1: a third of 1,000.00 on its day; half a per cent of the need may lack."""
    fund = """
    2026-01-05 fund M CENTRE
      match base=allocated num=1 den=3 level=county due_on=2026-06-30 basis="实施条例 1"
    2026-01-10 issue LM 1000.00 CENTRE -> NA fund=M
    """
    matched = "2026-06-30 matched {} NA WA fund=M\n"
    assert [one.amount for one in judge(fund, "2026-07-01", rule="F06")] == [33_333]
    assert judge(fund + matched.format("331.67"), "2026-07-01", rule="F06") == []
    assert [one.amount for one in judge(fund + matched.format("331.00"), "2026-07-01", rule="F06")] == [233]
