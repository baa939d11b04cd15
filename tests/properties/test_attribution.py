# SPDX-License-Identifier: Apache-2.0
"""Laws of FIFO, LIFO and pro-rata by fund over random accounts: bounds, conservation, and what returns break."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.test_tracing import FUNDS, flows, run
from verifier.reconciliation.flows import Flow
from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.tracing.attribution import Attribution
from verifier.tracing.entitlement import Entitlement
from verifier.tracing.lots import GENERAL, lots_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.basis.tracing_rule import TracingRule

OTHERS: tuple[TracingRule, ...] = ("fifo", "lifo", "prorata")


def attributed(rule: TracingRule, made: Sequence[Flow], opening: int) -> tuple[Counter[str], Counter[str]]:
    """What each fund lost by `rule`, gross, and what came back."""
    lots = lots_of(rule)
    assert lots is not None
    account, stated = Attribution(lots, opening), Entitlement(opening)
    lost: Counter[str] = Counter()
    restored: Counter[str] = Counter()
    for one in made:
        moved = account.apply(one, stated.apply(one, resolved=True))
        lost.update(dict(moved.lost))
        restored.update(dict(moved.restored))
    return lost, restored


@pytest.mark.parametrize("rule", OTHERS)
@given(made=flows(outside=True), opening=st.integers(-5, 9))
def test_every_rule_lies_between_the_bounds(rule: TracingRule, made: list[Flow], opening: int) -> None:
    """T15: with overdraft, advances, several funds and admissions, whatever the order of a day."""
    lost, _ = attributed(rule, made, opening)
    _, certain, maximum = run(made, opening)
    for fund in FUNDS:
        assert certain[fund] <= lost[fund] <= maximum.diverted(fund)


@pytest.mark.parametrize("rule", OTHERS)
@given(made=flows(outside=True, returns=True), opening=st.integers(-5, 9))
def test_what_came_back_was_lost_before(rule: TracingRule, made: list[Flow], opening: int) -> None:
    """T17: a return brings home pieces of its original, so never more of a fund than was taken from it."""
    for end in range(len(made) + 1):
        lost, restored = attributed(rule, made[:end], opening)
        assert all(0 <= restored[fund] <= lost[fund] for fund in FUNDS)


@pytest.mark.parametrize("rule", OTHERS)
@given(made=flows(), opening=st.integers(0, 9))
def test_a_rule_never_looks_ahead(rule: TracingRule, made: list[Flow], opening: int) -> None:
    """Append-stable: what the first movements were said to take is not changed by later ones."""
    before: Counter[str] = Counter()
    for end in range(len(made) + 1):
        lost, _ = attributed(rule, made[:end], opening)
        assert all(before[fund] <= lost[fund] for fund in FUNDS)
        before = lost


def queue_model(made: Sequence[Flow], opening: int, *, newest: bool) -> Counter[str]:
    """Independent model without overdraft: one coin after another on a pile, taken from one end."""
    pile, lost, begun = [GENERAL] * opening, Counter[str](), set[str]()
    for one in made:
        fund = one.fund or GENERAL
        if one.side == CREDIT:
            begun.add(fund)
            pile += [fund] * one.amount
            continue
        for _ in range(one.amount):
            coin = pile.pop(-1 if newest else 0)
            if coin not in {GENERAL, fund if fund in begun else GENERAL}:
                lost[coin] += 1
    return lost


@pytest.mark.parametrize("rule", ["fifo", "lifo"])
@given(made=flows(), opening=st.integers(0, 9))
def test_queues_are_piles_of_coins(rule: TracingRule, made: list[Flow], opening: int) -> None:
    """Exact in integers: the same coins as moving them one by one."""
    balance, fed = opening, []
    for one in made:
        if one.side == CREDIT or one.amount <= balance:
            fed.append(one)
            balance += one.amount if one.side == CREDIT else -one.amount
    lost, _ = attributed(rule, fed, opening)
    model = queue_model(fed, opening, newest=rule == "lifo")
    assert {fund: lost[fund] for fund in FUNDS} == {fund: model[fund] for fund in FUNDS}


def told(*movements: tuple[int, int, str | None]) -> list[Flow]:
    """Movements (side, amount, fund) of one account, one a day, each of which may be returned later."""
    return [
        Flow("A", seq, seq, side, amount, bank=True, report=seq, fund=fund, returned=side == DEBIT)
        for seq, (side, amount, fund) in enumerate(movements, start=2)
    ]


def test_the_three_rules_differ_where_money_mixes() -> None:
    """10 of F, then 10 of others, then 10 leave: FIFO says F, LIFO others, pro-rata half; LIBR that nothing is short."""
    made = told((CREDIT, 10, "F"), (CREDIT, 10, None), (DEBIT, 10, None))
    assert [attributed(rule, made, 0)[0]["F"] for rule in OTHERS] == [10, 0, 5]
    assert run(made, 0)[1]["F"] == 0


def test_pro_rata_shares_odd_units_by_largest_remainder() -> None:
    """3, 3 and 1: of 3 units F and G get 9/7 each and the others 3/7, so the odd unit goes to the 3/7."""
    made = told((CREDIT, 3, "F"), (CREDIT, 3, "G"), (CREDIT, 1, None), (DEBIT, 3, None))
    lost, _ = attributed("prorata", made, 0)
    assert (lost["F"], lost["G"]) == (1, 1)


def test_a_credit_fills_the_overdraft_that_it_follows() -> None:
    """Clayton: 4 were paid before anything came; the fund whose credit came next advanced them."""
    made = told((DEBIT, 4, None), (CREDIT, 10, "F"))
    assert [attributed(rule, made, 0)[0]["F"] for rule in OTHERS] == [4, 4, 4]


def test_a_return_brings_home_the_last_matched_piece() -> None:
    """FIFO: 15 took 10 of F and then 5 of others; 7 that come back are those 5 and 2 of F."""
    made = told((CREDIT, 10, "F"), (CREDIT, 10, None), (DEBIT, 15, None))
    made.append(Flow("A", 9, 9, CREDIT, 7, bank=True, undoes=made[-1].report))
    assert attributed("fifo", made, 0) == (Counter(F=10), Counter(F=2))


def test_returns_break_the_bounds_of_sums() -> None:
    """The known counter-example: FIFO takes the same ten of F twice, since a return brought them home behind the others.

    LIBR never calls them lost, so to the maximum the return is general money. Findings take bounds loss by loss therefore.
    """
    made = told((CREDIT, 10, "F"), (CREDIT, 10, None), (DEBIT, 10, None))
    made.append(Flow("A", 9, 9, CREDIT, 10, bank=True, report=9, undoes=made[-1].report))
    made += [
        one._replace(day=one.day + 20, seq=one.seq + 20) for one in told((DEBIT, 10, None), (DEBIT, 10, None))
    ]
    lost, restored = attributed("fifo", made, 0)
    assert (lost["F"], restored["F"]) == (20, 10)
    assert run(made, 0)[2].diverted("F") == 10
