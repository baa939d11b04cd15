# SPDX-License-Identifier: Apache-2.0
"""Every rule over one prefix of one ledger, as of one date: events in, findings out; no clock, no network.

    judgement = Judgement(case)
    for posted in events:
        judgement.take(posted)
    judgement.close()
    for line in judgement.lines(): ...

Same prefix, same dates, same parameters: the same bytes in the same order. Findings wait on disk, so that memory is
bounded by open state.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from verifier.basis.findings import Finding, FindingClass, Rule, parse_line, to_line
from verifier.casework.steps import Casebook
from verifier.judgement.catalogue import watches_of
from verifier.obligations.case import Case
from verifier.posted import PostedEvent

if TYPE_CHECKING:
    from verifier.obligations.watch import Gap, Watch

_TABLE: Final = "CREATE TABLE finding (rule TEXT, id TEXT, line BLOB)"
_IN_ORDER: Final = "SELECT line FROM finding ORDER BY rule, id, rowid"


class FindingRow(NamedTuple):
    """A finding with what reports sort and count by."""

    rule: str
    id: str
    finding_class: FindingClass
    amount: int
    line: bytes


def row_of(finding: Finding) -> FindingRow:
    """The row of `finding`."""
    return FindingRow(finding.rule, finding.id, finding.finding_class, finding.amount or 0, to_line(finding))


class Helper(Protocol):
    """Somebody who takes over what several hands can judge."""

    def judges(self, watch: "Watch", judgement: "Judgement") -> bool:
        """Whether it has judged `watch` and told `judgement` everything; what it does not take over is left alone."""


class Judgement:
    """One run of all rules; take every event of the prefix in log order, close once, then read."""

    def __init__(self, case: Case, helper: Helper | None = None) -> None:
        """All rules at work on `case`, nothing taken yet; `helper` may take over some of them."""
        self._helper = helper
        self.case: Final = case
        self.casebook: Final = Casebook(case.workspace)
        """What auditors made of findings; joined to them afterwards, and never shown to a rule."""
        self.watches: Final[tuple[Watch, ...]] = watches_of(case)
        self.gaps: list[Gap] = []
        self.counts: Counter[tuple[str, FindingClass]] = Counter()
        """(rule, class) → findings."""
        self.amounts: Counter[tuple[str, FindingClass]] = Counter()
        """(rule, class) → amounts of these findings in minor units; those of different rules overlap."""
        case.workspace.run(_TABLE)
        self._findings = case.workspace.batch("INSERT INTO finding VALUES (?, ?, ?)")

    def take(self, posted: PostedEvent) -> None:
        """Let every rule see the next event; events dated after the as-of date, or beyond `known_by`, are left out."""
        posted = self.case.overlay.over(posted)
        if self.case.take(posted):
            self.casebook.take(posted)
            for watch in self.watches:
                watch.take(posted)

    def close(self) -> None:
        """All rules have said what they found and what they could not judge."""
        for watch in self.watches:
            if self._helper is not None and self._helper.judges(watch, self):
                continue
            for finding in watch.findings():
                self.add(finding)
            self.gaps.extend(watch.gaps())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that ran, by id."""
        return tuple(
            sorted((rule for watch in self.watches for rule in watch.rules), key=lambda rule: rule.id)
        )

    def add(self, finding: Finding) -> None:
        """One more finding; order does not matter."""
        self.add_row(row_of(finding))

    def add_row(self, row: FindingRow) -> None:
        """As `add`, for a finding that somebody else judged."""
        key = (row.rule, row.finding_class)
        self.counts[key] += 1
        self.amounts[key] += row.amount
        self._findings.add(row.rule, row.id, row.line)

    def lines(self) -> Iterator[bytes]:
        """The findings as JCS lines without line feeds, sorted by (rule, id)."""
        return self.case.workspace.rows(bytes, _IN_ORDER)

    def findings(self) -> Iterator[Finding]:
        """The findings as records, in the order of `lines`."""
        return (parse_line(line) for line in self.lines())
