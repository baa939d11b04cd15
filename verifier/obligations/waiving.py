# SPDX-License-Identifier: Apache-2.0
"""Which waivers mean which obligation (semantics O6): by its first event and the row that demands it, or by finding.

A waiver counts from its business date, from its recording where that came too long afterwards (T2): a paper written back
takes no finding away. Memory holds the waivers of one rule.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator

from ledger.kinds.authority import Waiver
from verifier.basis.rulepack import Terms
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import DatedWaiving, Opening, Waiving
from verifier.posted import PostedEvent

FindingOf = Callable[[Opening], str]
"""The id that a finding about the obligation of an opening has, or would have."""


def waiving_of(posted: PostedEvent, event: Waiver, case: Case) -> Waiving:
    """What `event` says of a duty."""
    return Waiving(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        fund=event.fund,
        about=event.event or event.finding or "",
        row=event.row,
        document=event.document,
        until=event.due_on,
    )


class Waivers:
    """The waivers of one rule that stand; asked obligation by obligation."""

    def __init__(self, found: Iterable[DatedWaiving], finding_of: FindingOf) -> None:
        """`found` come in any order."""
        self._about: dict[str, list[DatedWaiving]] = {}
        self._finding_of = finding_of
        for dated in found:
            self._about.setdefault(dated.paper.about, []).append(dated)

    def meaning(self, opening: Opening, terms: Terms) -> list[DatedWaiving]:
        """Those that mean the obligation of `opening` under `terms`, by day, then by position.

        What a return opened anew is meant by what is said of the first one too.
        """
        if not self._about:
            return []
        found = [one for name in self._names(opening) for one in self._about.get(name, ())]
        return sorted((one for one in found if _means(one.paper, opening, terms)), key=_order)

    def _names(self, opening: Opening) -> Iterator[str]:
        yield opening.entry.name
        if opening.reopens is not None:
            yield opening.reopens.name
        yield self._finding_of(opening)


def _means(paper: Waiving, opening: Opening, terms: Terms) -> bool:
    return paper.fund == opening.fund and paper.row in {None, terms.row}


def _order(dated: DatedWaiving) -> tuple[datetime.date, int]:
    return dated.on, dated.paper.entry.seq
