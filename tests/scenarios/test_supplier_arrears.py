# SPDX-License-Identifier: Apache-2.0
"""F29: what was accepted on a contract and not paid in its days, with interest."""

from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-02-02 contract K P BUILDER 600.00 retention=30.00
  stage dig 土方 amount=20000
  stage rest 收尾
2026-03-02 accept P pass contract=K value=200.00 as=seen
"""
"""30 days after 2 March end on 1 April."""


def found(text: str, as_of: str = "2026-04-02", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F29 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F29", **more)


def test_what_was_accepted_and_not_paid_in_thirty_days_is_in_arrears() -> None:
    """Indicated: the ledger does not tell the size of the firm; interest grows by 0.05 % a day."""
    assert found("", "2026-04-01") == []
    (one,) = found("")
    assert (one.finding_class, one.amount, one.outstanding, one.severity) == (
        "indicated",
        20_000,
        20_000,
        "orange",
    )
    assert (one.subject, one.parties, str(one.due)) == (("K",), ("WATER", "BUILDER"), "2026-04-01")
    assert (one.figures["interest"], found("", "2026-05-11")[0].figures["interest"]) == (10, 400)
    assert found("", "2026-05-11")[0].severity == "red"


@pytest.mark.parametrize(
    ("payment", "left"),
    [
        ("2026-04-01 pay 200.00 L0 TR -> SUP contract=K", []),
        ("2026-04-01 use 200.00 WA BUILDER contract=K", []),
        ("2026-03-20 pay 150.00 L0 TR -> SUP contract=K", [5_000]),
        ("2026-04-01 pay 200.00 L0 TR -> SUP contract=OTHER", [20_000]),
        ("2026-04-01 pay 200.00 L0 TR -> WA contract=K mode=transfer", [20_000]),
    ],
)
def test_only_what_reached_the_supplier_on_this_contract_counts(payment: str, left: list[int]) -> None:
    """Cash into the unit's own account has paid nobody yet."""
    assert [one.amount for one in found(payment + "\n")] == left


def test_advances_count_and_excess_goes_on_to_the_next_acceptance() -> None:
    """Paid before acceptance is paid."""
    advance = "2026-02-10 pay 250.00 L0 TR -> SUP contract=K\n"
    assert found(advance, "2026-12-31") == []
    more = advance + "2026-05-04 accept P pass contract=K value=100.00\n"
    assert [one.amount for one in found(more, "2026-12-31")] == [5_000]


def test_paid_late_it_stays_listed_with_the_interest_of_its_days() -> None:
    """Ten days late."""
    (one,) = found("2026-04-11 pay 200.00 L0 TR -> SUP contract=K\n", "2026-06-30")
    assert (one.amount, one.outstanding, one.state, one.figures["interest"]) == (20_000, 0, "met_late", 100)


def test_retention_is_not_owed_and_no_more_than_the_contract_ever() -> None:
    """600.00 less 30.00 held back, with changes."""
    whole = "2026-03-03 accept P pass contract=K\n"
    assert [one.amount for one in found(whole, "2026-12-31")] == [57_000]
    changed = "2026-02-20 change K NA increase 50.00\n"
    assert [one.amount for one in found(whole + changed, "2026-12-31")] == [62_000]


def test_a_stage_is_worth_what_the_contract_says_and_unknown_where_it_says_nothing() -> None:
    """The second stage names no amount: that is not judged and never reads as clean."""
    stage = "2026-03-02 accept P pass contract=K milestone={}\n"
    assert [one.amount for one in found(stage.format("dig"))] == [40_000]
    assert [one.amount for one in found(stage.format("rest"))] == [20_000]
    assert [unjudged(WORLD + stage.format(one), "2026-04-02", "F29") for one in ("dig", "rest")] == [0, 1]


def test_without_a_registered_contract_nothing_is_owed_by_it() -> None:
    """C1 tells of contracts that nobody registered."""
    assert found("2026-03-02 accept P pass contract=Z value=10.00\n", "2026-12-31")[0].subject == ("K",)
    assert len(found("2026-03-02 accept P fail contract=K value=10.00\n", "2026-12-31")) == 1


def test_a_contract_may_agree_to_sixty_days() -> None:
    """By a row for the fund."""
    row = "2026-01-05 policy PP\n  row sixty F29 days=60 fund=F unit=calendar\n"
    assert judge(row + WORLD, "2026-05-01", rule="F29") == []
    assert len(judge(row + WORLD, "2026-05-07", rule="F29")) == 1


def test_a_payment_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Clean once the bank shows it in time; in arrears where the bank refutes it."""
    paid = "2026-04-01 pay 200.00 L0 TR -> SUP contract=K as=paid\n"
    assert [one.finding_class for one in found(paid, bank={"paid": "pending"})] == ["undecidable"]
    assert found(paid, bank={"paid": "2026-04-01"}) == []
    assert [one.finding_class for one in found(paid, bank={"paid": "refuted"})] == ["indicated"]


def test_a_corrected_acceptance_owes_nothing() -> None:
    """In time it never was; later the finding stays with nothing outstanding."""
    assert found("2026-03-20 void seen\n") == []
    (one,) = found("2026-04-10 void seen\n", "2026-04-20")
    assert (one.state, one.outstanding) == ("corrected", 0)
