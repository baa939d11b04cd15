# SPDX-License-Identifier: Apache-2.0
"""Semantics O6: a paper in time moves the due day or lifts the duty; a later one ends lateness and takes nothing back."""

import datetime

import pytest

from tests.scenarios.judging import judge
from tests.scenarios.test_disbursement_delay import CLAIM, DUE
from verifier.basis.findings import Finding

LATER = datetime.date(2026, 5, 29)
IN_TIME = "2026-03-09 waive F event=ok row=pay by=CENTRE"
"""On the due day itself."""
PUT_OFF = f"{IN_TIME} due_on={LATER}"


def found(text: str, as_of: str = "2026-06-30") -> list[Finding]:
    """The F04 findings of an approved claim of 500.00, due on 9 March, followed by `text`."""
    return judge(CLAIM + text, as_of, rule="F04")


def only(text: str, as_of: str = "2026-06-30") -> Finding:
    """The one F04 finding of the claim followed by `text`."""
    (one,) = found(text, as_of)
    return one


def test_a_duty_lifted_in_time_is_owed_by_nobody() -> None:
    """The innocent twin differs by one day."""
    assert found(IN_TIME) == []
    late = only(IN_TIME.replace("2026-03-09", "2026-03-10"))
    assert (late.state, late.amount, late.outstanding) == ("lapsed", 50_000, 0)
    assert late.figures["days_late"] == 1
    assert late.finding_class == "proved"
    assert "财农〔2026〕9号 waived it" in late.explanation.en
    assert "豁免" in late.explanation.zh
    assert len(late.evidence) == 2


def test_a_due_day_put_off_in_time_is_the_due_day() -> None:
    """Nothing is late before it is over; then it is, from there."""
    assert found(PUT_OFF, str(LATER)) == []
    assert found(PUT_OFF + f"\n{LATER} pay 500.00 L1 TR -> SUP claim=C1") == []
    late = only(PUT_OFF, "2026-05-30")
    assert (late.due, late.state, late.figures["days_late"]) == (LATER, "overdue", 1)
    assert late.amount == 50_000
    assert "postponed by 财农〔2026〕9号" in late.explanation.en
    assert "延期" in late.explanation.zh


def test_put_off_after_the_due_day_it_is_late_up_to_the_paper() -> None:
    """The finding stays and what is owed stays owed."""
    late = only(PUT_OFF.replace("2026-03-09", "2026-03-19"))
    assert (late.due, late.state, late.outstanding) == (DUE, "overdue", 50_000)
    assert late.figures["days_late"] == 10
    assert late.severity == "orange"
    assert f"put it off to {LATER}" in late.explanation.en
    assert f"准予延至 {LATER}" in late.explanation.zh


def test_a_second_paper_in_time_of_the_first_moves_it_on() -> None:
    """Papers are read by their dates, wherever they stand; one that moves nothing on is none."""
    twice = PUT_OFF + "\n2026-05-01 waive F event=ok row=pay by=CENTRE due_on=2026-06-15 as=second"
    assert found(twice, "2026-06-15") == []
    assert only(twice, "2026-06-16").due == datetime.date(2026, 6, 15)
    earlier = PUT_OFF + "\n2026-05-01 waive F event=ok row=pay by=CENTRE due_on=2026-05-02 as=second"
    assert found(earlier, str(LATER)) == []
    assert only(earlier, "2026-05-30").due == LATER


@pytest.mark.parametrize(
    "other",
    ["event=ok row=pass-on-county", "event=submit-1 row=pay", f"finding={'5d' * 16}"],
)
def test_a_paper_about_something_else_moves_nothing(other: str) -> None:
    """Another row, another event, another finding; its twin is `IN_TIME`."""
    assert only(f"2026-03-09 waive F {other} by=CENTRE").state == "overdue"


def test_a_paper_under_another_fund_moves_nothing() -> None:
    """Whoever issues another fund waives nothing of this one."""
    other = "2026-01-13 fund G PROV\n" + IN_TIME.replace("waive F", "waive G")
    assert only(other).state == "overdue"


def test_a_finding_may_be_named_instead() -> None:
    """By its id, which is known once it is raised: then the due day is over."""
    one = only("", "2026-03-11")
    late = only(f"2026-03-19 waive F finding={one.id} by=CENTRE")
    assert (late.id, late.state, late.outstanding, late.figures["days_late"]) == (one.id, "lapsed", 0, 10)


def test_a_paper_reversed_was_none() -> None:
    """Its correction leaves the duty as it was."""
    assert only(IN_TIME + " as=w\n2026-03-20 void w by=CENTRE").state == "overdue"


def test_a_paper_written_back_decides_nothing_yet() -> None:
    """Recorded over ten working days late it counts from its recording; by its own date nothing would be late."""
    late = only(f"{IN_TIME} recorded=2026-04-20")
    assert (late.state, late.finding_class, late.amount_min) == ("lapsed", "indicated", 0)
    assert late.figures["days_late"] == 42
    assert found(f"{IN_TIME} recorded=2026-03-23") == []


def test_what_was_met_before_is_met() -> None:
    """A part paid counts, and only the rest is lifted."""
    assert found(f"2026-03-02 pay 500.00 L1 TR -> SUP claim=C1\n{IN_TIME}") == []
    late = only(
        "2026-03-02 pay 200.00 L1 TR -> SUP claim=C1\n2026-03-12 waive F event=ok row=pay by=CENTRE\n"
    )
    assert (late.amount, late.outstanding, late.state) == (30_000, 0, "lapsed")


def test_what_came_back_before_is_waived_with_it() -> None:
    """A payment returned in time and then waived is owed no more; returned after the paper it is not owed anew."""
    paid = "2026-03-02 pay 500.00 L1 TR -> SUP claim=C1 as=paid\n"
    back = "{} return 500.00 SUP -> TR event=paid\n"
    assert only(paid + back.format("2026-03-05")).state == "overdue"
    assert found(paid + back.format("2026-03-05") + IN_TIME) == []
    assert found(paid + IN_TIME + "\n" + back.format("2026-03-12")) == []


def test_passing_on_may_be_waived_too() -> None:
    """By the row that demands it of that level."""
    text = """
    2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F as=top
    2026-01-20 waive F event=top row={} by=CENTRE
    """
    assert judge(text.format("pass-on-province"), "2026-06-30", rule="F03") == []
    (late,) = judge(text.format("pass-on-city"), "2026-06-30", rule="F03")
    assert late.state == "overdue"
