# SPDX-License-Identifier: Apache-2.0
"""The money of a ledger from its first event to its shortages: tables, links, reconciliation, tracing, in that order.

books = MoneyBooks(workspace, genesis, as_of=day)
for posted in events:
    books.take(posted)
books.close()                      # reconciled: books.bank, books.coverage, the tables
for trace in books.traces(): …     # account by account, one in memory at a time
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from ledger.errors import ProgrammerError
from ledger.genesis import Genesis
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.posted import PostedEvent
from verifier.reconciliation.approvals import Approvals
from verifier.reconciliation.bank_record import BankRecord
from verifier.reconciliation.coverage import NOT_COVERED, Coverage, read_coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.fact_links import link_facts
from verifier.reconciliation.fact_tables import FactTables
from verifier.reconciliation.flows import Flow
from verifier.reconciliation.matching_run import MatchingRun
from verifier.reconciliation.pairing import DEFAULT, Windows
from verifier.reconciliation.placing import Placing
from verifier.tracing.account_run import AccountTrace, first_signed_day, opening_balance, trace_account
from verifier.tracing.named_losses import NamedLosses
from verifier.tracing.trace_tables import TraceTables
from verifier.workspace import Workspace

SCOPE_ROW: Final = "scope"
"""The row of the packs that a waiver names to approve a payment out of scope."""

_FLOWS: Final = """
    SELECT m.account, m.day, m.seq, m.side, m.amount, m.bank, m.part,
        CASE m.side WHEN 1 THEN r.debit_fund ELSE r.credit_fund END,
        m.side = 1 AND coalesce(r.outside AND (r.approved IS NULL OR r.approved > m.day), 0),
        m.side = 1 AND coalesce(r.returned, 0),
        CASE WHEN m.side = 2 AND r.undoes THEN r.original_seq END,
        CASE WHEN r.kind = 'return' THEN 'returned'
            WHEN r.kind <> 'use' AND r.keeps & 2 THEN 'passed_on' ELSE 'used' END,
        r.repairs
    FROM movement m LEFT JOIN report r ON r.seq = m.part
    ORDER BY m.rowid"""

_BEFORE: Final = "SELECT side, amount FROM movement WHERE account = ? AND day < ?"


_PLACED: Final = "INSERT OR IGNORE INTO placed VALUES (?, ?, ?, ?)"
_OTHERS: Final = ("movement", "mismatch")


class ClosingTerms(NamedTuple):
    """By what books are closed: windows of reconciliation, the selected rule of tracing, rows that set the scope.

    A waiver approves a payment out of scope if it names one of `scope_rows` (T13).
    """

    windows: Windows = DEFAULT
    rule: TracingRule = DEFAULT_TRACING
    scope_rows: frozenset[str] = frozenset({SCOPE_ROW})


_DEFAULTS: Final = ClosingTerms()


class Foreign(NamedTuple):
    """What books of some accounts are told of all others: by account what its bank tells; what its lines bore out.

    `placed` is of sides of reports that lie in other accounts: position, side, amount, day (an ordinal).
    """

    own: frozenset[str]
    coverage: Mapping[str, Coverage]
    placed: Iterable[tuple[int, int, int, int]]


class MoneyBooks:
    """Everything about money that a judgement asks for, over one prefix of one ledger, up to one date."""

    def __init__(
        self, workspace: Workspace, genesis: Genesis, *, as_of: datetime.date, genesis_hash: str = ""
    ) -> None:
        """Empty books in `workspace`; `as_of` may be brought forward until they are closed.

        Without `genesis_hash` nobody knows which findings restitutions and waivers name.
        """
        self.workspace = workspace
        self.as_of = as_of
        self.tables = FactTables(workspace, as_of=as_of, time_zone=genesis.time_zone)
        self._genesis_hash = genesis_hash
        self._historical = genesis.historical
        self.windows = DEFAULT
        self.rule: TracingRule = DEFAULT_TRACING
        self._coverage: dict[str, Coverage] | None = None
        self._traced: TraceTables | None = None
        self._approvals: Approvals | None = None

    def take(self, posted: PostedEvent) -> None:
        """The books after `posted`; events come in log order."""
        self.tables.take(posted)

    def close(self, terms: ClosingTerms = _DEFAULTS, foreign: Foreign | None = None) -> None:
        """Reconcile and trace everything by `terms`; called once, after the last event.

        With `foreign` only the accounts that are its own are reconciled and traced; of the others it is taken at its word.
        """
        self.rule = terms.rule
        numbers, run = self._matched(terms)
        if foreign is not None:
            self._coverage = {**foreign.coverage, **self.coverage}
            self.workspace.flush()
            self.workspace.write(_PLACED, foreign.placed)
        placing = Placing(
            self.workspace,
            self.coverage,
            numbers,
            as_of=self.as_of.toordinal(),
            historical=self._historical,
            windows=terms.windows,
        )
        placing.run()
        if foreign is not None:
            self._leave_out_others(foreign.own)
        self._traced = TraceTables(self.workspace)
        for trace in self._traces(run.doubts):
            self._traced.add(trace)

    def matched(self, terms: ClosingTerms = _DEFAULTS) -> Iterator[tuple[int, int, int, int]]:
        """What bank lines bore out: position of the report, side, amount, day (an ordinal); instead of `close`."""
        self._matched(terms)
        return self.workspace.rows(_as_placed, "SELECT seq, side, amount, day FROM placed ORDER BY seq, side")

    def _matched(self, terms: ClosingTerms) -> tuple[WorkdayNumbers, MatchingRun]:
        link_facts(self.tables)
        self.windows = terms.windows
        self._coverage = read_coverage(self.workspace)
        numbers = WorkdayNumbers(self.tables.calendars)
        self._approvals = Approvals(self.workspace)
        self._approvals.link(
            self._genesis_hash,
            terms.scope_rows,
            numbers,
            late_days=terms.windows.late_days,
            historical=self._historical,
        )
        run = MatchingRun(
            self.workspace, self._coverage, numbers, as_of=self.as_of.toordinal(), windows=terms.windows
        )
        run.run()
        return numbers, run

    def _leave_out_others(self, own: frozenset[str]) -> None:
        self.workspace.run("CREATE TABLE own_account (account TEXT PRIMARY KEY) WITHOUT ROWID")
        self.workspace.write("INSERT INTO own_account VALUES (?)", ((one,) for one in own))
        for table in _OTHERS:
            self.workspace.run(f"DELETE FROM {table} WHERE account NOT IN (SELECT account FROM own_account)")  # noqa: S608 - names of our own

    @property
    def coverage(self) -> dict[str, Coverage]:
        """What the bank tells of each account that has statements.

        Raises:
            ProgrammerError: the books are not closed yet.
        """
        if self._coverage is None:
            raise _still_open()
        return self._coverage

    @property
    def traced(self) -> TraceTables:
        """Shortages, admissions and holdings of every account.

        Raises:
            ProgrammerError: the books are not closed yet.
        """
        if self._traced is None:
            raise _still_open()
        return self._traced

    @property
    def approvals(self) -> Approvals:
        """Papers that approve payments or exempt findings.

        Raises:
            ProgrammerError: the books are not closed yet.
        """
        if self._approvals is None:
            raise _still_open()
        return self._approvals

    def bank(self) -> BankRecord:
        """When the bank bore out each report (semantics O1); only of closed books."""
        return BankRecord(self.workspace, self.coverage)

    def _traces(self, doubts: Doubts) -> Iterator[AccountTrace]:
        """The trace of every account that money moved in, one in memory at a time."""
        named = NamedLosses(self.workspace, self._genesis_hash)
        flows = self.workspace.rows(Flow, _FLOWS)
        for account, group in groupby(flows, key=attrgetter("account")):
            coverage = self.coverage.get(account, NOT_COVERED)
            yield trace_account(
                account,
                group,
                opening=self.opening(account),
                coverage=coverage,
                doubts=doubts,
                as_of=self.as_of.toordinal(),
                rule=self.rule,
                named=named.means,
            )

    def opening(self, account: str) -> int | None:
        """What `account` held before the record, None if not known (T4)."""
        coverage = self.coverage.get(account, NOT_COVERED)
        first = first_signed_day(coverage)
        if first is None:
            return None
        return opening_balance(coverage, self.workspace.rows(_pair, _BEFORE, (account, first)))


def _as_placed(seq: int, side: int, amount: int, day: int) -> tuple[int, int, int, int]:
    return seq, side, amount, day


def _pair(side: int, amount: int) -> tuple[int, int]:
    return side, amount


def _still_open() -> ProgrammerError:
    return ProgrammerError("the books are still open: call close() after the last event")
