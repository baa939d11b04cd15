# SPDX-License-Identifier: Apache-2.0
"""Which waivers mean which obligation (semantics O6): by its first event and the row that demands it, or by finding.

A waiver counts from its business date, from its recording where that came too long afterwards (T2): a paper written back
takes no finding away. Memory holds the waivers of the ledger.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from verifier.basis.rulepack import Terms
from verifier.obligations.records import DatedWaiving, Opening, Waiving

FindingOf = Callable[[Opening], str]
"""The id that a finding about the obligation of an opening has, or would have."""

Dating = Callable[[Waiving], DatedWaiving]
"""Puts the date that counts on a paper."""


class Waivers:
    """The waivers that stand, by what they are about: an event or the id of a finding."""

    def __init__(self, found: Iterable[Waiving] = ()) -> None:
        """`found` come in any order."""
        self._about: Final[defaultdict[str, list[Waiving]]] = defaultdict(list)
        self._named: Final[dict[str, str]] = {}
        for paper in found:
            self.add(paper)

    def add(self, paper: Waiving) -> None:
        """One more paper."""
        self._about[paper.about].append(paper)
        self._named[paper.entry.name] = paper.about

    def reverse(self, event: str) -> None:
        """`event` was corrected; harmless where it is no waiver."""
        about = self._named.pop(event, None)
        if about is not None:
            self._about[about] = [one for one in self._about[about] if one.entry.name != event]

    def about(self, *names: str) -> Iterator[Waiving]:
        """Those about any of `names`, which are events or ids of findings."""
        for name in names:
            yield from self._about.get(name, ())

    def meaning(self, opening: Opening, terms: Terms, finding_of: FindingOf) -> list[Waiving]:
        """Those that mean the obligation of `opening` under `terms`.

        What a return opened anew is meant by what is said of the first one too.
        """
        if not self._named:
            return []
        names = [opening.entry.name, *([opening.reopens.name] if opening.reopens else [])]
        found = self.about(*names, finding_of(opening))
        return [one for one in found if one.fund == opening.fund and one.row in {None, terms.row}]


def in_order(papers: Iterable[DatedWaiving]) -> list[DatedWaiving]:
    """By day, then by position."""
    return sorted(papers, key=_order)


def _order(dated: DatedWaiving) -> tuple[datetime.date, int]:
    return dated.on, dated.paper.entry.seq
