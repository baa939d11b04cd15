# SPDX-License-Identifier: Apache-2.0
"""The traces of all accounts that money moved in, over the tables of a reconciled prefix, one in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from verifier.basis.tracing_rule import TracingRule
from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.flows import Flow
from verifier.tracing.account_run import AccountTrace, first_signed_day, opening_balance, trace_account
from verifier.tracing.interest import InterestRule
from verifier.tracing.named_losses import NamedLosses
from verifier.workspace import Workspace

_FLOWS: Final = """
    SELECT m.account, m.day, m.seq, m.side, m.amount, m.bank, m.part,
        CASE m.side WHEN 1 THEN r.debit_fund ELSE r.credit_fund END,
        m.side = 1 AND coalesce(r.outside AND (r.approved IS NULL OR r.approved > m.day), 0),
        m.side = 1 AND coalesce(r.returned, 0),
        CASE WHEN m.side = 2 AND r.undoes THEN r.original_seq END,
        CASE WHEN r.kind = 'return' THEN 'returned'
            WHEN r.kind <> 'use' AND r.keeps & 2 THEN 'passed_on' ELSE 'used' END,
        r.repairs, m.side = 2 AND coalesce(r.kind = 'interest' AND r.credit_fund IS NULL, 0)
    FROM movement m LEFT JOIN report r ON r.seq = m.part
    {narrowed} ORDER BY m.rowid"""
_ALL: Final = _FLOWS.format(narrowed="")
_ONE: Final = _FLOWS.format(narrowed="WHERE m.account = ?")

_BEFORE: Final = "SELECT side, amount FROM movement WHERE account = ? AND day < ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTraces:
    """What traces are made of: the tables, what the bank tells, what is in doubt, the last day and the rule (T15)."""

    workspace: Workspace
    coverage: Mapping[str, Coverage]
    doubts: Doubts
    named: NamedLosses
    as_of: int
    rule: TracingRule
    interest: InterestRule

    def __iter__(self) -> Iterator[AccountTrace]:
        """The trace of every account, in the order of accounts."""
        flows = self.workspace.rows(Flow, _ALL)
        for account, group in groupby(flows, key=attrgetter("account")):
            yield self._trace(account, group)

    def struck(self, account: str, report: int = 0) -> AccountTrace:
        """The trace of `account` as if the payment told by `report` had no tag (T12)."""
        flows = self.workspace.rows(Flow, _ONE, (account,))
        return self._trace(
            account, (flow if flow.report != report else flow._replace(fund=None) for flow in flows)
        )

    def _trace(self, account: str, flows: Iterable[Flow]) -> AccountTrace:
        coverage = self.coverage.get(account, NOT_COVERED)
        return trace_account(
            account,
            flows,
            opening=opening_of(self.workspace, account, coverage),
            coverage=coverage,
            doubts=self.doubts,
            as_of=self.as_of,
            rule=self.rule,
            named=self.named.means,
            interest=self.interest,
        )


def opening_of(workspace: Workspace, account: str, coverage: Coverage) -> int | None:
    """What `account` held before the record, None if not known (T4)."""
    first = first_signed_day(coverage)
    if first is None:
        return None
    return opening_balance(coverage, workspace.rows(_pair, _BEFORE, (account, first)))


def _pair(side: int, amount: int) -> tuple[int, int]:
    return side, amount
