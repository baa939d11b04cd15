# SPDX-License-Identifier: Apache-2.0
"""How much of what came home was the money that was paid, by LIBR on every account between (semantics P4).

It is the same test as for funds (`verifier.tracing.entitlement`) with the same presumption: other money leaves first, and
what an account can no longer hold has left. At every account between, the payment is a claim and everything else general
money; all credits of a day come before its debits. What a day's debits take of the claim was passed on as far as the debits
that lead elsewhere do not reach; that is the claim on the next account, and at home it has come back. General money that is
spent does not grow again, so splitting a payment into parts hides it only once.

Known only where closed statements cover an account from the day the money came to the day it went.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from verifier.reconciliation.coverage import NOT_COVERED, Coverage, Stretch, read_coverage
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.homecoming import Trip
from verifier.tracing.hops import Hop
from verifier.tracing.money_books import MoneyBooks

_LINES: Final = """
    SELECT day, side, amount FROM bank_line WHERE account = ?1 AND void = 0 AND day BETWEEN ?2 AND ?3
    UNION ALL
    SELECT day, side, amount FROM other_line WHERE account = ?1 AND void = 0 AND day BETWEEN ?2 AND ?3"""


class _Line(NamedTuple):
    day: int
    side: int
    amount: int


class Statements:
    """What banks signed of any account, custodian or not."""

    def __init__(self, books: MoneyBooks) -> None:
        """Over closed `books`."""
        self._workspace = books.workspace
        others = read_coverage(books.workspace, statements="other_statement", lines="other_line")
        self._coverage: Mapping[str, Coverage] = {**others, **books.coverage}

    def covering(self, account: str, first: int, last: int) -> Stretch | None:
        """The covered stretch of `account` that holds both days, or None."""
        found = self._coverage.get(account, NOT_COVERED).stretches
        return next((one for one in found if one.first_day <= first and last <= one.last_day), None)

    def days(self, account: str, first: int, last: int) -> dict[int, tuple[int, int]]:
        """By day what came in and what went out."""
        found: dict[int, tuple[int, int]] = {}
        for line in self._workspace.rows(_Line, _LINES, (account, first, last)):
            came, went = found.get(line.day, (0, 0))
            credited = line.side == CREDIT
            found[line.day] = (came + line.amount * credited, went + line.amount * (not credited))
        return found


def forced(statements: Statements, trips: Sequence[Trip]) -> int:
    """How much of what `trips` brought home must have been the money paid; minor units."""
    chain = _Chain(statements, trips)
    return sum(chain.home(hop) for hop in {trip.hops[-1] for trip in trips})


class _Chain:
    """All trips of one payment, account by account, each settled when its first hop is asked for."""

    def __init__(self, statements: Statements, trips: Iterable[Trip]) -> None:
        self._statements = statements
        self._used: Counter[int] = Counter()
        self._certain: dict[int, int] = {}
        self._settled: set[str] = set()
        self._into: defaultdict[str, set[Hop]] = defaultdict(set)
        self._out_of: defaultdict[str, set[Hop]] = defaultdict(set)
        for trip in trips:
            start, *later = trip.hops
            self._certain[start.id] = start.amount
            for hop in trip.hops[:-1]:
                self._into[hop.taker or ""].add(hop)
            for hop in later:
                self._used[hop.id] += trip.amount
                self._out_of[hop.giver or ""].add(hop)

    def home(self, hop: Hop) -> int:
        """How much of what the trips use of `hop`, the last one of a way, must be the money paid."""
        return max(self.certain(hop) - (hop.amount - self._used[hop.id]), 0)

    def certain(self, hop: Hop) -> int:
        """How much of the whole of `hop` must be the money paid."""
        account = hop.giver or ""
        if hop.id not in self._certain and account not in self._settled:
            self._settled.add(account)  # before it is done: where money went in a circle, nothing is certain
            self._settle(account)
        return self._certain.get(hop.id, 0)

    def _settle(self, account: str) -> None:
        into, out_of = self._into[account], self._out_of[account]
        came = [hop.in_day for hop in into if hop.in_day is not None]
        went = [hop.out_day for hop in out_of if hop.out_day is not None]
        signed = all(hop.bank for hop in out_of) and len(went) == len(out_of) and len(came) == len(into)
        if not signed or not came or not went:
            return
        stretch = self._statements.covering(account, min(came), max(went))
        if stretch is None:
            return
        balance, claim = stretch.opening, 0
        days = self._statements.days(account, stretch.first_day, max(went))
        for day, (credits_, debits) in sorted(days.items()):
            claim += sum(self.certain(hop) for hop in into if hop.in_day == day)
            balance += credits_ - debits
            lost = max(claim - max(balance, 0), 0)
            claim -= lost
            home = sorted((hop for hop in out_of if hop.out_day == day), key=lambda hop: hop.id)
            self._pass_on(home, lost - (debits - sum(hop.amount for hop in home)))

    def _pass_on(self, hops: Iterable[Hop], amount: int) -> None:
        """Of one day's hops that lead home, `amount` must be the money paid."""
        for hop in hops:
            part = max(min(amount, hop.amount), 0)
            self._certain[hop.id] = part
            amount -= part
