# SPDX-License-Identifier: Apache-2.0
"""F02 under a selected rule (T15): exists where its value is above zero, proved only where LIBR is, named as ever."""

import pytest

from tests.scenarios.books import STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding
from verifier.basis.tracing_rule import TracingRule

OTHERS: tuple[TracingRule, ...] = ("fifo", "lifo", "prorata")

# 600 of F come, then 300 of the unit's own; 550 leave for something else.
MIXED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-05 credit 300.00 UA
    2026-02-10 debit {left} UA counterparty=PL
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
"""


def found(left: str, tracing: TracingRule, more: str = "") -> list[Finding]:
    """Findings of F02 when `left` leaves the account, by the rule `tracing`."""
    text = f"ledger \n{STAGE}{MIXED.format(left=left)}{more}"
    return judge(scenario(text), "2026-06-30", rule="F02", tracing=tracing)


def amounts(findings: list[Finding]) -> list[tuple[int | None, int | None, int | None]]:
    """Minimum, amount and maximum of each."""
    return [(one.amount_min, one.amount, one.amount_max) for one in findings]


@pytest.mark.parametrize(
    ("tracing", "amount"), [("libr", 25_000), ("fifo", 55_000), ("lifo", 25_000), ("prorata", 36_667)]
)
def test_the_amount_is_the_rules_and_the_bounds_stay(tracing: TracingRule, amount: int) -> None:
    """T15: 550 left 350 for a claim of 600, so 250 is certain whatever the rule says."""
    (one,) = found("550.00", tracing)
    assert amounts([one]) == [(25_000, amount, 55_000)]
    assert (one.finding_class, one.outstanding) == ("proved", amount)


def test_the_choice_is_told_and_changes_no_name() -> None:
    """The rule stands in parameters, their hash and the explanation; the id is LIBR's."""
    libr, *others = (found("550.00", tracing)[0] for tracing in ("libr", *OTHERS))
    assert [one.parameters["tracing"] for one in (libr, *others)] == ["libr", *OTHERS]
    assert {one.id for one in others} == {libr.id}
    assert len({one.params_hash for one in (libr, *others)}) == 4
    assert "先进先出法" in others[0].explanation.zh
    assert "first in, first out" in others[0].explanation.en


def test_it_is_indicated_where_nothing_is_certain() -> None:
    """The innocent twin of LIBR: 250 leave, 650 stay for a claim of 600; FIFO and pro-rata take of F all the same."""
    assert found("250.00", "libr") == found("250.00", "lifo") == []
    (fifo,), (shared,) = found("250.00", "fifo"), found("250.00", "prorata")
    assert amounts([fifo, shared]) == [(0, 25_000, 25_000), (0, 16_667, 25_000)]
    assert [(one.finding_class, one.severity) for one in (fifo, shared)] == [("indicated", "orange")] * 2


def test_the_name_stays_when_a_rule_takes_money_earlier_than_libr() -> None:
    """FIFO takes of F with the first payment, LIBR is short with the second: one matter, named after LIBR's entry."""
    more = """
    2026-03-04 debit 300.00 UA
    2026-03-31 closed UA 2026-03-01..2026-03-31 650.00
"""
    (libr,), (fifo,) = found("250.00", "libr", more), found("250.00", "fifo", more)
    assert (libr.decisive_event, fifo.decisive_event) == ("BK/debit-2/0", "BK/debit-1/0")
    assert libr.id == fifo.id
    assert amounts([libr, fifo]) == [(25_000, 25_000, 55_000), (25_000, 55_000, 55_000)]
    assert "BK/debit-2/0" in [entry.name for entry in fifo.evidence]


def test_an_unknown_opening_stays_undecidable() -> None:
    """T4: the opening balance is not known, so no rule can say whose money left."""
    text = f"{STAGE}\n    2026-01-12 pay 600.00 LF TR -> UA mode=transfer\n    2026-01-20 transfer 150.00 UA -> SU"
    for tracing in OTHERS:
        (one,) = judge(scenario(f"ledger \n{text}"), "2026-06-30", rule="F02", tracing=tracing)
        assert (one.finding_class, one.amount_min) == ("undecidable", 0)


def test_a_referenced_return_restores_by_the_rule() -> None:
    """T17: FIFO had taken 250 of F; all of it comes home, and the finding shows both."""
    more = """
    2026-03-02 transfer 250.00 UA -> SU as=lent
    2026-03-02 debit 250.00 UA
    2026-03-09 return 250.00 SU -> UA event=lent
    2026-03-09 credit 250.00 UA
    2026-03-31 closed UA 2026-03-01..2026-03-31 890.00
"""
    (one,) = found("10.00", "fifo", more)
    assert (one.amount, one.restored, one.outstanding) == (26_000, 25_000, 1_000)
