# SPDX-License-Identifier: Apache-2.0
"""The same finding is never raised twice: later increments, other parameters and other dates keep its id (DESIGN §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios.books import STAGE as MONEY_STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from tests.scenarios.test_disbursement_delay import CLAIM
from tests.scenarios.test_invoices import SECOND
from tests.scenarios.test_invoices import WORLD as INVOICES

if TYPE_CHECKING:
    from verifier.basis.findings import Finding

FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 debit 150.00 UA counterparty=PL
"""
MORE = "    2026-02-12 debit 40.00 UA counterparty=PL\n"
CLOSED = "    2026-02-28 closed UA 2026-02-01..2026-02-28 50.00\n"
EARLIER = "2026-01-05 policy D by=PROV effective_on=2026-01-05\n  row r F04 days=20 unit=calendar basis=试\n"


def of(found: list[Finding], rule: str) -> list[str]:
    """The ids of the findings of `rule`, each once."""
    ids = [one.id for one in found if one.rule == rule]
    assert len(ids) == len(set(ids))
    return ids


def money(text: str, as_of: str = "2026-06-30") -> list[Finding]:
    """What is found on the stage of books."""
    return judge(scenario(text, stage=f"ledger\n{MONEY_STAGE}"), as_of)


def test_a_later_increment_extends_the_finding() -> None:
    """T11: a second loss raises the amount of the shortage and no second finding."""
    (first,), (grown,) = (
        [one for one in money(text) if one.rule == "F02"] for text in (FED + CLOSED, FED + MORE + CLOSED)
    )
    assert grown.id == first.id
    assert (first.amount, grown.amount) == (10_000, 14_000)
    assert grown.content_hash != first.content_hash


@pytest.mark.parametrize("as_of", ["2026-03-10", "2026-04-30", "2026-12-31"])
def test_another_date_keeps_the_id(as_of: str) -> None:
    """Amounts, days late and severity change, the matter does not."""
    assert of(judge(CLAIM, as_of), "F04") == of(judge(CLAIM, "2026-06-30"), "F04") != []


def test_other_parameters_keep_the_id() -> None:
    """Twenty days instead of thirty: another due day, another hash of parameters, the same finding."""
    plain = next(one for one in judge(CLAIM, "2026-06-30") if one.rule == "F04")
    sooner = next(one for one in judge(EARLIER + CLAIM, "2026-06-30", rule="F04"))
    assert sooner.id == plain.id
    assert (sooner.due, sooner.params_hash) != (plain.due, plain.params_hash)


@pytest.mark.parametrize(
    ("later", "rule"),
    [
        ("2026-04-01 pay 200.00 L1 TR -> SUP claim=C1", "F04"),
        ("2026-04-01 pay 500.00 L1 TR -> SUP claim=C1", "F04"),
        ("2026-04-01 waive F event=ok row=pay by=CENTRE", "F04"),
        ("2026-04-01 void ok by=NA", "F04"),
    ],
)
def test_what_happens_later_keeps_the_id(later: str, rule: str) -> None:
    """Paid in part, paid late, waived late, corrected late: the finding stays what it was about."""
    before, after = judge(CLAIM, "2026-03-31"), judge(CLAIM + later, "2026-06-30")
    assert of(after, rule) == of(before, rule) != []


def test_a_third_payment_on_an_invoice_is_the_same_finding() -> None:
    """Matter by matter: the invoice is what it is about."""
    text = INVOICES + SECOND.format("bill")
    more = "2026-02-20 pay 50.00 L1 TR -> SUP invoice=bill/100.00 as=three\n"
    assert of(judge(text, "2026-12-31"), "F21") == of(judge(text + more, "2026-12-31"), "F21") != []


def test_no_run_raises_a_finding_twice() -> None:
    """Over everything found at once."""
    found = money(FED + MORE + CLOSED)
    assert len({(one.rule, one.id) for one in found}) == len(found) > 0


def test_restored_in_full_a_new_loss_is_a_new_finding() -> None:
    """T11: the first stays listed as restored, the second has an id of its own."""
    back = """
    2026-02-11 restore 100.00 LF UA event=debit-1 bank_ref=R7
    2026-02-11 credit 100.00 UA bank_ref=R7
    2026-02-12 debit 150.00 UA counterparty=PL
"""
    text = FED + back + CLOSED
    found = [one for one in money(text) if one.rule == "F02"]
    assert len(of(found, "F02")) == 2
    assert min(one.outstanding or 0 for one in found) == 0
