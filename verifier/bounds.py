# SPDX-License-Identifier: Apache-2.0
"""The two outer amounts of a shortage: what is lost for certain, and what may be (semantics T2, T8, T9).

Both take each fund alone, all other money being general, and run day by day over what the stated-order run made of the
movements (`verifier.entitlement`). The order within a day is legally arbitrary: the minimum takes the most favourable one,
the maximum the largest of three.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from verifier.entitlement import Portion
from verifier.money_facts import CREDIT

UNLIMITED: Final = 1 << 62
"""Opening balance of an account whose opening is not known: more than any account can hold (T4)."""


class Counted(NamedTuple):
    """A movement as the bounds see it: side, amount, and the portions that count for single funds."""

    side: int
    amount: int
    portions: tuple[Portion, ...]


class _Least:
    __slots__ = ("advance", "claim", "diverted", "lost")

    def __init__(self) -> None:
        self.claim = self.advance = self.diverted = self.lost = 0


class Minimum:
    """LIBR of each fund alone; each day first general credits, then f-debits, f-credits, other debits (T2, T8).

    A payment out of scope stands before other debits, after the f-credits that it admits having used.
    """

    __slots__ = ("_balance", "_ceiling", "_funds")

    def __init__(self, opening: int) -> None:
        """An account that holds `opening`, or `UNLIMITED`."""
        self._balance = opening
        self._funds: dict[str, _Least] = {}
        self._ceiling = 0  # no claim is above it; exact after every loss

    def day(self, moves: Sequence[Counted], *, tested: bool = True) -> dict[str, int]:
        """What each fund lost for certain on the day of `moves`; funds that lost nothing are absent."""
        before = self._balance
        credits_ = sum(move.amount for move in moves if move.side == CREDIT)
        debits = sum(move.amount for move in moves if move.side != CREDIT)
        self._balance = before + credits_ - debits
        lost: dict[str, int] = {}
        for fund, sums in _by_fund(moves).items():
            found = self._funds.setdefault(fund, _Least())
            part = _fund_day(found, sums, before + credits_, tested=tested)
            self._ceiling = max(self._ceiling, found.claim)
            if part:
                lost[fund] = part
        if tested and self._ceiling > max(self._balance, 0):
            self._lose(lost)
        return lost

    def set_balance(self, balance: int, *, resolved: bool) -> dict[str, int]:
        """The bank says that the account holds `balance`; what falls short is lost, or left out if not `resolved`."""
        self._balance = balance
        lost: dict[str, int] = {}
        if self._ceiling > max(balance, 0):
            self._lose(lost, counted=resolved)
        return lost

    def claim(self, fund: str) -> int:
        """C of `fund` alone."""
        found = self._funds.get(fund)
        return 0 if found is None else found.claim

    def _lose(self, lost: dict[str, int], *, counted: bool = True) -> None:
        held = max(self._balance, 0)
        for fund, found in self._funds.items():
            if found.claim > held:
                part = found.claim - held
                found.claim = held
                if counted:
                    found.diverted += part
                    found.lost += part
                    lost[fund] = lost.get(fund, 0) + part
        self._ceiling = max((found.claim for found in self._funds.values()), default=0)


class _Sums:
    __slots__ = ("admitted", "credited", "debited", "restored")

    def __init__(self) -> None:
        self.credited = self.debited = self.restored = self.admitted = 0


def _by_fund(moves: Iterable[Counted]) -> dict[str, _Sums]:
    found: dict[str, _Sums] = {}
    for move in moves:
        for portion in move.portions:
            sums = found.setdefault(portion.fund, _Sums())
            if portion.kind == "admit":
                sums.admitted += portion.amount
            elif portion.kind == "restore":
                sums.restored += portion.amount
            elif move.side == CREDIT:
                sums.credited += portion.amount
            else:
                sums.debited += portion.amount
    return found


def _fund_day(found: _Least, sums: _Sums, held: int, *, tested: bool) -> int:
    """The day of one fund up to its own credits, where an overdraft may swallow them; `held` is before all debits.

    What comes back of a loss comes before the fund's debits: most favourable, as T2 has it for general credits.
    """
    restored = min(found.lost, sums.restored)
    found.lost -= restored
    found.claim += restored
    own = min(found.claim, sums.debited)
    found.claim -= own
    found.advance += sums.debited - own
    repaid = min(found.advance, sums.credited)
    found.advance -= repaid
    found.claim += sums.credited - repaid
    part = max(found.claim - max(held - sums.debited, 0), 0) if tested else 0
    found.claim -= part
    found.diverted += part
    found.lost += part
    admitted = min(found.claim, sums.admitted)
    found.claim -= admitted
    found.advance += (
        sums.admitted - admitted
    )  # the debits above took in advance what the admission took by the stated order
    return part


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
        return max(run.diverted(fund) for run in self._runs)
