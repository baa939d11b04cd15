# SPDX-License-Identifier: Apache-2.0
"""The bank of a large ledger: numbers its lines and closes months in memory bounded by accounts."""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ledger.kinds.bank import BankBalance, Movement
from verifier.simulation.diary import CashEvent, sides


@dataclass(slots=True, kw_only=True)
class _Page:
    opening: int
    closing: int
    lines: int = 0


@dataclass(slots=True, kw_only=True)
class Bank:
    """Open statements of one month: `year` and `month`, and for each account what it opened with and stands at."""

    year: int
    month: int = 1
    _pages: dict[str, _Page] = field(default_factory=dict)

    def open_account(self, account: str, balance: int) -> None:
        """`account` has statements from now on; the first opens with `balance` minor units."""
        self._pages[account] = _Page(opening=balance, closing=balance)

    def book(self, report: CashEvent) -> Iterator[Movement]:
        """The next lines for `report`, one on each of its sides that has statements; its day lies in the open month."""
        giver, taker = sides(report)
        if giver in self._pages:
            yield self._line(giver, "debit", report, taker)
        if taker in self._pages:
            yield self._line(taker, "credit", report, giver)

    def _line(
        self, account: str, direction: Literal["credit", "debit"], report: CashEvent, other: str | None
    ) -> Movement:
        page = self._pages[account]
        page.lines += 1
        page.closing += report.amount if direction == "credit" else -report.amount
        return Movement(
            occurred_on=report.occurred_on,
            account=account,
            statement=f"{self.year}-{self.month:02d}",
            line_no=page.lines,
            direction=direction,
            amount=report.amount,
            counterparty=other,
            bank_ref=report.bank_ref,
        )

    def close_month(self) -> list[BankBalance]:
        """The balance of every account at the end of the open month; the next month is open."""
        closed = list(self._balances())
        for page in self._pages.values():
            page.opening, page.lines = page.closing, 0
        self.month += 1
        return closed

    def _balances(self) -> Iterator[BankBalance]:
        last = datetime.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])
        for account, page in self._pages.items():
            yield BankBalance(
                occurred_on=last,
                account=account,
                statement=f"{self.year}-{self.month:02d}",
                from_on=last.replace(day=1),
                to_on=last,
                opening=page.opening,
                closing=page.closing,
                lines=page.lines,
            )
