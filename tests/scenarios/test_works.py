# SPDX-License-Identifier: Apache-2.0
"""F13, F15 and F28: contracts against the work done, the project's budget, and who is related to whom."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F budget=150.00 as=plan
2026-01-06 contract C D BUILDER 100.00 as=agreed
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F project=D
"""
PAID = "2026-03-02 pay {} L0 TR -> SUP project=D contract=C as=one\n"
MEASURED = "2026-03-01 progress D {} contract=C by=WATER as=measured\n"
YEAR_END = "2026-12-31"


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in the world followed by `text`."""
    return judge(WORLD + text, YEAR_END, rule=rule)


# --- F13 --------------------------------------------------------------------------------------------------


def test_paid_ahead_of_the_work_measured() -> None:
    """30 % of the contract and 95 % of 40.00 are 68.00: a fen more is indicated; measured on the day is in time."""
    (one,) = found(MEASURED.format("40.00") + PAID.format("68.01"), "F13")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "yellow", 0, 1)
    assert one.figures == {
        "paid": 6_801,
        "measured": 4_000,
        "accepted": 0,
        "advance": 3_000,
        "allowed": 6_800,
    }
    assert (one.decisive_event, one.outstanding) == ("NA/one/0", 1)
    assert found(MEASURED.format("40.00") + PAID.format("68.00"), "F13") == []
    assert found(MEASURED.format("40.00").replace("03-01", "03-02") + PAID.format("68.00"), "F13") == []


def test_later_work_lowers_what_is_outstanding_and_a_return_what_was_paid() -> None:
    """The amount is the largest excess at any payment."""
    text = MEASURED.format("40.00") + PAID.format("70.00")
    later = MEASURED.format("60.00").replace("03-01", "04-01").replace("=measured", "=more")
    (one,) = found(text + later, "F13")
    assert (one.amount, one.outstanding) == (200, 0)
    assert found(text + "2026-04-01 return 2.00 SUP -> TR event=one\n", "F13") == []


def test_the_advance_that_the_contract_agreed_counts_instead_of_the_share() -> None:
    """An agreed advance is no payment ahead of progress."""
    text = MEASURED.format("40.00").replace("=C", "=A") + PAID.format("88.00").replace("=C", "=A")
    agreed = "2026-01-06 contract A D BUILDER 100.00 advance_cap={}\n"
    assert found(agreed.format("50.00") + text, "F13") == []
    assert [one.amount for one in found(agreed.format("49.99") + text, "F13")] == [1]


def test_milestones_add_up_and_the_measurement_of_a_project_counts_for_its_only_contract() -> None:
    """Whichever tells more; with a second contract nothing tells whose work it was."""
    stages = "2026-01-07 contract B D BUILDER 100.00\n  stage s1 一\n  stage s2 二\n"
    halves = "".join(
        f"2026-03-01 progress D 20.00 contract=B milestone={one} by=WATER\n" for one in ("s1", "s2")
    )
    paid = PAID.format("68.00").replace("=C", "=B")
    assert found(stages + halves + paid, "F13") == []
    whole = "2026-03-01 progress D 40.00 by=WATER\n"
    assert found(whole + PAID.format("68.00"), "F13") == []
    assert unjudged(WORLD + stages + whole + PAID.format("68.00"), YEAR_END, "F13") == 1


def test_what_was_accepted_or_settled_is_work_done() -> None:
    """A pass without value accepts all; a settlement ends the question."""
    over = MEASURED.format("40.00") + PAID.format("90.00")
    assert len(found(over, "F13")) == 1
    for done in (
        "accept D pass contract=C",
        "settle D 100.00 contract=C",
        "accept D pass contract=C value=70.00",
    ):
        assert found(f"2026-03-01 {done} by=WATER\n{over}", "F13") == []


def test_what_was_accepted_counts_in_full() -> None:
    """30 % of the contract and 60.00 accepted are 90.00, whatever share of a measurement is paid (semantics P3)."""
    accepted = "2026-03-01 accept D pass contract=C value=60.00 by=WATER\n" + MEASURED.format("60.00")
    assert found(accepted + PAID.format("90.00"), "F13") == []
    assert [one.amount for one in found(accepted + PAID.format("90.01"), "F13")] == [1]


def test_works_never_measured_cannot_be_judged_and_goods_need_no_measurement() -> None:
    """Beyond the advance only."""
    assert found(PAID.format("30.01"), "F13") == []
    assert [unjudged(WORLD + PAID.format(one), YEAR_END, "F13") for one in ("30.01", "30.00")] == [1, 0]
    goods = WORLD.replace("100.00 as", "100.00 category=goods as")
    assert unjudged(goods + PAID.format("90.00"), YEAR_END, "F13") == 0


# --- F15 --------------------------------------------------------------------------------------------------

SECOND = "2026-02-01 contract C2 D BUILDER {} as=second\n"


def test_contracts_beyond_the_budget_are_proved() -> None:
    """A fen beyond; at the budget it is clean."""
    (one,) = found(SECOND.format("50.01"), "F15")
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("proved", 1, 1, 1)
    assert (one.subject, one.decisive_event) == (("D",), "someone/second/0")
    assert found(SECOND.format("50.00"), "F15") == []


def test_a_re_estimate_a_change_and_a_settlement_count() -> None:
    """The newest version of the project; contracts as changed, or as settled."""
    raised = "2026-03-01 project D WATER F budget=150.01 version=2\n"
    assert found(SECOND.format("50.01") + raised, "F15") == []
    lowered = "2026-03-01 change C2 NA decrease 0.01\n"
    assert found(SECOND.format("50.01") + lowered, "F15") == []
    assert len(found(SECOND.format("50.00") + lowered.replace("decrease", "increase"), "F15")) == 1
    settled = "2026-03-01 settle D {} contract=C2 by=WATER\n"
    assert found(SECOND.format("50.01") + settled.format("50.00"), "F15") == []
    assert [one.amount for one in found(SECOND.format("50.00") + settled.format("51.00"), "F15")] == [100]


def test_a_project_without_a_budget_cannot_be_judged() -> None:
    """Counted where it has contracts."""
    assert unjudged(WORLD.replace(" budget=150.00", ""), YEAR_END, "F15") == 1
    assert unjudged(WORLD, YEAR_END, "F15") == 0
    assert unjudged("", YEAR_END, "F15") == 0


# --- F28 --------------------------------------------------------------------------------------------------

KIN = "2026-01-05 party KIN payee supplier related={}\n2026-01-07 contract K D KIN 20.00 as=kin\n"


def test_a_supplier_related_to_the_unit_is_indicated() -> None:
    """A registered relation, said by either side; the twin is related to others."""
    (one,) = found(KIN.format("WATER"), "F28")
    assert (one.finding_class, one.severity, one.amount, one.parties) == (
        "indicated",
        "yellow",
        2_000,
        ("WATER", "KIN"),
    )
    assert found(KIN.format("BUILDER"), "F28") == []


@pytest.mark.parametrize("related", ["WATER", "BUILDER"])
def test_where_no_relation_is_registered_nothing_can_be_told(related: str) -> None:
    """T2: the contract of whom nobody said anything by then is counted, and no finding; one with relations is judged."""
    assert found("", "F28") == []
    assert unjudged(WORLD, YEAR_END, "F28") == 1
    assert unjudged(WORLD + KIN.format(related), YEAR_END, "F28") == 1
