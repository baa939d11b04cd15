# SPDX-License-Identifier: Apache-2.0
"""F25: earmarked money paid to a supplier without anything that says for what (semantics T22, P7)."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-06 contract C P BUILDER 100000.00
2026-01-06 project D WATER F
2026-01-10 issue L0 100000.00 CENTRE -> NA fund=F
"""
PAID = "2026-03-02 pay {} L0 TR -> SUP project=P {} as=one\n"


def found(text: str, as_of: str = "2026-12-31") -> list[Finding]:
    """The findings of F25 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F25")


def test_a_payment_that_nothing_bears_out_after_thirty_days() -> None:
    """Indicated on the day after the last; smaller ones are left out."""
    (one,) = found(PAID.format("500.00", ""), "2026-04-02")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "yellow", 0, 50_000)
    assert (str(one.due), str(one.decisive_on), one.fund) == ("2026-04-01", "2026-04-02", "F")
    assert found(PAID.format("500.00", ""), "2026-04-01") == []
    assert found(PAID.format("499.99", "")) == []


@pytest.mark.parametrize(
    "named", ["invoice=bill/500.00", "contract=C", "payee_list=people", "voucher=记-12", "claim=K"]
)
def test_what_a_payment_names_bears_it_out(named: str) -> None:
    """An invoice, a contract, a list, a voucher or a claim."""
    asked = "2026-02-02 approve K 500.00 project=P line=L0 by=NA\n"
    assert len(found(asked + PAID.format("500.00", ""))) == 1
    assert found(asked + PAID.format("500.00", named)) == []


def test_an_evidence_file_registered_for_it_bears_it_out() -> None:
    """However late; one registered for something else does not."""
    filed = "2026-11-30 attach {} size=1 media_type=image/png by=NA\n"
    text = PAID.format("500.00", "") + "2026-03-03 pay 100.00 L0 TR -> SUP project=P as=two\n"
    assert found(text + filed.format("photo event=one")) == []
    assert len(found(text + filed.format("photo event=two"))) == 1


def test_t22_a_report_that_tells_it_again_may_name_the_voucher() -> None:
    """The same reference, account and amount; with another reference each stands for itself."""
    paid = PAID.format("500.00", "bank_ref=R1")
    again = "2026-03-03 use 500.00 TR BUILDER project=P tag=F/grant/L0 invoice=bill/500.00 bank_ref={}\n"
    assert found(paid + again.format("R1")) == []
    assert len(found(paid + again.format("R2"))) == 1
    assert len(found(paid + again.replace(" invoice=bill/500.00", "").format("R1"))) == 1


def test_what_came_back_needs_no_voucher_and_general_money_is_not_looked_at() -> None:
    """Neither do transfers to a unit."""
    assert found(PAID.format("500.00", "") + "2026-03-05 return 0.01 SUP -> TR event=one\n") == []
    used = "2026-03-03 use 500.00 TR BUILDER project=P{}\n"
    assert len(found(used.format(" tag=F/grant/L0"))) == 1
    assert found(used.format("")) == []
    assert found("2026-03-02 pay 500.00 L0 TR -> WA project=P mode=transfer\n") == []


def test_a_payment_to_nobody_registered_or_where_papers_are_not_kept_cannot_be_judged() -> None:
    """Counted; nothing tells which voucher it needs, or no contract of its project is registered."""
    used = "2026-03-03 use 500.00 TR - project=P tag=F/grant/L0\n"
    assert found(used) == []
    assert unjudged(WORLD + used, "2026-12-31", "F25") == 1
    assert unjudged(WORLD + used, "2026-04-01", "F25") == 0
    text = PAID.format("500.00", "").replace("=P", "=D")
    assert found(text) == []
    assert unjudged(WORLD + text, "2026-12-31", "F25") == 1
