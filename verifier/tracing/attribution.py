# SPDX-License-Identifier: Apache-2.0
"""What funds lost by a selected rule: FIFO, LIFO or pro-rata by fund over one account (semantics T15, T17).

Every debit takes money as the rule says, whatever it is declared as; what it takes of a fund that it does not declare is
diverted from that fund. A debit beyond the balance is a debt, and the fund whose credit fills it later has advanced the
money (垫付): diverted, unless the debit was its own. A referenced return brings home exactly what its original took, the
last-matched piece first.

Why every rule lies between the bounds, as long as nothing is restored. Let N be what came in for a fund less what was
declared as paid from it, F what the account holds of it by the rule, D what the rule calls diverted. Declared payments take
at most what they declare, hence D ≥ N − F, and F ≤ max(B, 0): at every moment D is at least N − max(B, 0), whose running
maximum is LIBR of the fund alone. The greedy maximum (T9) gives the fund's own payments as little of the fund as any rule
can, hence at most as much is left for them, and at least as much diverted. Once money is restored a rule may undo more or
less of a fund than LIBR does, and lose it again: then neither bound holds of sums of losses (the tests keep an example), so
a finding under a selected rule takes the minimum up to its own value, and a maximum no lower than that.
"""

from collections import Counter
from typing import NamedTuple

from verifier.reconciliation.flows import Effect, Flow
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.lots import GENERAL, Lots


class Moved(NamedTuple):
    """What funds lost by a movement, and what came back to them, by fund id."""

    lost: tuple[tuple[str, int], ...] = ()
    restored: tuple[tuple[str, int], ...] = ()


class _Piece:
    """Money of `fund` that a debit of purpose `purpose` took."""

    __slots__ = ("amount", "fund", "purpose")

    def __init__(self, fund: str, purpose: str, amount: int) -> None:
        self.fund = fund
        self.purpose = purpose
        self.amount = amount


class _Debt:
    """The part of a debit that no money stood behind; `pieces` of the debit, if a return may ask for them."""

    __slots__ = ("amount", "pieces", "purpose")

    def __init__(self, purpose: str, amount: int, pieces: "_Taken | None") -> None:
        self.purpose = purpose
        self.amount = amount
        self.pieces = pieces


class _Taken:
    """What a debit took, in order, and what of it is still a debt."""

    __slots__ = ("debts", "pieces")

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self.debts: list[_Debt] = []


class Attribution:
    """One account under one rule; movements in the order of semantics T2, with the purposes that LIBR gives them."""

    __slots__ = ("_balance", "_debts", "_lots", "_taken")

    def __init__(self, lots: Lots, opening: int) -> None:
        """An account that holds `opening` of general money."""
        self._lots = lots
        self._balance = 0
        self._debts: list[_Debt] = []
        self._taken: dict[int, _Taken] = {}
        self.set_balance(opening)

    def apply(self, flow: Flow, effect: Effect, back: int | None = None) -> Moved:
        """The account after `flow`, to which LIBR said `effect`; of a restitution only `back` is the fund's (T19)."""
        lost: Counter[str] = Counter()
        restored: Counter[str] = Counter()
        if flow.side != CREDIT:
            self._balance -= flow.amount
            self._debit(flow, effect, lost)
        else:
            self._balance += flow.amount
            if flow.undoes is not None and flow.undoes in self._taken:
                self._undo(self._taken[flow.undoes], flow.amount, lost, restored)
            elif flow.interest:
                for portion in effect.portions:
                    self._credit(portion.fund, portion.amount, lost)
                rest = flow.amount - sum(portion.amount for portion in effect.portions)
                self._credit(GENERAL, rest, lost)
            else:
                own = flow.amount if back is None else back
                self._credit(flow.fund or GENERAL, own, lost)
                self._credit(GENERAL, flow.amount - own, lost)
        return Moved(tuple(sorted(lost.items())), tuple(sorted(restored.items())))

    def set_balance(self, balance: int) -> Moved:
        """The bank says that the account holds `balance`: the difference came or went as general money."""
        change, self._balance = balance - self._balance, balance
        lost: Counter[str] = Counter()
        if change > 0:
            self._credit(GENERAL, change, lost)
        elif change < 0:
            self._pay(GENERAL, -change, None, lost)
        return Moved(tuple(sorted(lost.items())))

    def _debit(self, flow: Flow, effect: Effect, lost: Counter[str]) -> None:
        taken = self._taken.setdefault(flow.report, _Taken()) if flow.returned else None
        rest = flow.amount
        for portion in effect.portions:
            own = 0
            if portion.kind == "admit":  # by the payer's own word it took this fund, whatever the rule (T13)
                own = self._lots.draw_of(portion.fund, portion.amount)
                _note(_Piece(portion.fund, portion.fund, own), taken, lost)
            self._pay(portion.fund, portion.amount - own, taken, lost)
            rest -= portion.amount
        if rest:
            self._pay(GENERAL, rest, taken, lost)

    def _pay(self, purpose: str, amount: int, taken: _Taken | None, lost: Counter[str]) -> None:
        for fund, part in self._lots.draw(amount):
            amount -= part
            _note(_Piece(fund, purpose, part), taken, lost)
        if amount:
            debt = _Debt(purpose, amount, taken)
            self._debts.append(debt)
            if taken is not None:
                taken.debts.append(debt)

    def _credit(self, fund: str, amount: int, lost: Counter[str]) -> None:
        if self._debts:
            for at, part in self._lots.fill(amount, [debt.amount for debt in self._debts]):
                debt = self._debts[at]
                debt.amount -= part
                amount -= part
                _note(_Piece(fund, debt.purpose, part), debt.pieces, lost)
            self._debts = [debt for debt in self._debts if debt.amount]
        if amount:
            self._lots.put(fund, amount)

    def _undo(self, taken: _Taken, amount: int, lost: Counter[str], restored: Counter[str]) -> None:
        """First what was never filled, then the pieces from the last one on; what is beyond them is general money."""
        while amount and taken.debts:
            debt = taken.debts[-1]
            part = min(amount, debt.amount)
            debt.amount -= part
            amount -= part
            if not debt.amount:
                taken.debts.pop()
        self._debts = [debt for debt in self._debts if debt.amount]
        while amount and taken.pieces:
            piece = taken.pieces[-1]
            part = min(amount, piece.amount)
            piece.amount -= part
            amount -= part
            if not piece.amount:
                taken.pieces.pop()
            if piece.fund not in {GENERAL, piece.purpose}:
                restored[piece.fund] += part
            self._credit(piece.fund, part, lost)
        if amount:
            self._credit(GENERAL, amount, lost)


def _note(piece: _Piece, taken: _Taken | None, lost: Counter[str]) -> None:
    if piece.fund not in {GENERAL, piece.purpose}:
        lost[piece.fund] += piece.amount
    if taken is not None:
        taken.pieces.append(piece)
