# SPDX-License-Identifier: Apache-2.0
"""The money of a ledger as tables in a workspace: reports, bank lines, statements.

Filled event by event in log order, then linked once (`verifier.reconciliation.fact_links`). Whatever
later stages need in another
order they read by cursor.
"""

import datetime
from functools import lru_cache
from typing import Final

from ledger.instant import business_date
from ledger.kinds.authority import Allocation, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.registry import CUSTODIAN_CLASSES, Account, Calendar, Fund, Project
from verifier.posted import PostedEvent
from verifier.reconciliation.approvals import PAPERS
from verifier.reconciliation.corrections import REVERSED
from verifier.reconciliation.money_facts import CREDIT, DEBIT, Registry, in_pools, money_fact
from verifier.reconciliation.other_lines import OtherLines
from verifier.reconciliation.pools import Pools
from verifier.workspace import Workspace

LIVE: Final = 0
CORRECTED: Final = 1
SAME_PAYMENT: Final = 2
"""Values of `report.void`: counts; reversed by a correction (T18); the use that describes a direct payment (T22)."""

_TABLES: Final = (
    """CREATE TABLE report (
        seq INTEGER PRIMARY KEY, name TEXT, leaf BLOB, kind TEXT, occurred INTEGER, recorded INTEGER, amount INTEGER,
        from_account TEXT, to_account TEXT, keeps INTEGER, debit_fund TEXT, credit_fund TEXT, source TEXT, line TEXT,
        payee TEXT, bank_ref TEXT, voucher TEXT, functional TEXT, economic TEXT, original TEXT, direct INTEGER,
        outside INTEGER, repairs TEXT, astray INTEGER, from_sub TEXT, to_sub TEXT, inside INTEGER,
        void INTEGER DEFAULT 0, original_seq INTEGER,
        undoes INTEGER DEFAULT 0, returned INTEGER DEFAULT 0, declared_seq INTEGER, approved INTEGER)""",
    """CREATE TABLE bank_line (
        seq INTEGER PRIMARY KEY, name TEXT, leaf BLOB, account TEXT, day INTEGER, statement TEXT, line_no INTEGER,
        side INTEGER, amount INTEGER, counterparty TEXT, bank_ref TEXT, value_day INTEGER, holder TEXT,
        void INTEGER DEFAULT 0)""",
    """CREATE TABLE statement (
        seq INTEGER PRIMARY KEY, name TEXT, leaf BLOB, account TEXT, statement TEXT, first_day INTEGER,
        last_day INTEGER, opening INTEGER, closing INTEGER, lines INTEGER, closed_day INTEGER,
        holder TEXT, void INTEGER DEFAULT 0)""",
    "CREATE TABLE wanted (name TEXT PRIMARY KEY) WITHOUT ROWID",
    PAPERS,
    REVERSED,
)

_ADD_REPORT: Final = """
    INSERT INTO report (seq, name, leaf, kind, occurred, recorded, amount, from_account, to_account, keeps, debit_fund,
        credit_fund, source, line, payee, bank_ref, voucher, functional, economic, original, direct, outside, repairs,
        astray, from_sub, to_sub, inside)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_LINE: Final = """
    INSERT INTO bank_line (seq, name, leaf, account, day, statement, line_no, side, amount, counterparty, bank_ref,
        value_day, holder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_STATEMENT: Final = """
    INSERT INTO statement (seq, name, leaf, account, statement, first_day, last_day, opening, closing, lines,
        closed_day, holder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class FactTables:
    """The tables of one prefix of one ledger; `take` every event in log order.

    Reports and corrections dated after `as_of` are left out (semantics O10); bank lines and statements are kept whole,
    so that a statement that reaches beyond `as_of` can still be seen to close.
    """

    def __init__(self, workspace: Workspace, *, as_of: datetime.date, time_zone: str) -> None:
        """Empty tables made in `workspace`; `time_zone` is the ledger's."""
        for table in _TABLES:
            workspace.run(table)
        self.workspace = workspace
        self.as_of = as_of
        self.time_zone = time_zone
        self.accounts: dict[str, Account] = {}
        self.funds: dict[str, Fund] = {}
        self.line_funds: dict[str, str] = {}
        self.projects: dict[str, Project] = {}
        self.calendars: list[Calendar] = []
        self.others = OtherLines(workspace)
        self.pools = Pools(self.accounts)
        self._registry = Registry(self.accounts, self.funds, self.line_funds, self.projects)
        self._reports = workspace.batch(_ADD_REPORT)
        self._lines = workspace.batch(_ADD_LINE)
        self._statements = workspace.batch(_ADD_STATEMENT)
        self._wanted = workspace.batch("INSERT OR IGNORE INTO wanted VALUES (?)")
        self._papers = workspace.batch("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._reversed = workspace.batch("INSERT OR IGNORE INTO reversed VALUES (?, ?, ?, ?)")
        self._day = lru_cache(maxsize=1_024)(
            lambda minute: business_date(f"{minute}:00.000Z", time_zone).toordinal()
        )

    def take(self, posted: PostedEvent) -> None:
        """The tables after `posted`; events that say nothing about money leave them as they are."""
        event = posted.event
        match event:
            case Movement():
                self._take_line(posted, event)
            case BankBalance():
                self._take_statement(posted, event)
            case Correction() if event.occurred_on <= self.as_of:
                self._reversed.add(event.event, posted.seq, posted.name, posted.leaf)
            case Account() | Fund() | Project() | Calendar() | Allocation():
                self._register(event)
            case Waiver() if event.due_on is None and event.occurred_on <= self.as_of:
                self._take_paper(posted, event)
            case _ if event.occurred_on <= self.as_of:
                self._take_report(posted)
            case _:
                return

    def _register(self, event: Account | Fund | Project | Calendar | Allocation) -> None:
        match event:
            case Account():
                self.accounts[event.id] = event
                self.pools.register(event)
            case Fund():
                self.funds[event.id] = event
            case Project():
                self.projects[event.id] = event
            case Calendar():
                self.calendars.append(event)
            case Allocation() if event.opens:
                self.line_funds[event.line] = event.fund or self.line_funds.get(event.parent or "", "")
            case Allocation():
                return

    def _take_report(self, posted: PostedEvent) -> None:
        event = posted.event
        fact = money_fact(event, self._registry)
        if fact is None:
            return
        if fact.original is not None:
            self._wanted.add(fact.original)
        kind, amount, *rest = in_pools(fact, self.pools) if self.pools.some else fact
        self._reports.add(
            posted.seq,
            posted.name,
            posted.leaf,
            kind,
            event.occurred_on.toordinal(),
            self._day(posted.recorded[:16]),
            amount,
            *rest,
        )

    def _take_paper(self, posted: PostedEvent, event: Waiver) -> None:
        self._papers.add(
            posted.seq,
            posted.name,
            posted.leaf,
            event.fund,
            event.event or event.finding,
            event.row,
            event.occurred_on.toordinal(),
            self._day(posted.recorded[:16]),
            event.document,
        )

    def _take_line(self, posted: PostedEvent, event: Movement) -> None:
        if not self.keeps(event.account):
            self.others.take_line(posted, event)
            return
        pool, holder = self._pooled(event.account)
        self._lines.add(
            posted.seq,
            posted.name,
            posted.leaf,
            pool,
            event.occurred_on.toordinal(),
            event.statement if holder is None else f"{event.statement}:{holder}",
            event.line_no,
            DEBIT if event.direction == "debit" else CREDIT,
            event.amount,
            self.pools.of(event.counterparty) if self.pools.some else event.counterparty,
            event.bank_ref,
            (event.value_on or event.occurred_on).toordinal(),
            holder,
        )

    def _take_statement(self, posted: PostedEvent, event: BankBalance) -> None:
        if not self.keeps(event.account):
            self.others.take_statement(posted, event)
            return
        pool, holder = self._pooled(event.account)
        self._statements.add(
            posted.seq,
            posted.name,
            posted.leaf,
            pool,
            event.statement if holder is None else f"{event.statement}:{holder}",
            event.from_on.toordinal(),
            event.to_on.toordinal(),
            event.opening,
            event.closing,
            event.lines,
            event.occurred_on.toordinal(),
            holder,
        )

    def _pooled(self, account: str) -> tuple[str, str | None]:
        """The pool of `account`, and the account itself where that is another one."""
        if not self.pools.some:
            return account, None
        pool = self.pools.of(account) or account
        return pool, None if pool == account else account

    def keeps(self, account: str) -> bool:
        """Whether `account` is a custodian account (T1)."""
        found = self.accounts.get(account)
        return found is not None and found.account_class in CUSTODIAN_CLASSES
