# SPDX-License-Identifier: Apache-2.0
"""What may be lost: the greedy maximum of each fund alone, the largest over three orders of each day (T2, T8, T9).

Runs day by day over what the stated-order run made of the movements (`verifier.tracing.entitlement`).
"""

from collections.abc import Iterable, Sequence

from verifier.reconciliation.flows import UNLIMITED, Counted, Portion
from verifier.reconciliation.money_facts import CREDIT


class _Most:
    __slots__ = ("credits", "debits", "diverted", "held", "overdrawn")

    def __init__(self, credits_: int, debits: int) -> None:
        self.held = self.overdrawn = self.diverted = 0
        self.credits = credits_
        self.debits = debits


class Greedy:
    """The greedy maximum of each fund alone in one order of each day (T9).

    Of a fund are kept `held` (f) and `overdrawn` by the fund (Df). Other debits take f first, other credits repay Df first,
    so both follow from running totals of the account and are brought up to date only when the fund itself moves; the rest
    of the balance is other money (g), or others' overdraft (Du) when negative.
    """

    __slots__ = ("_balance", "_credits", "_debits", "_funds")

    def __init__(self, opening: int) -> None:
        """An account that holds `opening`, or `UNLIMITED`."""
        self._balance = opening
        self._credits = self._debits = 0
        self._funds: dict[str, _Most] = {}

    def move(self, moves: Iterable[Counted]) -> None:
        """The account after `moves`, in the order given."""
        for move in moves:
            touched = [self._touch(move, fund) for fund in {portion.fund for portion in move.portions}]
            if move.side == CREDIT:
                self._balance += move.amount
                self._credits += move.amount
            else:
                self._balance -= move.amount
                self._debits += move.amount
            for state in touched:
                state.credits, state.debits = self._credits, self._debits

    def set_balance(self, balance: int) -> None:
        """The bank says that the account holds `balance`: the difference came or went as other money."""
        known = self._balance < UNLIMITED >> 1
        change = balance - self._balance
        if known:
            self.move([Counted(CREDIT if change > 0 else 1, abs(change), ())])
            return
        for state in self._funds.values():
            self._settle(state)
            state.held = min(state.held, max(balance, 0))
        self._balance = balance

    def diverted(self, fund: str) -> int:
        """The most of `fund` that other debits may have taken so far."""
        state = self._funds.get(fund)
        if state is None:
            return 0
        self._settle(state)
        return state.diverted

    def _settle(self, state: _Most) -> None:
        taken = min(state.held, self._debits - state.debits)
        state.held -= taken
        state.diverted += taken
        state.overdrawn = max(state.overdrawn - (self._credits - state.credits), 0)
        state.credits, state.debits = self._credits, self._debits

    def _touch(self, move: Counted, fund: str) -> _Most:
        state = self._funds.get(fund)
        if state is None:
            state = self._funds[fund] = _Most(self._credits, self._debits)
        self._settle(state)
        own = [portion for portion in move.portions if portion.fund == fund]
        amount = sum(portion.amount for portion in own)
        rest = move.amount - amount
        if move.side == CREDIT:
            state.overdrawn = max(state.overdrawn - rest, 0)
            _greedy_credit(state, amount, self._balance + rest)
        else:
            _greedy_debit(state, own[0], self._balance)
            taken = min(state.held, rest)
            state.held -= taken
            state.diverted += taken
        return state


def _greedy_credit(state: _Most, amount: int, balance: int) -> None:
    """An f-credit fills Du (diverted), then Df (proper), the rest is f."""
    swallowed = min(max(-balance - state.overdrawn, 0), amount)
    state.diverted += swallowed
    filled = min(state.overdrawn, amount - swallowed)
    state.overdrawn -= filled
    state.held += amount - swallowed - filled


def _greedy_debit(state: _Most, portion: Portion, balance: int) -> None:
    """An f-debit takes g, then f, then Df; what is admitted out of scope takes f and is counted elsewhere (T13)."""
    if portion.kind == "admit":
        state.held -= min(state.held, portion.amount)
        return
    others = min(max(balance - state.held, 0), portion.amount)
    own = min(state.held, portion.amount - others)
    state.held -= own
    state.overdrawn += portion.amount - others - own


class Maximum:
    """The largest greedy maximum over the stated order, credits first, and debits first (T2)."""

    __slots__ = ("_runs",)

    def __init__(self, opening: int) -> None:
        """An account that holds `opening`, or `UNLIMITED`."""
        self._runs = (Greedy(opening), Greedy(opening), Greedy(opening))

    def day(self, moves: Sequence[Counted]) -> None:
        """The account after one day, whose movements stand in the stated order."""
        stated, credits_first, debits_first = self._runs
        stated.move(moves)
        if len(moves) == 1:
            credits_first.move(moves)
            debits_first.move(moves)
            return
        credits_first.move(sorted(moves, key=lambda move: move.side != CREDIT))
        debits_first.move(sorted(moves, key=lambda move: move.side == CREDIT))

    def set_balance(self, balance: int) -> None:
        """The bank says that the account holds `balance`."""
        for run in self._runs:
            run.set_balance(balance)

    def diverted(self, fund: str) -> int:
        """The most of `fund` that other debits may have taken so far, in any of the orders."""
        return max(self.by_order(fund))

    def by_order(self, fund: str) -> tuple[int, int, int]:
        """The same in each of the orders: stated, credits first, debits first."""
        stated, credits_first, debits_first = self._runs
        return stated.diverted(fund), credits_first.diverted(fund), debits_first.diverted(fund)
