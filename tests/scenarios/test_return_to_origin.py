# SPDX-License-Identifier: Apache-2.0
"""F22 资金回流 (P4): money that comes back, over how many hops and days; what is left alone; how much is proved."""

import datetime
from itertools import pairwise

import pytest

from tests.scenarios.books import STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.tracing import homecoming
from verifier.workspace import Workspace

# A person related to the unit, two other suppliers, and statements of the first supplier's account.
MORE = """
    2026-01-06 party   BOSS payee beneficiary related=UNIT
    2026-01-06 party   SHELL payee supplier
    2026-01-06 account BO BOSS personal bank=BK
    2026-01-06 account OT OTHER supplier bank=BK
    2026-01-06 account SH SHELL supplier bank=BK
    2026-01-06 account SB SUP supplier bank=BK
    2026-02-01 transfer 5000.00 TR -> UA tag=F/grant/LF as=feed
"""
PAID = """
    2026-02-10 use 400.00 UA SUP to_account=SB tag=F/grant/LF as=bill
    2026-02-10 credit 400.00 SB counterparty=UA
"""


def found(text: str, *, as_of: str = "2026-06-30") -> list[Finding]:
    """The findings of F22."""
    return judge(scenario(f"ledger \n{STAGE}{MORE}{text}"), as_of, rule="F22")


def only(text: str) -> Finding:
    """The one finding of F22."""
    (one,) = found(text)
    return one


def test_money_that_a_supplier_pays_to_a_related_person_came_back() -> None:
    """P4: 300 of 400 within four days; the finding names payment, way and share."""
    one = only(f"{PAID}    2026-02-14 debit 300.00 SB counterparty=BO")
    assert (one.amount_min, one.amount, one.outstanding) == (0, 30_000, 30_000)
    assert (one.finding_class, one.severity) == ("indicated", "orange")
    assert one.subject == ("F", "UNIT/bill/0")
    assert [[(step.event, step.from_, step.to) for step in path] for path in one.paths] == [
        [("UNIT/bill/0", "UA", "SB"), ("BK/debit-1/0", "SB", "BO")]
    ]
    assert (one.first_event, one.decisive_event) == ("UNIT/bill/0", "BK/debit-1/0")
    assert one.figures["days"] == 4
    assert "75%" in one.explanation.zh


def test_its_innocent_twin_pays_somebody_unrelated() -> None:
    """The same payment to a party that nothing ties to the unit."""
    assert found(f"{PAID}    2026-02-14 debit 300.00 SB counterparty=OT") == []


@pytest.mark.parametrize(("amount", "number"), [("200.00", 1), ("199.99", 0)])
def test_half_must_come_back(amount: str, number: int) -> None:
    """At least `share` per cent of the payment."""
    assert len(found(f"{PAID}    2026-02-14 debit {amount} SB counterparty=BO")) == number


@pytest.mark.parametrize(("day", "number"), [("2026-03-12", 1), ("2026-03-13", 0), ("2026-02-09", 0)])
def test_it_must_come_back_within_thirty_days(day: str, number: int) -> None:
    """The day of the payment is not counted; what went before it is none of it."""
    assert len(found(f"{PAID}    {day} debit 300.00 SB counterparty=BO")) == number


def chain(length: int) -> str:
    """A payment whose money passes over `length` hops in all, the last into the account of the related person."""
    parties = "".join(f"    2026-01-06 party M{n} payee supplier\n" for n in range(length))
    accounts = "".join(f"    2026-01-06 account N{n} M{n} supplier bank=BK\n" for n in range(length))
    stops = ["SB", *(f"N{n}" for n in range(length - 2)), "BO"]
    hops = "".join(
        f"    2026-02-{11 + at} debit 300.00 {giver} counterparty={taker}\n"
        for at, (giver, taker) in enumerate(pairwise(stops))
    )
    return f"\n{parties}{accounts}{PAID}{hops}"


@pytest.mark.parametrize(("length", "number"), [(3, 1), (6, 1), (7, 0)])
def test_at_most_six_hops(length: int, number: int) -> None:
    """Payment and last hop counted."""
    findings = found(chain(length))
    assert len(findings) == number
    assert all(len(one.paths[0]) == length for one in findings)


def test_parts_over_several_ways_add_up() -> None:
    """120 straight, 100 over a shell company: 220 of 400; the shell's own 500 are not counted beyond what it got."""
    one = only(
        f"""{PAID}
    2026-02-12 debit 120.00 SB counterparty=BO
    2026-02-12 debit 100.00 SB counterparty=SH
    2026-02-13 debit 500.00 SH counterparty=BO
"""
    )
    assert (one.amount, one.figures["ways"]) == (22_000, 2)


def test_one_return_is_of_one_payment() -> None:
    """Two payments of 400, one return of 400: it is the return of the first, and of nothing else."""
    again = "    2026-02-11 use 400.00 UA SUP to_account=SB tag=F/grant/LF as=second\n"
    (one,) = found(f"{PAID}{again}    2026-02-14 debit 400.00 SB counterparty=BO")
    assert one.first_event == "UNIT/bill/0"


def test_a_return_into_the_payers_account_is_left_alone() -> None:
    """An over-payment that the unit books as a return; the same credit that nobody explains is a finding."""
    credit = "    2026-02-14 credit 300.00 UA counterparty=SB\n"
    closed = "    2026-02-28 closed UA 2026-02-01..2026-02-28 9000.00\n"
    bill = PAID.replace(
        "    2026-02-10 credit", "    2026-02-10 debit 400.00 UA counterparty=SB\n    2026-02-10 credit"
    )
    assert len(found(f"{bill}{credit}{closed}")) == 1
    told = "    2026-02-14 return 300.00 SB -> UA event=bill\n"
    assert found(f"{bill}{told}{credit}{closed}") == []


def test_a_return_to_somebody_else_clears_nothing() -> None:
    """Called a return, and paid to the related person."""
    assert (
        len(
            found(
                f"{PAID}    2026-02-14 return 300.00 SB -> BO\n    2026-02-14 debit 300.00 SB counterparty=BO"
            )
        )
        == 1
    )


def test_wages_and_taxes_are_left_alone() -> None:
    """Into a wage account of the unit, or into the treasury."""
    wage = "    2026-01-07 account WG UNIT wage\n"
    assert found(f"\n{wage}{PAID}    2026-02-14 debit 300.00 SB counterparty=WG") == []
    treasury = "    2026-01-07 account TU UNIT treasury_single\n"
    assert found(f"\n{treasury}{PAID}    2026-02-14 debit 300.00 SB counterparty=TU") == []


def test_a_payment_to_a_related_party_is_another_matter() -> None:
    """What is paid to the related person at once does not come back."""
    paid = "    2026-02-10 use 400.00 UA BOSS to_account=BO tag=F/grant/LF\n"
    assert found(f"{paid}    2026-02-14 debit 300.00 BO counterparty=UA") == []


STATED = """
    2026-02-28 closed SB 2026-02-01..2026-02-28 {opening}
    2026-02-28 closed UA 2026-02-01..2026-02-28 9000.00
"""


@pytest.mark.parametrize(("opening", "least"), [("0.00", 30_000), ("250.00", 5_000), ("300.00", 0)])
def test_it_is_proved_as_far_as_nothing_else_could_have_paid(opening: str, least: int) -> None:
    """LIBR on the intermediary: with 250 of its own, 50 of the 300 must have been the payment."""
    bill = PAID.replace(
        "    2026-02-10 credit", "    2026-02-10 debit 400.00 UA counterparty=SB\n    2026-02-10 credit"
    )
    one = only(f"{bill}    2026-02-14 debit 300.00 SB counterparty=BO{STATED.format(opening=opening)}")
    assert (one.amount_min, one.finding_class) == (least, "proved" if least else "indicated")


def test_money_that_left_otherwise_in_between_proves_nothing() -> None:
    """The supplier's account was empty before it was filled again: what it paid then was other money."""
    text = f"""{PAID}
    2026-02-12 debit 400.00 SB counterparty=OT
    2026-02-13 credit 500.00 SB counterparty=OT
    2026-02-14 debit 300.00 SB counterparty=BO
    2026-02-28 closed SB 2026-02-01..2026-02-28 0.00
"""
    assert only(text).amount_min == 0


def test_general_money_hides_a_split_payment_only_once() -> None:
    """400 go back in three parts through an account with 100 of its own: 300 of them must have been the payment."""
    bill = PAID.replace(
        "    2026-02-10 credit", "    2026-02-10 debit 400.00 UA counterparty=SB\n    2026-02-10 credit"
    )
    parts = "".join(
        f"    2026-02-{day} debit {amount} SB counterparty=BO\n"
        for day, amount in ((14, "90.00"), (16, "110.00"), (18, "200.00"))
    )
    one = only(f"{bill}{parts}{STATED.format(opening='100.00')}")
    assert (one.amount_min, one.amount, one.figures["ways"]) == (30_000, 40_000, 3)


def test_certainty_is_carried_from_account_to_account() -> None:
    """The first account held 100 of its own, the second 50: 250 of the 400 must have come all the way."""
    bill = PAID.replace(
        "    2026-02-10 credit", "    2026-02-10 debit 400.00 UA counterparty=SB\n    2026-02-10 credit"
    )
    text = f"""{bill}
    2026-02-12 debit 400.00 SB counterparty=SH
    2026-02-12 credit 400.00 SH counterparty=SB
    2026-02-14 debit 400.00 SH counterparty=BO
    2026-02-28 closed SH 2026-02-01..2026-02-28 50.00
{STATED.format(opening="100.00")}"""
    assert (only(text).amount_min, only(text).amount) == (25_000, 40_000)
    unseen = text.replace("    2026-02-28 closed SH 2026-02-01..2026-02-28 50.00\n", "")
    assert only(unseen).amount_min == 0


def test_debits_that_lead_elsewhere_may_have_taken_it() -> None:
    """On the day on which 300 went home 300 went elsewhere too: with 200 other money 100 of the 300 are certain."""
    bill = PAID.replace(
        "    2026-02-10 credit", "    2026-02-10 debit 400.00 UA counterparty=SB\n    2026-02-10 credit"
    )
    text = f"""{bill}
    2026-02-14 debit 300.00 SB counterparty=OT
    2026-02-14 debit 300.00 SB counterparty=BO
{STATED.format(opening="200.00")}"""
    assert only(text).amount_min == 10_000


def test_a_search_that_was_cut_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many ways to follow: counted as not judged, never as clean."""
    text = (
        f"{PAID}    2026-02-12 debit 1.00 SB counterparty=OT\n    2026-02-14 debit 300.00 SB counterparty=BO"
    )
    assert len(found(text)) == 1
    monkeypatch.setattr(homecoming, "WORK_MAX", 1)
    assert not_judged(f"{STAGE}{MORE}{text}") == 1


def not_judged(text: str) -> int:
    """How many payments F22 could not follow to the end."""
    made = scenario(f"ledger \n{text}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date(2026, 6, 30),
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        judgement = Judgement(case)
        for posted in made.events:
            judgement.take(posted)
        judgement.close()
        return sum(gap.count for gap in judgement.gaps if gap.rule == "F22")


def test_what_is_not_in_the_ledger_is_not_found() -> None:
    """Undecidable: no line of the supplier, no finding, and nothing is said to be clean by it."""
    assert found(PAID) == []
    assert found(f"{PAID}    2026-02-14 debit 300.00 SB counterparty=BO", as_of="2026-02-13") == []


def test_corrected_lines_never_were() -> None:
    """A bank line that its bank reversed brings nothing back."""
    text = f"{PAID}    2026-02-14 debit 300.00 SB counterparty=BO as=back\n"
    assert found(f"{text}    2026-02-16 void back") == []
