# SPDX-License-Identifier: Apache-2.0
"""Lines that hold less than nothing, in ledgers that record authority beyond a line instead of refusing it."""

from dataclasses import dataclass, field

from ledger.open_records import Line
from verifier.basis.findings import Evidence
from verifier.obligations.case import evidence
from verifier.obligations.line_fold import LineChange, LineFold
from verifier.posted import PostedEvent
from verifier.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Excess:
    """One time that a line was overdrawn: by which event it began, how far it went, what is open now.

    `before` and `after` are the line around the event that began it; `peak` and `outstanding` in minor units.
    """

    before: Line | None
    after: Line
    cause: PostedEvent
    peak: int
    outstanding: int
    entries: list[Evidence] = field(default_factory=list)


class LineExcess:
    """Folds a prefix; `found` are the excesses so far, in the order in which they began."""

    def __init__(self, workspace: Workspace) -> None:
        """No line yet; scratch tables in `workspace`."""
        self.found: list[Excess] = []
        self._open: dict[str, Excess] = {}
        self._fold = LineFold(workspace)

    def take(self, posted: PostedEvent) -> None:
        """The lines after `posted`."""
        for change in self._fold.take(posted):
            self._watch(posted, change)

    def _watch(self, posted: PostedEvent, change: LineChange) -> None:
        before, line = change
        name = line.id
        over, excess = max(0, -line.free), self._open.get(name)
        if excess is None and over:
            excess = Excess(before=before, after=line, cause=posted, peak=0, outstanding=0)
            self._open[name] = excess
            self.found.append(excess)
        if excess is None:
            return
        if over > excess.outstanding:
            excess.entries.append(evidence(posted))
        excess.peak, excess.outstanding = max(excess.peak, over), over
        if not over:
            del self._open[name]
