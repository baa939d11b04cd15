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
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger.errors import ProgrammerError
from ledger.genesis import Genesis
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.posted import PostedEvent
from verifier.reconciliation.approvals import Approvals
from verifier.reconciliation.bank_record import BankRecord
from verifier.reconciliation.corrections import Corrections
from verifier.reconciliation.coverage import NOT_COVERED, Coverage, read_coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.fact_links import link_facts
from verifier.reconciliation.fact_tables import FactTables
from verifier.reconciliation.pairing import DEFAULT
from verifier.reconciliation.pools import with_subs
from verifier.tracing.account_traces import AccountTraces, opening_of
from verifier.tracing.before_corrections import PlacedRow, uncorrected, untouched
from verifier.tracing.reconciling import ClosingTerms, Reconciling
from verifier.tracing.trace_tables import TraceTables
from verifier.workspace import Workspace

_PLACED: Final = "INSERT OR IGNORE INTO placed VALUES (?, ?, ?, ?)"
_OTHERS: Final = ("movement", "mismatch")
_DEFAULTS: Final = ClosingTerms()


class Foreign(NamedTuple):
    """What books of some accounts are told of all others: by account what its bank tells; what its lines bore out.

    `placed` is of sides of reports that lie in other accounts: position, side, amount, day (an ordinal). The same without
    corrections, of the accounts that these touched, is in `coverage_before` and `placed_before` (T18).
    """

    own: frozenset[str]
    coverage: Mapping[str, Coverage]
    placed: Iterable[PlacedRow]
    coverage_before: Mapping[str, Coverage] = MappingProxyType({})
    placed_before: Iterable[PlacedRow] = ()


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
        self._corrections: Corrections | None = None
        self._made: Reconciling | None = None
        self._traces: AccountTraces | None = None

    def take(self, posted: PostedEvent) -> None:
        """The books after `posted`; events come in log order."""
        self.tables.take(posted)

    def close(self, terms: ClosingTerms = _DEFAULTS, foreign: Foreign | None = None) -> None:
        """Reconcile and trace everything by `terms`; called once, after the last event.

        With `foreign` only the accounts that are its own are reconciled and traced; of the others it is taken at its word.
        """
        way, doubts = self._matched(terms)
        if foreign is not None:
            self._coverage = {**foreign.coverage, **self.coverage}
            self.workspace.flush()
            self.workspace.write(_PLACED, foreign.placed)
        way.place(self.workspace, self.coverage)
        if foreign is not None:
            self._leave_out_others(foreign.own)
        self._traced = TraceTables(self.workspace)
        self._traces = way.traces(self.workspace, self.coverage, doubts)
        for trace in self._traces:
            self._traced.add(trace)

    def matched(self, terms: ClosingTerms = _DEFAULTS) -> Iterator[PlacedRow]:
        """What bank lines bore out: position of the report, side, amount, day (an ordinal); instead of `close`."""
        self._matched(terms)
        return self.workspace.rows(_as_placed, "SELECT seq, side, amount, day FROM placed ORDER BY seq, side")

    def matched_before(self, own: frozenset[str]) -> tuple[dict[str, Coverage], list[PlacedRow]]:
        """The same without corrections, of the `own` accounts that these touched, and what their banks tell then (T18)."""
        if not self.corrections.any:
            return {}, []
        with uncorrected(self.tables, self.coverage, self._way, own=own) as before:
            return before.coverage, list(before.placed())

    def keep_corrected(self, foreign: Foreign | None = None) -> None:
        """What corrections closed is among the traces, as corrected (T18); called once, of closed books."""
        if not self.corrections.any:
            return
        own = None if foreign is None else foreign.own
        with uncorrected(self.tables, self.coverage, self._way, own=own) as before:
            elsewhere = {} if foreign is None else foreign.coverage_before
            coverage = {**self.coverage, **elsewhere, **before.coverage}
            before.workspace.flush()
            before.workspace.write(_PLACED, list(untouched(self.tables, {*elsewhere, *before.coverage})))
            before.workspace.write(_PLACED, () if foreign is None else foreign.placed_before)
            self._way.place(before.workspace, coverage)
            for trace in self._way.traces(before.workspace, coverage, before.doubts):
                if trace.account in before.coverage:
                    self.traced.add_corrected(trace)

    def _matched(self, terms: ClosingTerms) -> tuple[Reconciling, Doubts]:
        link_facts(self.tables)
        self.rule = terms.rule
        self.windows = terms.windows
        self._made = way = Reconciling(
            terms=terms,
            numbers=WorkdayNumbers(self.tables.calendars),
            as_of=self.as_of.toordinal(),
            historical=self._historical,
            genesis_hash=self._genesis_hash,
        )
        self._coverage = read_coverage(self.workspace)
        self._corrections = Corrections(self.workspace)
        self._approvals = way.approve(self.workspace)
        return way, way.match(self.workspace, self._coverage)

    @property
    def _way(self) -> Reconciling:
        if self._made is None:
            raise _still_open()
        return self._made

    def _leave_out_others(self, own: frozenset[str]) -> None:
        self.workspace.run("CREATE TABLE own_account (account TEXT PRIMARY KEY) WITHOUT ROWID")
        self.workspace.write("INSERT INTO own_account VALUES (?)", ((one,) for one in own))
        for table in _OTHERS:
            self.workspace.run(f"DELETE FROM {table} WHERE account NOT IN (SELECT account FROM own_account)")  # noqa: S608 - names of our own

    @property
    def closed(self) -> bool:
        """Whether everything is reconciled and traced."""
        return self._traced is not None

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

    @property
    def corrections(self) -> Corrections:
        """Which corrections bear on which account.

        Raises:
            ProgrammerError: the books are not closed yet.
        """
        if self._corrections is None:
            raise _still_open()
        return self._corrections

    def traces(self) -> AccountTraces:
        """What traces are made of, for whoever traces an account again (T12).

        Raises:
            ProgrammerError: the books are not closed yet.
        """
        if self._traces is None:
            raise _still_open()
        return self._traces

    def is_pool(self, account: str) -> bool:
        """Whether the balance of other accounts lies in `account` (T5)."""
        return account in self.tables.pools.subs().values()

    def bank(self) -> BankRecord:
        """When the bank bore out each report (semantics O1); only of closed books."""
        return BankRecord(self.workspace, with_subs(self.coverage, self.tables.pools.subs()))

    def opening(self, account: str) -> int | None:
        """What `account` held before the record, None if not known (T4)."""
        return opening_of(self.workspace, account, self.coverage.get(account, NOT_COVERED))


def _as_placed(seq: int, side: int, amount: int, day: int) -> tuple[int, int, int, int]:
    return seq, side, amount, day


def _still_open() -> ProgrammerError:
    return ProgrammerError("the books are still open: call close() after the last event")
