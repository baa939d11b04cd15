# SPDX-License-Identifier: Apache-2.0
"""C1 and F14: contracts and milestones that are named and not registered, and contracts paid beyond their amount."""

import datetime

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F
  milestone dig 开挖 WATER 2026-03-31
2026-01-06 contract C-9 D BUILDER 100.00 as=agreed
  stage lining 衬砌
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 600.00 PROV -> NA parent=L0 project=D
"""
CHANGED = "2026-02-03 change C-9 NA increase 20.00 as=raised\n"


def listed(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in the world followed by `text`, those of corrected events among them."""
    return judge(WORLD + text, "2026-12-31", rule=rule)


def found(text: str, rule: str) -> list[Finding]:
    """Those that stand."""
    return [one for one in listed(text, rule) if one.state != "corrected"]


# --- C1 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "naming",
    [
        "pay 10.00 L1 TR -> SUP project=D contract={} as=one",
        "submit Q 10.00 project=D contract={} by=WATER as=one",
        "accept D pass contract={} as=one",
    ],
)
def test_a_contract_that_nobody_registered_is_named(naming: str) -> None:
    """Indicated, by whoever named it; the registered one is clean."""
    (one,) = found(f"2026-02-02 {naming.format('C-8')}", "C1")
    assert (one.finding_class, one.subject[1], one.parties) == (
        "indicated",
        "contract",
        (one.subject[0].split("/")[0],),
    )
    assert "named contract C-8" in one.explanation.en
    assert "合同 C-8" in one.explanation.zh
    assert found(f"2026-02-02 {naming.format('C-9')}", "C1") == []


def test_a_contract_of_another_project_is_not_one_of_this() -> None:
    """Only what is registered for the project counts; later registration is enough, a reversed one is none."""
    other = "2026-02-01 contract C-8 P BUILDER 5.00\n"
    paid = "2026-02-02 pay 10.00 L1 TR -> SUP project=D contract=C-8 as=one\n"
    assert len(found(other + paid, "C1")) == 1
    assert found(paid + other.replace("P BUILDER", "D BUILDER").replace("02-01", "02-03"), "C1") == []
    more = "2026-02-01 contract C-7 D BUILDER 5.00 as=seven\n"
    seven = paid.replace("C-8", "C-7")
    assert found(more + seven, "C1") == []
    assert len(found(f"{more}{seven}2026-03-01 void seven", "C1")) == 1
    assert found(f"{paid}2026-03-01 void one", "C1") == []


def test_a_project_without_registered_contracts_is_not_judged_and_never_reads_as_clean() -> None:
    """No finding, and counted, whatever other projects register; a contract named without its project is looked up."""
    of_p = "2026-02-02 accept P pass contract=C-8\n"
    assert found(of_p, "C1") == []
    assert unjudged(WORLD + of_p, "2026-12-31", "C1") == 1
    assert unjudged(WORLD + of_p.replace(" P ", " D "), "2026-12-31", "C1") == 0
    assert unjudged(of_p, "2026-12-31", "C1") == 1
    paid = WORLD + "2026-02-02 pay 10.00 L1 TR -> SUP contract={}\n"
    assert [unjudged(paid.format(one), "2026-12-31", "C1") for one in ("C-9", "C-8")] == [0, 1]


@pytest.mark.parametrize(
    ("report", "count"),
    [
        ("accept D pass milestone=dig", 0),
        ("accept D pass milestone=dug", 1),
        ("accept D pass milestone=lining contract=C-9", 0),
        ("accept D pass milestone=lining", 1),
        ("accept P pass milestone=dug", 0),
    ],
)
def test_a_milestone_is_one_of_the_project_or_of_the_contract_named(report: str, count: int) -> None:
    """Where the project lists none, there is nothing to compare with."""
    assert [one.subject[1] for one in found(f"2026-02-02 {report}", "C1")] == ["milestone"] * count


# --- F14 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text", "row"),
    [
        ("C1", "2026-02-02 accept D pass contract=C-8", "contract-unknown"),
        ("F14", "2026-02-02 pay 100.01 L1 TR -> SUP project=D contract=C-9", "contract-overpaid"),
    ],
)
def test_the_basis_is_that_of_the_pack_or_of_a_policy(rule: str, text: str, row: str) -> None:
    """A row of a policy counts from its effective day on; a finding says which row it rests on."""
    policy = f"2026-01-30 policy P effective_on=2026-02-0{{}}\n  row a {rule} basis=办法\n"
    for effective, basis, source in ((3, "》", f"cn-special-funds/1#{row}"), (2, "办法", "policy P/1#a")):
        (one,) = found(policy.format(effective) + text, rule)
        assert basis in one.basis.zh
        assert one.parameters["sources"] == source


def paid(first: str, second: str) -> str:
    """Two payments on the contract."""
    return (
        f"2026-02-02 pay {first} L1 TR -> SUP project=D contract=C-9 as=one\n"
        f"2026-02-09 pay {second} L1 TR -> SUP project=D contract=C-9 as=two\n"
    )


def test_more_disbursed_than_the_contract_comes_to_is_proved() -> None:
    """A fen beyond it; the whole amount is clean."""
    (one,) = found(paid("60.00", "40.01"), "F14")
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("proved", 1, 1, 1)
    assert (one.figures, one.subject) == ({"net": 10_000, "paid": 10_001, "excess": 1}, ("C-9",))
    assert len(one.evidence) == 3
    assert (one.fund, one.decisive_event) == ("F", "NA/two/0")
    assert found(paid("60.00", "40.00"), "F14") == []


def test_the_payment_that_went_beyond_decides() -> None:
    """Later ones make it more; money of two funds is of neither."""
    third = "2026-02-16 pay 5.00 L1 TR -> SUP project=D contract=C-9 as=three\n"
    (one,) = found(paid("60.00", "50.00") + third, "F14")
    assert (one.amount, one.decisive_event) == (1_500, "NA/two/0")
    assert one.decisive_on == datetime.date(2026, 2, 9)
    other = "2026-01-06 fund G CENTRE\n2026-01-21 issue M0 100.00 CENTRE -> NA fund=G\n"
    (one,) = found(other + paid("60.00", "50.00") + third.replace("L1", "M0"), "F14")
    assert (one.amount, one.fund) == (1_500, None)


def test_changes_returns_and_corrections_count() -> None:
    """An increase that stands, and money that came back, raise what may be paid; other contracts do not count."""
    over = paid("60.00", "60.00")
    assert [one.amount for one in found(over, "F14")] == [2_000]
    assert found(CHANGED + over, "F14") == []
    assert [one.amount for one in found(f"{CHANGED}{over}2026-03-01 void raised", "F14")] == [2_000]
    assert [one.amount for one in found(CHANGED.replace("increase", "decrease") + over, "F14")] == [4_000]
    assert found(f"{over}2026-03-01 return 20.00 SUP -> TR event=two", "F14") == []
    assert found(f"{over}2026-03-01 void two", "F14") == []
    assert found(over.replace("contract=C-9 as=two", "contract=C-8 as=two"), "F14") == []


def test_what_was_settled_is_the_most_that_may_be_paid() -> None:
    """Decided by the settlement where that came last; a settlement at the whole amount is clean."""
    text = paid("60.00", "40.00")
    (one,) = found(text + "2026-03-01 settle D 90.00 contract=C-9 by=WATER as=closed\n", "F14")
    assert (one.finding_class, one.amount, one.decisive_event) == ("proved", 1_000, "WATER/closed/0")
    assert one.figures["settled"] == 9_000
    assert found(text + "2026-03-01 settle D 100.00 contract=C-9 by=WATER\n", "F14") == []
    assert found(text + "2026-03-01 settle D 90.00 by=WATER\n", "F14") == []


CAPPED = """
2026-01-06 contract C-5 D BUILDER 100.00 advance_cap=30.00 retention=5.00
2026-02-02 accept D pass contract=C-5 value=40.00 by=WATER
"""


def test_p3_more_than_the_cap_and_what_was_accepted() -> None:
    """P3: the largest excess, indicated; retention is no part of it; accepted on the day, or later, is all the same."""
    text = "2026-02-02 pay {} L1 TR -> SUP project=D contract=C-5 as=one\n"
    (one,) = found(CAPPED + text.format("80.00"), "F14")
    assert (one.finding_class, one.amount_min, one.amount, one.outstanding) == ("indicated", 0, 500, 500)
    assert (one.severity, one.figures["accepted_and_cap"]) == ("yellow", 7_500)
    assert found(CAPPED + text.format("75.00"), "F14") == []
    later = "2026-03-02 accept D pass contract=C-5 value=20.00 by=WATER\n"
    (one,) = found(CAPPED + text.format("80.00") + later, "F14")
    assert (one.amount, one.outstanding) == (500, 0)
    back = "2026-03-02 return 5.00 SUP -> TR event=one\n"
    assert found(CAPPED + text.format("80.00") + back, "F14") == []


def test_p3_an_acceptance_without_a_value_leaves_it_open() -> None:
    """Counted as not judged, never clean; the contract's own amount is judged all the same."""
    text = CAPPED.replace(" value=40.00", "") + "2026-02-02 pay {} L1 TR -> SUP project=D contract=C-5\n"
    assert found(text.format("80.00"), "F14") == []
    assert unjudged(WORLD + text.format("80.00"), "2026-12-31", "F14") == 1
    assert unjudged(WORLD + text.format("30.00"), "2026-12-31", "F14") == 0
    assert [one.finding_class for one in found(text.format("100.01"), "F14")] == ["proved"]


def test_t18_what_only_a_corrected_payment_gave_rise_to_stays_as_corrected() -> None:
    """T18: with the correction among its evidence; what stands without it is open."""
    (one,) = listed(paid("60.00", "60.00") + "2026-03-01 void two as=undone\n", "F14")
    assert (one.state, one.outstanding, one.severity) == ("corrected", 0, "blue")
    assert one.evidence[-1].name == "someone/undone/0"
