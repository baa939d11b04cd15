# SPDX-License-Identifier: Apache-2.0
"""What each kind says about money: sides, tags, what is kept, what lies outside the scope (T1, T13, T16, T17)."""

import datetime
from typing import Any

import pytest

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import CUSTODIAN_CLASSES, Account, AccountClass, Fund
from ledger.kinds.vocabulary import AnyEvent
from verifier.reconciliation.money_facts import CREDIT, DEBIT, Registry, money_fact, outside_scope

DAY = datetime.date(2026, 2, 2)
ON: dict[str, Any] = {"occurred_on": DAY, "amount": 5}
TAG = Tag(fund="F", source="grant", line="L")


def account(name: str, kind: AccountClass) -> Account:
    """An account of some class."""
    return Account(occurred_on=DAY, id=name, owner="U", account_class=kind)


def fund(**terms: tuple[str, ...]) -> Fund:
    """A fund with lists of classes."""
    return Fund(
        occurred_on=DAY,
        id="F",
        name="f",
        purpose="p",
        issuer="P",
        level="province",
        fiscal_year=2026,
        **terms,  # type: ignore[arg-type]
    )


REGISTRY = Registry(
    {one.id: one for one in (account("A", "unit_real"), account("B", "special"), account("S", "supplier"))},
    {"F": fund(denied_economic=("302",))},
    {"L": "F"},
)


@pytest.mark.parametrize(
    ("event", "sides"),
    [
        (Disbursement(line="L", from_account="A", to_account="B", mode="transfer", **ON), ("F", "F", DEBIT | CREDIT)),
        (Disbursement(line="L", from_account="A", to_account="B", mode="direct", **ON), ("F", "F", DEBIT | CREDIT)),
        (Disbursement(line="L", from_account="A", to_account="S", mode="direct", **ON), ("F", "F", DEBIT)),
        (Transfer(from_account="A", to_account="B", reason="lend", tag=TAG, **ON), ("F", "F", DEBIT | CREDIT)),
        (Transfer(from_account="A", to_account="B", reason="lend", **ON), (None, None, DEBIT | CREDIT)),
        (Use(from_account="A", to_account="B", tag=TAG, **ON), ("F", None, DEBIT | CREDIT)),
        (Interest(account="A", **ON), (None, None, CREDIT)),
        (Interest(account="A", tag=TAG, **ON), (None, "F", CREDIT)),
        (Return(from_account="S", to_account="A", tag=TAG, **ON), ("F", "F", CREDIT)),
        (
            MatchingReceipt(fund="F", party="U", source="budget", account="B", from_account="A", **ON),
            (None, "F", DEBIT | CREDIT),
        ),
    ],
    ids=[
        "cash to a unit", "direct into a custodian account", "direct to a supplier", "tagged", "general", "use ends it",
        "interest", "tagged interest", "return", "match",
    ],
)  # fmt: skip
def test_sides(event: AnyEvent, sides: tuple[str | None, str | None, int]) -> None:
    """Whose money leaves, whose money enters, and which sides are custodian accounts."""
    fact = money_fact(event, REGISTRY)
    assert fact is not None
    assert (fact.debit_fund, fact.credit_fund, fact.keeps) == sides


@pytest.mark.parametrize(
    "event",
    [
        MatchingReceipt(fund="F", party="U", source="in_kind", account="B", **ON),
        Transfer(from_account="S", to_account="S", reason="other", **ON),
        Movement(account="A", statement="S", line_no=1, direction="debit", **ON),
        Allocation(action="recall", line="L", from_="A", to="B", **ON),
        Interest(account="unknown", **ON),
    ],
    ids=["in kind", "between suppliers", "a bank line", "authority", "unknown account"],
)
def test_what_moves_no_kept_money(event: AnyEvent) -> None:
    """T1: nothing is reported to have moved in a custodian account."""
    assert money_fact(event, REGISTRY) is None


def test_every_custodian_class_is_kept_and_no_other() -> None:
    """T1: the list of classes is that of the vocabulary."""
    assert "wage" not in CUSTODIAN_CLASSES
    for kind in ("platform", "township", "agent", "wage", "personal"):
        registry = REGISTRY._replace(accounts={"X": account("X", kind)})
        kept = money_fact(Interest(account="X", **ON), registry) is not None
        assert kept == (kind in CUSTODIAN_CLASSES)


@pytest.mark.parametrize(
    ("terms", "functional", "economic", "outside"),
    [
        ({}, "205", "30211", False),
        ({"functional": ("213",)}, "2130504", None, False),
        ({"functional": ("213",)}, "21", None, True),
        ({"functional": ("213",)}, None, None, False),
        ({"economic": ("302", "310")}, None, "31005", False),
        ({"economic": ("302", "310")}, None, "303", True),
        ({"economic": ("302",), "denied_economic": ("30211",)}, None, "30211", True),
        ({"denied_economic": ("30211",)}, None, "30215", False),
    ],
)
def test_scope(
    terms: dict[str, tuple[str, ...]], functional: str | None, economic: str | None, *, outside: bool
) -> None:
    """T13: prefixes; a denial wins; what is not declared or not listed says nothing."""
    assert outside_scope(fund(**terms), functional, economic) is outside


def test_a_fund_that_is_not_registered_has_no_scope() -> None:
    """Nothing can be outside of what nobody wrote down."""
    assert not outside_scope(None, "205", "30211")
