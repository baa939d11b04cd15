# SPDX-License-Identifier: Apache-2.0
"""F03 下达滞后: violations, innocent twins that differ in the decisive fact alone, and what cannot be decided."""

import datetime
from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

# Received on Saturday 10 January: 30 days end on Monday 9 February.
RECEIVED = "2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F as=got\n"
DUE = datetime.date(2026, 2, 9)
ALL = "2026-02-09 split L1 1000.00 PROV -> CITY parent=L0\n"


def found(text: str, as_of: str = "2026-02-28", **more: Unpack[Varied]) -> list[Finding]:
    """The F03 findings of the line received, followed by `text`."""
    return judge(RECEIVED + text, as_of, rule="F03", **more)


def only(text: str, as_of: str = "2026-02-28", **more: Unpack[Varied]) -> Finding:
    """The one F03 finding of the line received, followed by `text`."""
    (one,) = found(text, as_of, **more)
    return one


def test_a_line_kept_by_the_province_is_overdue_and_proved() -> None:
    """Trigger and fulfilment are authority entries: their absence proves it."""
    one = only("")
    assert (one.finding_class, one.state, one.due) == ("proved", "overdue", DUE)
    assert (one.amount, one.outstanding, one.line) == (100_000, 100_000, "L0")
    assert one.parties == ("PROV",)
    assert one.decisive_on == datetime.date(2026, 2, 10)
    assert "第五十二条" in one.basis.zh
    assert one.parameters["status"] == "law"
    assert "received CNY 1,000.00 to pass on from line L0" in one.explanation.en


def test_passed_on_by_the_due_day_it_is_clean() -> None:
    """One day later it is met late."""
    assert found(ALL) == []
    late = only(ALL.replace("02-09", "02-10"))
    assert (late.state, late.amount, late.outstanding, late.severity) == ("met_late", 100_000, 0, "yellow")


def test_the_due_day_rolls_over_the_spring_festival() -> None:
    """Received on 20 January: 30 days end inside the holiday, due on the day after it."""
    text = RECEIVED.replace("01-10", "01-20")
    due = datetime.date(2026, 2, 24)
    assert judge(text, "2026-02-24", rule="F03") == []
    (one,) = judge(text, "2026-02-25", rule="F03")
    assert one.due == due


def test_what_is_kept_is_the_line_less_children_payments_and_recalls() -> None:
    """1000 − 400 to the city − 100 paid − 200 taken back before the due day = 300 kept."""
    one = only(
        """
        2026-01-20 split L1 400.00 PROV -> CITY parent=L0
        2026-01-21 pay 100.00 L0 TR -> SUP by=PROV
        2026-02-09 recall L0 200.00 PROV -> CENTRE
        2026-02-10 recall L0 50.00 PROV -> CENTRE
        """
    )
    assert one.amount == 30_000
    assert one.outstanding == 25_000
    assert one.figures["taken_back"] == 20_000
    assert one.figures["no_longer_owed"] == 5_000
    assert "1,000.00 − CNY 200.00 taken back − CNY 500.00 passed on" in one.explanation.en


def test_a_recall_in_time_of_everything_leaves_nothing() -> None:
    """What the centre took back need not be passed on."""
    assert found("2026-02-01 recall L0 1000.00 PROV -> CENTRE") == []


def test_each_receipt_has_its_own_clock() -> None:
    """A later increase is due later; what is lowered again undoes the latest receipt."""
    raised = "2026-02-05 adjust L0 500.00 CENTRE -> PROV direction=increase as=more\n"
    one = only(raised + ALL, "2026-03-31")
    assert (one.subject[0], one.amount, one.due) == ("CENTRE/more/0", 50_000, datetime.date(2026, 3, 9))
    assert (
        found(raised + ALL + "2026-03-01 adjust L0 500.00 PROV -> CENTRE direction=decrease", "2026-03-31")
        == []
    )


def test_what_a_child_gives_back_is_to_be_passed_on_anew() -> None:
    """From the day it came back."""
    back = ALL + "2026-02-20 recall L1 300.00 CITY -> PROV as=back\n"
    one = only(back, "2026-03-31")
    assert (one.subject[0], one.parties, one.amount) == ("PROV/back/0", ("PROV",), 30_000)
    assert one.due == datetime.date(2026, 3, 23)
    assert found(back + "2026-03-23 split L2 300.00 PROV -> NA parent=L0", "2026-03-31") == []


def test_a_split_to_oneself_passes_nothing_on() -> None:
    """The children of the reserve do."""
    own = "2026-01-12 split LR 1000.00 PROV -> PROV parent=L0\n"
    assert only(own).amount == 100_000
    assert found(own + "2026-01-15 split L1 1000.00 PROV -> CITY parent=LR") == []


def test_every_finance_party_owes() -> None:
    """The city holds on to what the province passed on; the convention gives it 60 days."""
    one = only(ALL, "2026-06-30")
    assert (one.parties, one.line, one.parameters["status"]) == (("CITY",), "L1", "convention")
    assert one.due == datetime.date(2026, 4, 10)
    assert "惯例" in one.basis.zh


def test_units_owe_nothing() -> None:
    """A line that reached the unit has arrived."""
    assert found("2026-01-20 split L1 1000.00 PROV -> WATER parent=L0", "2026-12-31") == []


def test_a_line_for_a_project_of_the_own_unit_is_own_use() -> None:
    """The county pays for the project of its unit; the city would have to pass the same line on."""
    own = "2026-01-20 split L1 1000.00 PROV -> NA parent=L0 project=P"
    assert found(own, "2026-12-31") == []
    assert only(own.replace("NA", "CITY"), "2026-12-31").parties == ("CITY",)
    assert only(own.replace(" project=P", ""), "2026-12-31").parties == ("NA",)


def test_own_use_may_be_permitted_in_part() -> None:
    """A quarter may stay: 250 of 1000."""
    policy = "2026-01-08 policy OWN\n  row a F03 own_use=250 level=province\n"
    (one,) = judge(policy + RECEIVED, "2026-02-28", rule="F03")
    assert one.amount == 75_000
    assert judge(policy.replace("250", "1000") + RECEIVED, "2026-02-28", rule="F03") == []


@pytest.mark.parametrize(("flag", "due"), [("01", "2026-02-28"), ("09", "2026-03-30")])
def test_direct_funds_have_thirty_days_everywhere(flag: str, due: str) -> None:
    """The flag of the top line goes down with the money; the city's 60 days are for other funds."""
    direct = RECEIVED.replace("as=got", f"direct={flag}")
    (one,) = judge(direct + "2026-01-29 split L1 1000.00 PROV -> CITY parent=L0", "2026-12-31", rule="F03")
    assert one.due == datetime.date.fromisoformat(due)


def test_a_level_without_a_limit_is_a_gap_and_no_finding() -> None:
    """Nothing says when a township must pass on."""
    text = """
    2026-01-09 party TOWN township finance parent=NA
    2026-01-20 split L1 1000.00 PROV -> TOWN parent=L0
    """
    assert found(text, "2026-12-31") == []


def test_a_correction_of_the_split_leaves_the_line_unpassed() -> None:
    """As if it had never been; known only when it was reversed."""
    one = only(ALL.replace("02-09", "02-01").strip() + " as=split\n2026-02-20 void split by=PROV")
    assert (one.amount, one.decisive_on) == (100_000, datetime.date(2026, 2, 20))


def test_a_split_recorded_long_after_its_date_is_indicated() -> None:
    """Ten working days are tolerated (T2)."""
    assert found(ALL.strip() + " recorded=2026-03-02", "2026-03-31") == []
    one = only(ALL.strip() + " recorded=2026-03-03", "2026-03-31")
    assert (one.state, one.finding_class) == ("met_late", "indicated")


def test_a_payment_the_bank_may_still_show_is_undecidable() -> None:
    """Until the statement comes nobody can tell whether the line was paid out."""
    text = "2026-02-02 pay 1000.00 L0 TR -> SUP by=PROV as=paid"
    assert found(text, bank={"paid": "2026-02-09"}) == []
    assert only(text, bank={"paid": "2026-02-10"}).state == "met_late"
    assert only(text, bank={"paid": "pending"}).finding_class == "undecidable"
    assert only(text, bank={"paid": "refuted"}).finding_class == "proved"


def test_transcribed_triggers_are_marked() -> None:
    """Whoever copies a register admits nothing for the one who wrote it."""
    text = RECEIVED.replace("as=got", "by=SCRIBE as=copied")
    (one,) = judge(text, "2026-02-28", rule="F03", ledger="historical=true")
    assert (one.finding_class, one.marks) == ("indicated", ("historical",))
