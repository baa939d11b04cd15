# SPDX-License-Identifier: Apache-2.0
"""Books of a scenario: what reconciliation and tracing make of a few lines of text.

The stage has a county treasury `TR`, a unit's accounts `UA` (commingled) and `UB`, a platform company's account `PL`,
the accounts of a supplier `SU`; funds `F` (roads; classes 213 and 310 only, 30211 denied) and `G` (meals).
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.scenarios.language import Scenario, scenario
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.shortages import Admission, Shortage
from verifier.tracing.trace_tables import Holding
from verifier.workspace import Workspace

STAGE = """
    2026-01-05 party   PROV province finance
    2026-01-05 party   NA county finance parent=PROV
    2026-01-05 party   UNIT county unit parent=NA
    2026-01-05 party   BK city bank
    2026-01-05 party   SUP payee supplier
    2026-01-05 party   OTHER payee supplier
    2026-01-05 account TR NA treasury_single bank=BK
    2026-01-05 account UA UNIT unit_real bank=BK
    2026-01-05 account UB UNIT special bank=BK
    2026-01-05 account PL NA platform
    2026-01-05 account SU SUP supplier
    2026-01-05 fund    F PROV functional=213 economic=309,310,302 denied_economic=30211
    2026-01-05 fund    G PROV
    2026-01-10 issue   LF 1000.00 PROV -> NA fund=F
    2026-01-10 issue   LG 1000.00 PROV -> NA fund=G
"""
AS_OF = datetime.date(2026, 6, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One row of the table of what did not fit; `line` and `report` are labels of the scenario."""

    kind: str
    account: str
    line: str | None
    report: str | None
    amount: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Closed books of a scenario."""

    scenario: Scenario
    money: MoneyBooks

    def label(self, seq: int | None) -> str | None:
        """The label of the event at `seq`."""
        name = next((one.name for one in self.scenario.events if one.seq == seq), None)
        return next((label for label, its in self.scenario.names.items() if its == name), None)

    def mismatches(self) -> list[Mismatch]:
        """What did not fit, by kind and amount."""
        rows = self.money.workspace.rows(
            lambda *row: row, "SELECT kind, account, line_seq, report_seq, amount, days FROM mismatch"
        )
        made = [
            Mismatch(
                kind=kind,
                account=account,
                line=self.label(line),
                report=self.label(report),
                amount=amount,
                days=days,
            )
            for kind, account, line, report, amount, days in rows
        ]
        return sorted(made, key=lambda one: (one.kind, one.amount))

    def moves(self, account: str) -> list[tuple[str, str | None, int]]:
        """What moved `account`, in order: label of the line or report, label of the report that lends its purpose."""
        sql = (
            "SELECT seq, part, CASE side WHEN 1 THEN -amount ELSE amount END FROM movement WHERE account = ?"
        )
        rows = self.money.workspace.rows(lambda *row: row, sql, (account,))
        return [(self.label(seq) or "?", self.label(part), amount) for seq, part, amount in rows]

    def booked(self, label: str) -> list[tuple[int, str]]:
        """What the bank bore out of the report with that label: amounts and dates, or why not."""
        name = self.scenario.names[label]
        amount = next(getattr(one.event, "amount", 0) for one in self.scenario.events if one.name == name)
        return [(part.amount, str(part.on)) for part in self.money.bank().bookings(name, amount)]

    def shortages(self, account: str) -> list[Shortage]:
        """What the account was short of, in order."""
        return [one.shortage for one in self.money.traced.shortages() if one.account == account]

    def admissions(self, account: str) -> list[Admission]:
        """Payments out of scope from the account."""
        return [one.admission for one in self.money.traced.admissions() if one.account == account]

    def holding(self, account: str, fund: str) -> Holding:
        """What the account did with the money of the fund."""
        return next(one for one in self.money.traced.holdings(fund) if one.account == account)


@contextmanager
def closed(text: str, *, as_of: datetime.date = AS_OF, ledger: str = "") -> Iterator[Books]:
    """The books of `text` on the stage, closed as of `as_of`; `ledger` are fields of the genesis."""
    told = scenario(text, stage=f"ledger {ledger}\n{STAGE}")
    with Workspace() as workspace:
        money = MoneyBooks(workspace, told.genesis, as_of=as_of)
        for posted in told.events:
            money.take(posted)
        money.close()
        yield Books(scenario=told, money=money)
