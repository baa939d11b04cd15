# SPDX-License-Identifier: Apache-2.0
"""What is owed by which day, from the text of a ledger: lines to pass on, claims to pay, matching money to bring."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from api.projection.timetable import Timetable
from tests.scenarios.judging import STAGE, Bank
from tests.scenarios.language import scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.catalogue import MatchingWatch
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from api.projection.finding_board import Owed

TERM = 'match base=allocated num=1 den=4 level=county due_on=2026-06-30 basis="国办发 1"'
GRANT = """
2026-01-06 fund G CENTRE
  {term}
2026-01-06 account MA NA special bank=BK fund=G as=ma
2026-01-06 account TR2 NA unit_real bank=BK
2026-01-06 project PG WATER G
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=G as=top
2026-01-20 split L1 1000.00 PROV -> NA parent=L0 project=PG as=given
"""
MATCH = "2026-06-20 matched 250.00 NA -> MA fund=G from_account=TR2 as=match\n"


def owed(text: str, as_of: str, *, term: str = TERM) -> list[Owed]:
    """What is not settled on the day `as_of`."""
    made = scenario(GRANT.format(term=term) + text, stage=f"ledger \n{STAGE}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.fromisoformat(as_of),
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
            bank=Bank(said={"match": datetime.date(2026, 6, 20)}),
        )
        judgement, timetable = Judgement(case), Timetable(case)
        for posted in made.events:
            judgement.take(posted)
            timetable.take(posted)
        judgement.close()
        matching = next(one for one in judgement.watches if isinstance(one, MatchingWatch))
        return list(timetable.read(matching.facts)[1])


def matching(text: str, as_of: str, *, term: str = TERM) -> list[Owed]:
    """The matching money among it."""
    return [one for one in owed(text, as_of, term=term) if one.duty == "match"]


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-06-22", "open"),
        ("2026-06-23", "due_soon"),
        ("2026-06-30", "due_soon"),
        ("2026-07-01", "overdue"),
    ],
)
def test_matching_money_is_owed_before_its_day_and_after(as_of: str, state: str) -> None:
    """From the first allocation on; the due day belongs to the debtor, and seven days before it is due soon."""
    (one,) = matching("", as_of)
    assert (one.who, one.fund, one.line, one.state) == ("NA", "G", None, state)
    assert (one.amount, one.outstanding, one.due) == (25_000, 25_000, datetime.date(2026, 6, 30))
    assert one.soon_from == datetime.date(2026, 6, 23)
    assert one.id == f"{one.started:016d}-match-0"


def test_matching_money_that_came_is_not_owed() -> None:
    """A part of it leaves the rest; within the tolerance of the rule nothing is left."""
    assert matching(MATCH, "2026-06-25") == []
    assert matching(MATCH.replace("250.00", "248.75"), "2026-06-25") == []
    (one,) = matching(MATCH.replace("250.00", "100.00"), "2026-06-25")
    assert (one.amount, one.outstanding) == (25_000, 15_000)


@pytest.mark.parametrize("left_out", [" due_on=2026-06-30", ' basis="国办发 1"'])
def test_no_day_or_no_lawful_basis_is_no_matching_obligation(left_out: str) -> None:
    """Money in proportion has no day, and an unlawful demand obliges nobody."""
    assert matching("", "2026-06-25", term=TERM.replace(left_out, "")) == []
    assert len(matching("", "2026-06-25")) == 1


def test_nothing_is_owed_before_money_that_asks_for_it() -> None:
    """The day before the line was split to the county."""
    assert matching("", "2026-01-19") == []
    assert [one.outstanding for one in matching("", "2026-01-20")] == [25_000]


def test_an_obligation_keeps_its_name_when_another_one_is_met() -> None:
    """Names count every obligation that an entry started, met or not."""
    two = TERM + "\n  " + TERM.replace("due_on=2026-06-30", "due_on=2026-12-31").replace("den=4", "den=2")
    before = {one.due: one.id for one in matching("", "2026-06-19", term=two)}
    after = {one.due: one.id for one in matching(MATCH, "2026-06-25", term=two)}
    december = datetime.date(2026, 12, 31)
    assert len(before) == 2
    assert after == {december: before[december]}


@pytest.mark.parametrize(
    ("days", "soon_from"), [(30, datetime.date(2026, 5, 31)), (10**12, datetime.date.min)]
)
def test_a_policy_may_say_any_number_of_days(days: int, soon_from: datetime.date) -> None:
    """More days than the calendar has make a thing due soon from its first one on, and stop no judgement."""
    policy = f"2026-01-07 policy P\n  row a F04 soon={days}\n  row b F03 soon={days}\n"
    found = owed(policy + "2026-01-15 issue L9 500.00 CENTRE -> PROV fund=G\n", "2026-06-25")
    assert {one.soon_from for one in found if one.duty == "match"} == {soon_from}
    assert {one.duty for one in found} == {"match", "pass_on"}


DUE = """
2026-01-05 policy PP admits=publication/1
2026-01-05 fund A CENTRE v=2
  accepts 15 calendar 3
2026-01-06 project D WATER A
  milestone dig 开挖 BUILDER 2026-02-10
2026-02-02 contract K D BUILDER 500.00
2026-02-03 accept D pass contract=K value=200.00
2026-02-04 list G 2026-02 30 100.00 root=r1 line=L1 by=NA
2026-02-05 settle D 400.00 surplus=60.00 by=WATER
"""


def test_suppliers_lists_surplus_acceptance_and_disclosure_are_due() -> None:
    """From whom, how much, of what; what is no matter of money has no amount."""
    found = {(one.duty, one.who): one for one in owed(DUE, "2026-02-12")}
    amounts = {duty: one.amount for (duty, _), one in found.items()}
    assert (
        amounts.items()
        >= {
            "pay_supplier": 20_000,
            "pay_list": 10_000,
            "return_surplus": 6_000,
            "accept": None,
            "publish": None,
        }.items()
    )
    supplier, accept = found["pay_supplier", "WATER"], found["accept", "WATER"]
    assert (supplier.fund, supplier.line, supplier.project, supplier.matter) == ("A", None, "D", "K")
    assert (accept.fund, accept.project, accept.matter, str(accept.due)) == (None, "D", "dig", "2026-02-25")
    assert found["pay_list", "NA"].line == "L1"
    assert ("publish", "WATER") in found
    paid = DUE + "2026-02-11 pay 200.00 L1 TR2 -> SUP contract=K\n2026-02-12 accept D pass milestone=dig\n"
    assert {"pay_supplier", "accept"} & {one.duty for one in owed(paid, "2026-02-12")} == set()
