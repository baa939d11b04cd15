# SPDX-License-Identifier: Apache-2.0
"""F04 滞拨: violations, innocent twins that differ in the decisive fact alone, and what cannot be decided."""

import datetime
from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

# Approved on Thursday 5 February: 30 days end on Saturday 7 March, hence due on Monday 9 March.
CLAIM = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-12 split L1 1000.00 PROV -> NA parent=L0 project=P
2026-02-02 submit C1 500.00 project=P line=L1 by=WATER
2026-02-05 approve C1 500.00 project=P line=L1 by=NA as=ok
"""
DUE = datetime.date(2026, 3, 9)


def found(text: str, as_of: str = "2026-06-30", **more: Unpack[Varied]) -> list[Finding]:
    """The F04 findings of the claim followed by `text`."""
    return judge(CLAIM + text, as_of, rule="F04", **more)


def only(text: str, as_of: str = "2026-06-30", **more: Unpack[Varied]) -> Finding:
    """The one F04 finding of the claim followed by `text`."""
    (one,) = found(text, as_of, **more)
    return one


def test_unpaid_claim_is_overdue_and_proved() -> None:
    """Nothing paid: the approver's own admission and the absence of an authority entry prove it."""
    one = only("")
    assert (one.finding_class, one.state, one.due) == ("proved", "overdue", DUE)
    assert (one.amount, one.amount_min, one.outstanding) == (50_000, 50_000, 50_000)
    assert one.decisive_on == datetime.date(2026, 3, 10)
    assert one.severity == "red"
    assert (one.fund, one.line, one.parties) == ("F", "L1", ("NA",))
    assert one.calendars == ("CN/1",)
    assert one.marks == ()
    assert one.subject == ("NA/ok/0", "pay")
    assert one.parameters["days"] == 30
    assert "30 calendar days" in one.explanation.en
    assert "113 days late" in one.explanation.en
    assert "逾期 113 天" in one.explanation.zh


@pytest.mark.parametrize("as_of", ["2026-02-05", "2026-03-08", "2026-03-09"])
def test_nothing_is_late_before_the_due_day_is_over(as_of: str) -> None:
    """The due day itself still belongs to the debtor."""
    assert found("", as_of) == []
    assert only("", "2026-03-10").severity == "orange"


def test_paid_on_the_due_day_is_in_time() -> None:
    """The innocent twin of a payment one day later."""
    assert found("2026-03-09 pay 500.00 L1 TR -> SUP claim=C1") == []
    late = only("2026-03-10 pay 500.00 L1 TR -> SUP claim=C1")
    assert (late.state, late.amount, late.outstanding, late.severity) == ("met_late", 50_000, 0, "yellow")
    assert late.figures["days_late"] == 1
    assert late.finding_class == "proved"
    assert "1 day late" in late.explanation.en


def test_partial_payments_reduce_what_is_unmet() -> None:
    """Amount is what was unmet at the end of the due day, outstanding what is unmet now."""
    one = only(
        """
        2026-02-20 pay 200.00 L1 TR -> SUP claim=C1
        2026-04-01 pay 100.00 L1 TR -> SUP claim=C1
        """
    )
    assert (one.amount, one.outstanding, one.state) == (30_000, 20_000, "overdue")
    assert one.figures["met_in_time"] == 20_000
    assert one.figures["met_late"] == 10_000
    assert one.accounts == ("TR",)
    assert len(one.evidence) == 3
    assert [entry.seq for entry in one.evidence] == sorted(entry.seq for entry in one.evidence)


def test_unnamed_payments_meet_the_oldest_claim_first() -> None:
    """By (start, position); a named one goes to its claim, its excess nowhere (O7)."""
    second = """
    2026-02-06 submit C2 300.00 project=P line=L1 by=WATER
    2026-02-09 approve C2 300.00 project=P line=L1 by=NA as=ok2
    """
    oldest = found(second + "2026-02-20 pay 500.00 L1 TR -> SUP")
    assert [one.subject[0] for one in oldest] == ["NA/ok2/0"]
    named = found(second + "2026-02-20 pay 500.00 L1 TR -> SUP claim=C2")
    assert [(one.subject[0], one.amount) for one in named] == [("NA/ok/0", 50_000)]


@pytest.mark.parametrize("trait", ["project=P2", "contract=K2", "payee=OTHER"])
def test_a_payment_for_something_else_meets_nothing(trait: str) -> None:
    """What both sides say must agree; what one leaves out does not matter."""
    text = """
    2026-02-06 submit C2 300.00 project=P line=L1 by=WATER
    2026-02-09 approve C2 300.00 project=P line=L1 contract=K1 payee=BUILDER by=NA as=ok2
    2026-02-10 pay 500.00 L1 TR -> SUP claim=C1
    2026-02-10 pay 300.00 L1 TR -> SUP {}
    """
    assert found(text.format("")) == []
    assert [one.amount for one in found(text.format(trait))] == [30_000]


def test_a_payment_before_the_approval_never_counts() -> None:
    """On the day of approval it does."""
    assert only("2026-02-04 pay 500.00 L1 TR -> SUP claim=C1").amount == 50_000
    assert found("2026-02-05 pay 500.00 L1 TR -> SUP claim=C1") == []


def test_a_payment_from_another_line_meets_the_claim_it_names() -> None:
    """Unnamed it does not."""
    other = "2026-01-12 issue L2 900.00 CENTRE -> NA fund=F project=P\n"
    assert found(other + "2026-02-20 pay 500.00 L2 TR -> SUP claim=C1") == []
    assert only(other + "2026-02-20 pay 500.00 L2 TR -> SUP").amount == 50_000


def test_a_claim_returned_in_time_owes_nothing() -> None:
    """Returned on the due day it is off; a day later the finding stays with nothing outstanding (O12)."""
    assert found("2026-03-09 reject C1 project=P by=NA") == []
    one = only("2026-03-10 reject C1 project=P by=NA as=no")
    assert (one.state, one.amount, one.outstanding) == ("lapsed", 50_000, 0)
    assert one.marks == ("lapsed",)
    assert "NA/no/0" in {entry.name for entry in one.evidence}


def test_a_new_approval_opens_a_new_obligation() -> None:
    """After a return the claim is approved again, and that one is late."""
    one = only(
        """
        2026-02-20 reject C1 project=P by=NA
        2026-03-02 approve C1 400.00 project=P line=L1 by=NA as=again
        """
    )
    assert (one.subject[0], one.amount, one.due) == ("NA/again/0", 40_000, datetime.date(2026, 4, 1))


def test_an_approval_reversed_in_time_never_was() -> None:
    """Reversed later, the finding stays and says so."""
    assert found("2026-03-09 void ok by=NA") == []
    one = only("2026-03-20 void ok by=NA")
    assert (one.state, one.outstanding, one.marks) == ("corrected", 0, ("corrected",))
    assert one.amount == 50_000


def test_a_claim_withdrawn_by_reversing_its_submission_is_off() -> None:
    """As if it had been returned on that day."""
    asked = CLAIM.replace("by=WATER", "by=WATER as=asked")
    assert judge(asked + "2026-03-09 void asked by=WATER", "2026-06-30", rule="F04") == []
    (one,) = judge(asked + "2026-03-10 void asked by=WATER", "2026-06-30", rule="F04")
    assert (one.state, one.outstanding) == ("lapsed", 0)


def test_a_payment_dated_before_its_line_is_no_crash() -> None:
    """As of a day on which the payment is dated and the line is not yet."""
    text = """
    2026-02-10 issue L9 500.00 CENTRE -> NA fund=F as=late
    2026-02-10 submit C9 500.00 project=P line=L9 by=WATER
    2026-02-08 approve C9 500.00 project=P line=L9 by=NA as=ok9
    2026-02-09 pay 500.00 L9 TR -> SUP claim=C9
    """
    assert found(text, "2026-02-09") == []


def test_a_reversed_payment_never_was() -> None:
    """The obligation is unmet from its due day; it could be known when the payment was reversed."""
    pay = "2026-03-01 pay 500.00 L1 TR -> SUP claim=C1 as=paid\n"
    assert found(pay) == []
    one = only(pay + "2026-04-20 void paid by=NA")
    assert (one.amount, one.outstanding, one.decisive_on) == (50_000, 50_000, datetime.date(2026, 4, 20))
    assert found(pay + "2026-04-20 void paid by=NA", "2026-04-19") == []


def test_a_returned_payment_is_owed_anew() -> None:
    """The old obligation stays met; the new one has the same days from the return (O8)."""
    text = """
    2026-03-01 pay 500.00 L1 TR -> SUP claim=C1 as=paid
    2026-03-16 return 120.00 SUP -> TR event=paid by=BK as=back
    """
    one = only(text)
    assert (one.amount, one.due, one.finding_class) == (12_000, datetime.date(2026, 4, 15), "proved")
    assert one.subject == ("BK/back/0", "pay", "NA/ok/0")
    assert {entry.name for entry in one.evidence} == {"BK/back/0", "NA/ok/0"}
    assert found(text + "2026-04-15 pay 120.00 L1 TR -> SUP claim=C1") == []
    by_payee = text.replace("by=BK as=back", "by=BUILDER as=back")
    assert only(by_payee).finding_class == "indicated"


def test_a_return_reaches_the_last_matched_part_first() -> None:
    """Of a payment over two claims, what comes back reopens the younger; excess comes back for nothing."""
    text = """
    2026-02-06 submit C2 300.00 project=P line=L1 by=WATER
    2026-02-09 approve C2 300.00 project=P line=L1 by=NA as=ok2
    2026-02-20 pay 850.00 L1 TR -> SUP as=paid
    2026-03-02 return {} SUP -> TR event=paid by=BK as=back
    """
    assert found(text.format("50.00")) == []
    assert [(one.subject[2], one.amount) for one in found(text.format("150.00"))] == [("NA/ok2/0", 10_000)]
    both = found(text.format("400.00"))
    assert {(one.subject[2], one.amount) for one in both} == {("NA/ok2/0", 30_000), ("NA/ok/0", 5_000)}


def test_nothing_reopens_under_a_claim_that_was_returned() -> None:
    """Money that comes back for a claim that was withdrawn is owed to nobody."""
    text = """
    2026-02-20 pay 200.00 L1 TR -> SUP claim=C1 as=paid
    2026-03-01 reject C1 project=P by=NA
    2026-03-02 return 200.00 SUP -> TR event=paid by=BK
    """
    assert found(text) == []


PAY = "2026-03-06 pay 500.00 L1 TR -> SUP claim=C1 as=paid"


def test_where_the_bank_is_fed_its_date_counts() -> None:
    """Reported in time and booked late is late; booked in time is met (O1)."""
    assert found(PAY, bank={"paid": "2026-03-09"}) == []
    one = only(PAY, bank={"paid": "2026-03-11"})
    assert (one.state, one.finding_class, one.marks) == ("met_late", "proved", ())
    assert found(PAY) == []


def test_a_report_that_the_bank_refutes_fulfils_nothing() -> None:
    """The statements cover the days, and the line is not there."""
    one = only(PAY, bank={"paid": "refuted"})
    assert (one.state, one.finding_class, one.outstanding) == ("overdue", "proved", 50_000)


def test_a_report_that_the_bank_may_still_bear_out_is_undecidable() -> None:
    """Neither clean nor a breach: listed apart."""
    one = only(PAY, bank={"paid": "pending"})
    assert (one.finding_class, one.amount_min, one.amount) == ("undecidable", 0, 50_000)
    assert one.marks == ("pending",)
    assert "cannot be decided" in one.explanation.en


def test_what_is_unmet_even_with_pending_lines_is_proved() -> None:
    """The provable minimum counts every line that may still come."""
    one = only(PAY.replace("500.00", "350.00"), bank={"paid": "pending"})
    assert (one.finding_class, one.amount_min, one.amount) == ("proved", 15_000, 50_000)


def test_a_backdated_report_counts_from_its_recording() -> None:
    """Over ten working days late it no longer proves a date (T2); in a historical ledger it does."""
    late = "2026-03-06 pay 500.00 L1 TR -> SUP claim=C1 recorded={}"
    assert found(late.format("2026-03-20")) == []
    one = only(late.format("2026-03-23"))
    assert (one.state, one.finding_class, one.amount_min) == ("met_late", "indicated", 0)
    assert found(late.format("2026-03-23"), ledger="historical=true") == []


def test_an_approval_that_is_not_the_payers_own_is_indicated() -> None:
    """The unit cannot admit for the bureau; a transcriber can admit for nobody."""
    text = CLAIM.replace("by=NA as=ok", "by=WATER as=ok")
    (one,) = judge(text, "2026-06-30", rule="F04")
    assert one.finding_class == "indicated"


def test_without_the_calendar_of_the_year_it_is_provisional() -> None:
    """Monday to Friday stand in, and the finding is at most indicated (O5)."""
    text = """
    2027-02-01 submit C9 100.00 project=P line=L1 by=WATER
    2027-02-05 approve C9 100.00 project=P line=L1 by=NA as=next
    """
    one = next(one for one in found(text, "2027-06-30") if one.subject[0] == "NA/next/0")
    assert (one.finding_class, one.marks, one.calendars) == ("indicated", ("provisional",), ("mon-fri/2027",))
    adopted = text + "2027-02-06 calendar CN 2027 version=2"
    firm = next(one for one in found(adopted, "2027-06-30") if one.subject[0] == "NA/next/0")
    assert firm.finding_class == "proved"


def test_the_fund_says_how_many_days_there_are() -> None:
    """Ten working days instead of thirty calendar days; who the fund does not name owes by no convention."""
    fund = """
    2026-01-11 fund F CENTRE version=2
      deadline pay 10 working basis="资金办法 9" {}
    """
    strict = judge(fund.format("") + CLAIM, "2026-06-30", rule="F04")
    assert [one.due for one in strict] == [datetime.date(2026, 2, 27)]
    assert strict[0].basis.zh == "资金办法 9"
    assert judge(fund.format("level=city") + CLAIM, "2026-06-30", rule="F04") == []


def test_a_policy_acts_from_its_position_on() -> None:
    """An approval before it is judged by the old days."""
    policy = """
    2026-02-06 policy PAY
      row a F04 days=60
    """
    assert only(policy).due == DUE
    moved = policy.replace("2026-02-06", "2026-02-03")
    (one,) = judge(CLAIM.replace("2026-02-05", moved + "2026-02-05"), "2026-06-30", rule="F04")
    assert one.due == datetime.date(2026, 4, 6)


def test_recorded_late_it_could_not_be_known_earlier() -> None:
    """The decisive date is never before the trigger was on record."""
    text = CLAIM.replace("by=NA as=ok", "by=NA as=ok recorded=2026-05-06")
    (one,) = judge(text, "2026-06-30", rule="F04")
    assert one.decisive_on == datetime.date(2026, 5, 6)


def test_known_by_cuts_the_prefix() -> None:
    """A payment beyond the position was not known."""
    paid = "2026-03-02 pay 500.00 L1 TR -> SUP claim=C1"
    assert found(paid) == []
    seq = only("").evidence[0].seq
    one = only(paid, known_by=seq)
    assert (one.known_by, one.amount) == (seq, 50_000)
