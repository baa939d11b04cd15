# SPDX-License-Identifier: Apache-2.0
"""Families of rules at work on one case: each event to those that ask for its kind, each matter judged by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ledger.kinds.control import Correction
from verifier.basis.findings import Finding, Rule
from verifier.matters.family import Family
from verifier.matters.judging import judge_matter
from verifier.matters.shelves import Shelves
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap, summed
from verifier.posted import PostedEvent

if TYPE_CHECKING:
    from ledger.kinds.form import Event


class MatterWatch:
    """All of `families` over the facts of one prefix."""

    def __init__(self, case: Case, families: Sequence[Family[Any]]) -> None:
        """Nothing taken yet; facts go to the case's workspace."""
        self.rules: Final[tuple[Rule, ...]] = tuple(rule for one in families for rule in one.rules)
        self._case = case
        self.families: Final = tuple(families)
        self.shelves: Final = Shelves(case.workspace)
        self._gaps: Counter[Gap] = Counter()
        self._asking: defaultdict[type[Event], list[Family[Any]]] = defaultdict(list)
        for family in families:
            for kind in family.kinds:
                self._asking[kind].append(family)

    def take(self, posted: PostedEvent) -> None:
        """The facts that the event says are noted; a correction takes back those of the event that it names."""
        event = posted.event
        for family in self._asking.get(type(event), ()):
            for placed in family.note(posted, self._case):
                self.shelves.add(family.name, placed, posted, self._case)
        if isinstance(event, Correction):
            self.shelves.reverse(posted, event)

    def findings(self) -> Iterator[Finding]:
        """What the families find, matter by matter."""
        self.shelves.close()
        for family in self.families:
            for key, rows in self.shelves.matters(family.name):
                for one in judge_matter(family, key, rows, self._case):
                    if isinstance(one, Finding):
                        yield one
                    else:
                        self._note_gap(one)

    def gaps(self) -> Iterator[Gap]:
        """What they could not judge, alike ones counted together."""
        return summed(self._gaps)

    def _note_gap(self, gap: Gap) -> None:
        self._gaps[replace(gap, count=1)] += gap.count
