# SPDX-License-Identifier: Apache-2.0
"""Laws of the tracing kernel over random accounts: order of the three amounts, models, conservation, splitting."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from verifier.reconciliation.flows import Counted, Flow, Repair
from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.tracing.conservation import FundTally, check_fund
from verifier.tracing.entitlement import Entitlement
from verifier.tracing.maximum import Greedy, Maximum
from verifier.tracing.minimum import Minimum

if TYPE_CHECKING:
    from collections.abc import Sequence

FUNDS = ("F", "G")


def flows(
    funds: Sequence[str | None] = (None, "F", "G"), *, outside: bool = False, returns: bool = False
) -> st.SearchStrategy[list[Flow]]:
    """Short accounts with few days and small amounts, so that shortages, overdrafts and ties are common."""
    kinds = st.sampled_from(["plain", "outside"] if outside else ["plain"])
    one = st.tuples(
        st.integers(0, 1), st.sampled_from([DEBIT, CREDIT]), st.integers(1, 9), st.sampled_from(funds), kinds
    )
    backs = st.integers(0, 4) if returns else st.just(0)
    return st.lists(st.tuples(one, backs), max_size=14).map(_laid_out)


def _laid_out(drawn: list[tuple[tuple[int, int, int, str | None, str], int]]) -> list[Flow]:
    made: list[Flow] = []
    day = 1
    for seq, ((later, side, amount, fund, kind), back) in enumerate(drawn, start=2):
        day += later
        undoes = None
        if back and side == CREDIT:
            debits = [one for one in made if one.side == DEBIT]
            undoes = debits[-back].seq if len(debits) >= back else None
        made.append(
            Flow(
                "A", day, seq, side, amount, bank=True, report=seq, fund=fund,
                outside=kind == "outside" and side == DEBIT and fund is not None, returned=side == DEBIT, undoes=undoes,
            )
        )  # fmt: skip
    return made


def run(made: Sequence[Flow], opening: int) -> tuple[Entitlement, dict[str, int], Maximum]:
    """The stated order, what each fund lost for certain, and the maximum, over `made`."""
    stated, minimum, maximum = Entitlement(opening), Minimum(opening), Maximum(opening)
    certain = dict.fromkeys(FUNDS, 0)
    for _, day in groupby(made, key=lambda one: one.day):
        moves = [Counted(one.side, one.amount, stated.apply(one, resolved=True).portions) for one in day]
        for fund, part in minimum.day(moves).items():
            certain[fund] += part
        maximum.day(moves)
    return stated, certain, maximum


def repaired(made: Sequence[Flow], opening: int) -> tuple[Entitlement, dict[str, int], Maximum, int]:
    """As `run`, where every second credit of a fund puts back what it lost; also what went beyond."""
    stated, minimum, maximum, beyond = Entitlement(opening), Minimum(opening), Maximum(opening), 0
    certain = dict.fromkeys(FUNDS, 0)
    for _, day in groupby(made, key=lambda one: one.day):
        moves: list[Counted] = []
        for one in day:
            repair = None
            if one.side == CREDIT and one.fund is not None and one.seq % 2:
                tally = stated.funds.get(one.fund, FundTally())
                admitted = min(one.amount, stated.out_of_scope(one.fund))
                open_ = tally.diverted + tally.outside - tally.restored - stated.out_of_scope(one.fund)
                repair = Repair(min(one.amount - admitted, open_), admitted)
                beyond += one.amount - repair.lost - repair.admitted
            moves.append(
                Counted(one.side, one.amount, stated.apply(one, resolved=True, repair=repair).portions)
            )
            for fund, tally in stated.funds.items():
                check_fund(fund, tally)
        for fund, part in minimum.day(moves).items():
            certain[fund] += part
        maximum.day(moves)
    return stated, certain, maximum, beyond


def diverted(stated: Entitlement, fund: str) -> int:
    """Gross loss of `fund` by the stated order."""
    return stated.funds[fund].diverted if fund in stated.funds else 0


@given(flows(outside=True), st.integers(0, 9))
def test_minimum_amount_maximum_stand_in_order(made: list[Flow], opening: int) -> None:
    """T8: what is certain ≤ what the rule says ≤ what is possible, with overdraft, several funds and admissions."""
    stated, certain, maximum = run(made, opening)
    for fund in FUNDS:
        assert certain[fund] <= diverted(stated, fund) <= maximum.diverted(fund)


@given(flows(outside=True, returns=True), st.integers(0, 9))
def test_returns_keep_the_minimum_below(made: list[Flow], opening: int) -> None:
    """T17: with referenced returns too, what is certain stays below what the rule says."""
    stated, certain, _ = run(made, opening)
    for fund in FUNDS:
        assert certain[fund] <= diverted(stated, fund)


@given(flows(outside=True, returns=True), st.integers(0, 9))
def test_cash_conserves_at_every_prefix(made: list[Flow], opening: int) -> None:
    """T21: integer equality for every fund after every movement, whatever moved; the balance is the bank's."""
    stated, balance = Entitlement(opening), opening
    for one in made:
        stated.apply(one, resolved=True)
        balance += one.amount if one.side == CREDIT else -one.amount
        assert stated.balance == balance
        assert sum(tally.claim for tally in stated.funds.values()) <= max(balance, 0)
        for fund, tally in stated.funds.items():
            check_fund(fund, tally)


@given(flows(outside=True, returns=True), st.integers(0, 9))
def test_restitutions_conserve_and_keep_the_order(made: list[Flow], opening: int) -> None:
    """T19, T21: conservation at every prefix with money put back, which restores no more than was lost."""
    stated, certain, _, beyond = repaired(made, opening)
    assert beyond >= 0
    for fund in FUNDS:
        assert certain[fund] <= diverted(stated, fund)
        if fund in stated.funds:
            tally = stated.funds[fund]
            assert 0 <= tally.restored <= tally.diverted + tally.outside


def greedy_minimum(made: Sequence[Flow], opening: int) -> int:
    """Independent model without overdraft: other debits take general money first, f-debits take f first."""
    general, held, lost, begun = opening, 0, 0, False
    for one in made:
        mine = one.fund == "F"
        if one.side == CREDIT and mine:
            begun = True
            held += one.amount
        elif one.side == CREDIT:
            general += one.amount
        elif mine and begun:
            own = min(held, one.amount)
            held -= own
            general -= one.amount - own
        else:
            taken = min(general, one.amount)
            general -= taken
            held -= one.amount - taken
            lost += one.amount - taken
    return lost


@given(flows(("F", None)), st.integers(100, 109))
def test_one_fund_without_overdraft_is_the_greedy_minimum(made: list[Flow], opening: int) -> None:
    """Without overdraft and advance, LIBR of one fund in the stated order is the greedy minimum."""
    trimmed: list[Flow] = []
    balance, claim = 20, 0
    for one in made:
        size = one.amount * (opening - 99)
        if one.side == DEBIT and (size > balance or (one.fund == "F" and size > claim)):
            continue
        balance += size if one.side == CREDIT else -size
        if one.fund == "F":
            claim += size if one.side == CREDIT else -size
        claim = min(claim, balance)
        trimmed.append(one._replace(amount=size, returned=False))
    stated, _, _ = run(trimmed, 20)
    assert diverted(stated, "F") == greedy_minimum(trimmed, 20)


def greedy_maximum(moves: Sequence[Counted], opening: int) -> int:
    """T9 word by word: f, g, overdraft by others Du and by the fund Df."""
    held, general, by_others, by_fund, lost = 0, max(opening, 0), max(-opening, 0), 0, 0
    for move in moves:
        rest = move.amount
        mine = any(portion.fund == "F" for portion in move.portions)
        if move.side == CREDIT and mine:
            part = min(by_others, rest)
            by_others, rest, lost = by_others - part, rest - part, lost + part
            part = min(by_fund, rest)
            by_fund, held = by_fund - part, held + rest - part
        elif move.side == CREDIT:
            part = min(by_fund, rest)
            by_fund, rest = by_fund - part, rest - part
            part = min(by_others, rest)
            by_others, general = by_others - part, general + rest - part
        elif mine:
            part = min(general, rest)
            general, rest = general - part, rest - part
            part = min(held, rest)
            held, by_fund = held - part, by_fund + rest - part
        else:
            part = min(held, rest)
            held, rest, lost = held - part, rest - part, lost + part
            part = min(general, rest)
            general, by_others = general - part, by_others + rest - part
    return lost


@given(flows(), st.integers(-5, 9))
def test_lazy_greedy_is_the_eager_one(made: list[Flow], opening: int) -> None:
    """T9: running totals give the same maximum as keeping f, g, Du and Df at every movement."""
    stated, greedy = Entitlement(opening), Greedy(opening)
    moves = [Counted(one.side, one.amount, stated.apply(one, resolved=True).portions) for one in made]
    greedy.move(moves)
    assert greedy.diverted("F") == greedy_maximum(moves, opening)


@given(flows(), st.integers(0, 9), st.data())
def test_splitting_a_payment_changes_nothing_provable(
    made: list[Flow], opening: int, data: st.DataObject
) -> None:
    """Cutting any movement into parts on its own day leaves the minimum and the maximum as they were."""
    split: list[Flow] = []
    for one in made:
        first = data.draw(st.integers(0, one.amount - 1))
        split += [one._replace(amount=part) for part in (first, one.amount - first) if part]
    _, certain, maximum = run(made, opening)
    _, certain_again, maximum_again = run(split, opening)
    assert certain == certain_again
    for fund in FUNDS:
        assert maximum.diverted(fund) == maximum_again.diverted(fund)


@given(flows(), st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_minimum_does_not_know_the_order_of_a_day(made: list[Flow], opening: int, random: object) -> None:
    """T2: whatever order the bank prints a day in, no more is certain than in the most favourable one."""
    begun = [Flow("A", 0, 0, CREDIT, 1, bank=True, fund=fund) for fund in FUNDS]
    shuffled: list[Flow] = []
    for _, day in groupby(made, key=lambda one: one.day):
        group = list(day)
        random.shuffle(group)  # type: ignore[attr-defined]
        shuffled += group
    _, certain, _ = run([*begun, *made], opening)
    _, certain_again, _ = run([*begun, *shuffled], opening)
    assert certain == certain_again
