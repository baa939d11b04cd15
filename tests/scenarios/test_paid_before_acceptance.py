# SPDX-License-Identifier: Apache-2.0
"""F17: payments on a contract before what they pay for was accepted (semantics P2, P7)."""

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F
  milestone dig 开挖 WATER 2026-03-31
2026-01-06 contract C D BUILDER 100.00 advance_cap=30.00 as=agreed
2026-01-06 contract S D BUILDER 100.00 category=services as=care
2026-01-06 contract W D BUILDER 100.00 as=wall
  stage lining 衬砌
2026-01-06 fund G CENTRE v=2
  accepts 15 calendar 3
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F project=D
2026-01-10 issue M0 1000.00 CENTRE -> NA fund=G project=D
"""
EARLY = "2026-03-02 pay 50.00 L0 TR -> SUP project=D contract=C as=early\n"
LATER = "2026-04-01 accept D pass contract=C value=60.00 by=WATER as=done\n"


def found(text: str) -> list[Finding]:
    """The findings of F17 in the world followed by `text`."""
    return judge(WORLD + text, "2026-12-31", rule="F17")


def test_paid_before_the_acceptance_that_the_unit_dates_later() -> None:
    """Proved, for what goes beyond the cap; the twin was accepted on the day of the payment."""
    (one,) = found(EARLY + LATER)
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("proved", "orange", 2_000, 2_000)
    assert (one.subject, one.decisive_event, one.fund) == (("C",), "NA/early/0", "F")
    assert one.figures == {"paid_early": 5_000, "advance": 3_000, "early": 2_000}
    assert "2026-04-01" in one.explanation.en
    assert found(LATER.replace("04-01", "03-02") + EARLY) == []


def test_without_any_acceptance_it_is_indicated() -> None:
    """One may lie outside the ledger; a failed one is none."""
    for text in (EARLY, "2026-03-01 accept D fail contract=C by=WATER\n" + EARLY):
        (one,) = found(text)
        assert (one.finding_class, one.severity, one.amount_min, one.amount) == (
            "indicated",
            "yellow",
            0,
            2_000,
        )


def test_a_partial_acceptance_leaves_it_undecidable() -> None:
    """Nothing tells what of the work was accepted; never clean."""
    (one,) = found("2026-03-01 accept D partial contract=C value=60.00 by=WATER\n" + EARLY + LATER)
    assert (one.finding_class, one.amount_min, one.amount, one.marks) == (
        "undecidable",
        0,
        2_000,
        ("unresolved",),
    )


def test_p2_a_referenced_return_lowers_nothing() -> None:
    """What came back had been paid before acceptance all the same."""
    (one,) = found(f"{EARLY}2026-03-20 return 50.00 SUP -> TR event=early\n{LATER}")
    assert one.amount_min == 2_000


@pytest.mark.parametrize(("cap", "amounts"), [("50.00", []), ("49.99", [1])])
def test_the_advance_that_the_contract_allows_is_excluded(cap: str, amounts: list[int]) -> None:
    """Up to the cap, to the fen."""
    text = f"2026-01-07 contract A D BUILDER 100.00 advance_cap={cap}\n" + EARLY.replace("=C ", "=A ")
    assert [one.amount for one in found(text + LATER.replace("=C ", "=A "))] == amounts


def test_retention_is_paid_after_acceptance_and_needs_no_other() -> None:
    """What is left once the contract is accepted."""
    rest = "2026-12-01 pay 3.00 L0 TR -> SUP project=D contract=C\n"
    assert found(LATER + EARLY.replace("03-02", "04-03") + rest) == []


def test_a_payment_that_names_a_milestone_waits_for_its_acceptance() -> None:
    """Beyond the advance by the pack, of the contract's stage or the project's; another stage's acceptance is none."""
    for stage, other in (("lining", "dig"), ("dig", "lining")):
        paid = f"2026-03-02 pay 50.00 L0 TR -> SUP project=D contract=W milestone={stage} as=early\n"
        accepted = "{} accept D pass contract=W milestone={} by=WATER\n"
        (one,) = found(paid + accepted.format("2026-04-01", stage))
        assert (one.finding_class, one.amount) == ("proved", 2_000)
        (one,) = found(accepted.format("2026-02-01", other) + paid)
        assert one.finding_class == "indicated"
        assert found(accepted.format("2026-02-01", stage) + paid) == []
    assert found("2026-03-02 pay 50.00 L0 TR -> SUP project=D contract=W\n") == []


def test_the_acceptance_of_the_whole_project_is_one_of_its_contracts() -> None:
    """Whatever part a payment names."""
    paid = "2026-03-02 pay 50.00 L0 TR -> SUP project=D contract=W milestone=lining\n"
    assert len(found(paid)) == 1
    assert found("2026-03-01 accept D pass by=WATER\n" + paid) == []


def test_a_fund_that_has_work_accepted_asks_for_it_first_but_not_of_periodic_services() -> None:
    """Money of G on a contract that says nothing; on services without stages nothing is asked."""
    paid = "2026-03-02 pay 50.00 {} TR -> SUP project=D contract={}\n"
    assert [one.amount for one in found(paid.format("M0", "W"))] == [2_000]
    assert found(paid.format("L0", "W")) == []
    assert found(paid.format("M0", "S")) == []


def test_t2_an_acceptance_recorded_long_after_its_date_is_only_indicated() -> None:
    """Dated before the payment, recorded 11 working days later: counts from its recording; in time it clears."""
    dated = "2026-03-01 accept D pass contract=C by=WATER recorded={}\n"
    (one,) = found(EARLY + dated.format("2026-03-17"))
    assert (one.finding_class, one.amount_min, one.amount) == ("indicated", 0, 2_000)
    assert found(EARLY + dated.format("2026-03-10")) == []


def test_t22_a_use_that_tells_the_disbursement_again_is_the_same_payment() -> None:
    """The same reference and amount; a use of another account is a payment of its own."""
    paid = EARLY.replace("as=early", "bank_ref=R1 as=early")
    again = "2026-03-02 use 50.00 {} BUILDER tag=F/grant/L0 project=D contract=C bank_ref=R1\n"
    assert [one.amount for one in found(paid + again.format("TR") + LATER)] == [2_000]
    assert [one.amount for one in found(paid + again.format("WA") + LATER)] == [7_000]


def test_money_that_passes_through_the_unit_counts_where_it_is_paid_out() -> None:
    """The transfer to the unit names the contract as well; only the unit's use pays the builder."""
    text = "2026-03-02 pay 50.00 L0 TR -> WA mode=transfer project=D contract=C\n"
    used = "{} use 50.00 WA BUILDER tag=F/grant/L0 project=D contract=C\n"
    assert [one.amount for one in found(text + used.format("2026-03-05") + LATER)] == [2_000]
    assert found(text + LATER + used.format("2026-04-05")) == []
