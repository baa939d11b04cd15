# SPDX-License-Identifier: Apache-2.0
"""How linked tables become traces: papers, matching, placing, tracing, by the same terms wherever books are closed."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.reconciliation.approvals import Approvals
from verifier.reconciliation.coverage import Coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.matching_run import MatchingRun
from verifier.reconciliation.pairing import DEFAULT, Windows
from verifier.reconciliation.placing import Placing
from verifier.tracing.account_traces import AccountTraces
from verifier.tracing.interest import GENERAL_INTEREST, InterestRule
from verifier.tracing.named_losses import NamedLosses
from verifier.workspace import Workspace

SCOPE_ROW: Final = "scope"
"""The row of the packs that a waiver names to approve a payment out of scope."""


class ClosingTerms(NamedTuple):
    """By what books are closed: windows of reconciliation, the selected rule of tracing, rows that set the scope, interest.

    A waiver approves a payment out of scope if it names one of `scope_rows` (T13).
    """

    windows: Windows = DEFAULT
    rule: TracingRule = DEFAULT_TRACING
    scope_rows: frozenset[str] = frozenset({SCOPE_ROW})
    interest: InterestRule = GENERAL_INTEREST


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """The steps over linked tables in any workspace, in the order of the methods; `as_of` is an ordinal."""

    terms: ClosingTerms
    numbers: WorkdayNumbers
    as_of: int
    historical: bool
    genesis_hash: str

    def approve(self, workspace: Workspace) -> Approvals:
        """Payments out of scope know by what they are approved."""
        made = Approvals(workspace)
        made.link(
            self.genesis_hash,
            self.terms.scope_rows,
            self.numbers,
            late_days=self.terms.windows.late_days,
            historical=self.historical,
        )
        return made

    def match(self, workspace: Workspace, coverage: dict[str, Coverage]) -> Doubts:
        """Bank lines stand in `staging`, what they bore out in `placed`."""
        run = MatchingRun(workspace, coverage, self.numbers, as_of=self.as_of, windows=self.terms.windows)
        run.run()
        return run.doubts

    def place(self, workspace: Workspace, coverage: dict[str, Coverage]) -> None:
        """Every report has an outcome, every account its movements in order."""
        placing = Placing(
            workspace,
            coverage,
            self.numbers,
            as_of=self.as_of,
            historical=self.historical,
            windows=self.terms.windows,
        )
        placing.run()

    def traces(self, workspace: Workspace, coverage: dict[str, Coverage], doubts: Doubts) -> AccountTraces:
        """The trace of every account that money moved in, one in memory at a time."""
        return AccountTraces(
            workspace=workspace,
            coverage=coverage,
            doubts=doubts,
            named=NamedLosses(workspace, self.genesis_hash),
            as_of=self.as_of,
            rule=self.terms.rule,
            interest=self.terms.interest,
        )
