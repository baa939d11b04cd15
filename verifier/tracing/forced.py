# SPDX-License-Identifier: Apache-2.0
"""How much of what an intermediary passed on must have been the money that it was paid (semantics P4): LIBR once more.

The payment is a claim on the intermediary's account, everything else there is general money and goes first. What it passes
on is forced as far as the other money of that day does not reach; the claim is never more than the lowest balance since.
Known only where closed statements cover the account from the day the money came to the day it went.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.reconciliation.coverage import NOT_COVERED, Coverage, Stretch, read_coverage
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.homecoming import Trip
from verifier.tracing.hops import Hop
from verifier.tracing.money_books import MoneyBooks

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES: Final = """
    SELECT day, side, amount FROM bank_line WHERE account = ?1 AND void = 0 AND day BETWEEN ?2 AND ?3
    UNION ALL
    SELECT day, side, amount FROM other_line WHERE account = ?1 AND void = 0 AND day BETWEEN ?2 AND ?3
    ORDER BY day, side"""


class _Line(NamedTuple):
    day: int
    side: int
    amount: int


class Forced:
    """Asks the statements of intermediaries, custodians or not."""

    def __init__(self, books: MoneyBooks) -> None:
        """Over closed `books`."""
        self._workspace = books.workspace
        others = read_coverage(books.workspace, statements="other_statement", lines="other_line")
        self._coverage: Mapping[str, Coverage] = {**others, **books.coverage}

    def part(self, trip: Trip) -> int:
        """How much of `trip` must have come home, whatever else its intermediaries held; minor units."""
        if not all(hop.bank for hop in trip.hops[1:]):
            return 0
        least = trip.amount
        for came, went in zip(trip.hops, trip.hops[1:], strict=False):
            for_others = went.amount - trip.amount
            least = min(least, max(self._passed_on(came, went) - for_others, 0))
        return least

    def _passed_on(self, came: Hop, went: Hop) -> int:
        """What `went` must have taken of what `came`; none where that cannot be known."""
        account, since, day = came.taker, came.in_day or came.day, went.out_day or went.day
        if account is None or account != went.giver:
            return 0
        stretch = self._covering(account, since, day)
        if stretch is None:
            return 0
        balance, lowest = stretch.opening, came.amount
        before = 0  # other money there was on the day it went, all credits of that day counted
        for line in self._workspace.rows(_Line, _LINES, (account, stretch.first_day, day)):
            if line.day == day:
                before += line.amount if line.side == CREDIT else 0
                continue
            balance += line.amount if line.side == CREDIT else -line.amount
            if line.day >= since and line.side != CREDIT:
                lowest = min(lowest, max(balance, 0))
        return max(0, min(lowest, went.amount - max(balance + before - lowest, 0)))

    def _covering(self, account: str, since: int, day: int) -> Stretch | None:
        found = self._coverage.get(account, NOT_COVERED)
        return next((one for one in found.stretches if one.first_day <= since and day <= one.last_day), None)
