# SPDX-License-Identifier: Apache-2.0
"""F27: purchases from one supplier that stay below a limit one by one and reach it together (semantics P1)."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F
2026-01-05 party KIN payee supplier related=BUILDER
2026-01-05 party OTHER payee supplier
2026-01-06 contract Z D OTHER 1.00 category=goods as=other
2026-01-10 issue L0 90000000.00 CENTRE -> NA fund=F project=D
"""
FIRST = "2026-03-02 contract A D BUILDER 500000.00 category=services as=one\n"
SECOND = "{} contract B D {} {} category={} as=two\n"


def found(text: str) -> list[Finding]:
    """The findings of F27 in the world followed by `text`."""
    return judge(WORLD + text, "2026-12-31", rule="F27")


def second(
    on: str = "2026-04-30", supplier: str = "BUILDER", amount: str = "500000.00", category: str = "services"
) -> str:
    """A second contract, 59 days after the first unless said."""
    return SECOND.format(on, supplier, amount, category)


def test_p1_contracts_that_reach_the_limit_together() -> None:
    """P1: indicated, for the group; a fen less together is clean."""
    (one,) = found(FIRST + second())
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == (
        "indicated",
        "yellow",
        0,
        100_000_000,
    )
    assert one.subject == ("contract", "WATER", "services", "BUILDER")
    assert (one.first_event, one.decisive_event) == ("someone/one/0", "someone/two/0")
    assert one.figures == {"purchases": 2, "sum": 100_000_000, "limit": 100_000_000}
    assert found(FIRST + second(amount="499999.99")) == []


def test_p1_each_lies_below_the_limit() -> None:
    """One that reaches it by itself was tendered, and is no part of a group."""
    assert found(FIRST + second(amount="1000000.00")) == []
    assert len(found(FIRST + second(amount="999999.99"))) == 1


@pytest.mark.parametrize(("on", "count"), [("2026-05-01", 1), ("2026-05-02", 0)])
def test_p1_within_sixty_days_of_the_first(on: str, count: int) -> None:
    """The sixtieth day counts."""
    assert len(found(FIRST + second(on))) == count


def test_p1_of_one_supplier_or_those_related_to_it_and_of_one_category() -> None:
    """Another supplier, or another category, is another purchase; each category has its own limit."""
    assert [one.parties for one in found(FIRST + second(supplier="KIN"))] == [("WATER", "BUILDER", "KIN")]
    assert found(FIRST + second(supplier="OTHER")) == []
    assert found(FIRST + second(category="goods")) == []
    goods = FIRST.replace("services", "goods")
    assert found(goods + second(category="goods")) == []


def test_p1_the_largest_group_is_told() -> None:
    """Three within the window of the second, two of the first."""
    third = "2026-05-20 contract E D BUILDER 800000.00 category=services\n"
    (one,) = found(FIRST + second() + third)
    assert (one.amount, one.first_event) == (130_000_000, "someone/two/0")


BILL = "{} pay {} L0 TR -> SUP payee=BUILDER project=D{} as={}\n"


def test_payments_without_a_contract_on_invoices_of_their_own() -> None:
    """Indicated; on one invoice, or on a contract, they are instalments of one purchase."""
    one, two = (
        BILL.format("2026-03-02", "800000.00", "{}", "p1"),
        BILL.format("2026-03-09", "900000.00", "{}", "p2"),
    )
    (lead,) = found(one.format(" invoice=b1/800000.00") + two.format(" invoice=b2/900000.00"))
    assert (lead.finding_class, lead.amount, lead.fund) == ("indicated", 170_000_000, "F")
    assert lead.subject == ("payment", "WATER", "", "BUILDER")
    assert found(one.format(" invoice=b1/1700000.00") + two.format(" invoice=b1/1700000.00")) == []
    assert found(one.format(" contract=A") + two.format(" contract=A")) == []
    back = "2026-03-20 return 700000.01 SUP -> TR event=p2\n"
    assert found(one.format(" invoice=b1/800000.00") + two.format(" invoice=b2/900000.00") + back) == []


def test_payments_of_a_project_without_registered_contracts_cannot_be_judged() -> None:
    """They may be instalments of a contract that nobody names: counted where they reach the limit, and no finding."""
    text = BILL.format("2026-03-02", "{}", " invoice=b1/800000.00", "p1")
    text = (text + BILL.format("2026-03-09", "900000.00", " invoice=b2/900000.00", "p2")).replace("=D", "=P")
    for amount, count in (("800000.00", 1), ("99999.99", 0)):
        assert found(text.format(amount)) == []
        assert unjudged(WORLD + text.format(amount), "2026-12-31", "F27") == count
    assert len(found(text.replace("=P", "=D").format("100000.00"))) == 1


def test_payments_that_name_neither_contract_nor_invoice_cannot_be_decided() -> None:
    """They may be instalments; never clean."""
    (lead,) = found(
        BILL.format("2026-03-02", "800000.00", "", "p1") + BILL.format("2026-03-09", "900000.00", "", "p2")
    )
    assert (lead.finding_class, lead.amount_min, lead.amount, lead.marks) == (
        "undecidable",
        0,
        170_000_000,
        ("unresolved",),
    )


def test_t22_a_use_that_tells_a_disbursement_again_is_no_second_purchase() -> None:
    """The same reference, amount and payer."""
    paid = BILL.format("2026-03-02", "800000.00", " invoice=b1/800000.00 bank_ref=R1", "p1")
    again = "2026-03-03 use 800000.00 TR BUILDER tag=F/grant/L0 project=D bank_ref={}\n"
    assert found(paid + again.format("R1")) == []
    assert [one.finding_class for one in found(paid + again.format("R2"))] == ["undecidable"]


def test_the_limits_are_those_of_the_pack_or_of_a_policy() -> None:
    """A policy of one bureau sets a lower one."""
    policy = "2026-01-06 policy Q\n  row a F27 basis=办法 services_limit=60000000\n"
    text = FIRST.replace("500000.00", "300000.00") + second(amount="300000.00")
    assert found(text) == []
    assert [one.figures["limit"] for one in found(policy + text)] == [60_000_000]
