# SPDX-License-Identifier: Apache-2.0
"""Shortages and admissions of one account as they build up: amounts, decisive entries, what came back (T10, T11, T19)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from verifier.reconciliation.flows import Flow, Repair

LOSSES_MAX: Final = 20
"""Most losses that one shortage shows; its sums are exact beyond it."""


Orders = tuple[int, int, int]
"""The most that other debits may have taken of a fund, by order of the days: stated, credits first, debits first (T2)."""


class Short(NamedTuple):
    """An entry that left the account short: the debit that overdrew, balance after it, and what all funds were owed.

    `place` counts the movements and signed balances of the account up to it.
    """

    entry: Flow
    first: Flow
    resolved: bool
    balance: int
    owed: int
    place: int = 0


class Loss(NamedTuple):
    """`amount` of a fund was lost at `entry`."""

    entry: Flow
    amount: int


@dataclass(slots=True, kw_only=True)
class Shortage:
    """What an account lost of one fund, from its first loss until it was restored in full.

    `resolved` False: the data cannot tell (T4). `amount` is gross by the stated order, `amount_min` certain, `amount_max`
    possible; `proved` is the part of the minimum that nothing puts in doubt. `peak` is the most outstanding at any time.
    `decisive` is the entry after which the account was short, `first` the debit that overdrew (T10). `balance` is what
    the account held after it, `owed` what it owed all funds just before the loss was taken. `place` is that of the entry
    in its account; `orders` are the three maxima of T2, of which `amount_max` is the largest. `named` is the entry that
    names the finding where that is another one (T15).
    """

    fund: str
    resolved: bool
    first: Flow
    decisive: Flow
    balance: int = 0
    owed: int = 0
    amount: int = 0
    amount_min: int = 0
    amount_max: int = 0
    proved: int = 0
    restored: int = 0
    peak: int = 0
    by_report: bool = False
    losses: list[Loss] = field(default_factory=list)
    last_day: int = 0
    orders: list[int] = field(default_factory=list)
    place: int = 0
    named: Flow | None = None

    @property
    def outstanding(self) -> int:
        """What did not come back."""
        return self.amount - self.restored


@dataclass(slots=True, kw_only=True)
class Admission:
    """A payment that declares a class outside the scope of the fund that it names (T13)."""

    fund: str
    payment: Flow
    amount: int = 0
    restored: int = 0

    @property
    def outstanding(self) -> int:
        """What did not come back."""
        return self.amount - self.restored


class Excess(NamedTuple):
    """`amount` of the restitution `entry` went beyond what was outstanding, and is general money (T19)."""

    entry: Flow
    amount: int


class Shortages:
    """All shortages of one account; at most one of a fund is open at a time, beside one that is unresolved."""

    __slots__ = ("_admissions", "_closing", "_earlier", "_found", "_open")

    def __init__(self) -> None:
        """None yet."""
        self._found: list[Shortage] = []
        self._open: dict[tuple[str, bool], Shortage] = {}
        self._closing: list[Shortage] = []
        self._earlier: dict[str, int] = {}  # amounts of closed shortages, by fund
        self._admissions: dict[int, Admission] = {}

    def lose(self, fund: str, amount: int, at: Short) -> None:
        """`amount` of `fund` was lost in the shortage `at`."""
        entry, resolved = at.entry, at.resolved
        found = self._open.get((fund, resolved))
        if found is None:
            found = Shortage(
                fund=fund,
                resolved=resolved,
                first=at.first,
                decisive=entry,
                balance=at.balance,
                owed=at.owed,
                place=at.place,
            )
            self._open[fund, resolved] = found
            self._found.append(found)
        found.amount += amount
        found.peak = max(found.peak, found.outstanding)
        found.by_report = found.by_report or not entry.bank
        found.last_day = entry.day
        if len(found.losses) < LOSSES_MAX:
            found.losses.append(Loss(entry, amount))

    def prove(self, fund: str, amount: int, *, firm: bool) -> None:
        """Of what `fund` lost, `amount` is certain; `firm` if nothing puts it in doubt."""
        found = self._open.get((fund, True))
        if found is not None:
            found.amount_min = min(found.amount_min + amount, found.amount)
            found.proved = min(found.proved + (amount if firm else 0), found.amount_min)

    def restore(self, fund: str, amount: int) -> None:
        """`amount` of what `fund` lost came back; a shortage restored in full is closed."""
        for resolved in (True, False):
            found = self._open.get((fund, resolved))
            if found is None:
                continue
            part = min(amount, found.outstanding)
            found.restored += part
            amount -= part
            self._close(found)

    def repair(
        self, fund: str, amount: int, *, out_of_scope: int, named: Callable[[Shortage | Admission], bool]
    ) -> tuple[Repair, int]:
        """Losses of `fund` made good by up to `amount`: first the one that is `named`, then the oldest (T19).

        Returns what that is, of it at most `out_of_scope` by payments out of scope, and what is beyond all losses.
        """
        open_: list[Shortage | Admission] = [
            *(one for one in self._open.values() if one.fund == fund),
            *(one for one in self._admissions.values() if one.fund == fund and one.outstanding),
        ]
        lost = admitted = 0
        for one in sorted(open_, key=lambda one: (not named(one), _began(one))):
            part = min(amount, one.outstanding)
            amount -= part
            one.restored += part
            if isinstance(one, Admission):
                admitted += part
            else:
                lost += part
                self._close(one)
        return Repair(lost, min(admitted, out_of_scope)), amount

    def _close(self, found: Shortage) -> None:
        if found.outstanding == 0:
            del self._open[found.fund, found.resolved]
            self._closing.append(found)

    def admit(self, fund: str, amount: int, payment: Flow) -> None:
        """`payment` was out of scope: `amount` of `fund` is diverted by admission."""
        found = self._admissions.setdefault(payment.report, Admission(fund=fund, payment=payment))
        found.amount += amount

    def readmit(self, report: int, amount: int) -> None:
        """`amount` of the payment told by `report` came back."""
        found = self._admissions.get(report)
        if found is not None:
            found.restored += min(amount, found.amount - found.restored)

    def admissions(self) -> tuple[Admission, ...]:
        """All payments out of scope, in the order of the account."""
        return tuple(one for one in self._admissions.values() if one.amount)

    def cap(self, possible: Callable[[str], Orders]) -> None:
        """Shortages closed since the last call get their maximum, from `possible` so far by fund."""
        for found in self._closing:
            self._set_maximum(found, possible)
        self._closing = []

    def finish(self, possible: Callable[[str], Orders]) -> tuple[Shortage, ...]:
        """All shortages in the order of their decisive entries, every one with its maximum."""
        self.cap(possible)
        for found in self._open.values():
            self._set_maximum(found, possible)
        return tuple(self._found)

    def _set_maximum(self, found: Shortage, possible: Callable[[str], Orders]) -> None:
        earlier = self._earlier.get(found.fund, 0)
        found.orders = [max(found.amount, most - earlier) for most in possible(found.fund)]
        found.amount_max = max(found.orders)
        if found.outstanding == 0:
            self._earlier[found.fund] = earlier + found.amount


def _began(one: Shortage | Admission) -> tuple[int, int]:
    first = one.payment if isinstance(one, Admission) else one.decisive
    return first.day, first.seq
