# SPDX-License-Identifier: Apache-2.0
"""What is lost for certain: each fund alone, all other money general, the most favourable order of each day (T2, T8).

Runs day by day over what the stated-order run made of the movements (`verifier.tracing.entitlement`).
"""

from collections.abc import Iterable, Sequence

from verifier.reconciliation.flows import Counted
from verifier.reconciliation.money_facts import CREDIT


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
    __slots__ = ("admitted", "credited", "debited", "repaired", "restored")

    def __init__(self) -> None:
        self.credited = self.debited = self.restored = self.repaired = self.admitted = 0


def _by_fund(moves: Iterable[Counted]) -> dict[str, _Sums]:
    found: dict[str, _Sums] = {}
    for move in moves:
        for portion in move.portions:
            sums = found.setdefault(portion.fund, _Sums())
            if portion.kind == "admit":
                sums.admitted += portion.amount
            elif portion.kind == "restore":
                sums.restored += portion.amount
            elif portion.kind == "repair":
                sums.repaired += portion.amount
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
    repaired = min(found.lost, sums.repaired)
    found.lost -= repaired
    filled = min(found.advance, repaired)
    found.advance -= filled
    found.claim += repaired - filled
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
