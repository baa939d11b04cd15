# SPDX-License-Identifier: Apache-2.0
"""Papers that put off or lift matching (延期、免除配套, semantics O6): what they mean, and what becomes of a due day.

A paper names the finding; or the event that started the demand, and the row of rule F06 or the fund: the registration of
the fund means whoever owes, an allocation the party that got it. Dated on or before the due day it moves it, or lifts the
demand where it names no new day; later it ends the demand and takes nothing back. A demand without a due day is checked at
the as-of date, and any paper until then is in time. One recorded too long after its date counts from its recording (T2).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from verifier.basis.findings import Evidence, finding_id
from verifier.basis.rulepack import Terms
from verifier.obligations.case import Case
from verifier.obligations.matching_demands import Owed
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.records import DatedWaiving, Waiving
from verifier.obligations.settling import Dates, Reported, effective
from verifier.obligations.waiving import in_order


class Excused(NamedTuple):
    """A demand after its papers: with the due day that counts, or `waived` in time, or `lapsed` by a later one.

    `shaken` says that a paper which was recorded too late would have been in time by its own date.
    """

    owed: Owed
    papers: tuple[DatedWaiving, ...] = ()
    waived: bool = False
    lapsed: bool = False
    shaken: bool = False

    @property
    def evidence(self) -> Iterator[Evidence]:
        """The papers."""
        return (one.paper.entry for one in self.papers)


class ByRule(NamedTuple):
    """The rule that asks, and its terms for whom it asks."""

    id: str
    terms: Terms


def excused(case: Case, facts: MatchingFacts, owed: Owed, rule: ByRule, dates: Dates) -> Excused:
    """What the papers of the ledger make of `owed`, which `rule` asks for."""
    found = list(_meaning(case, facts, owed, rule))
    firm = _applied(case, owed, in_order(_dated(one, dates) for one in found))
    claimed = _applied(case, owed, in_order(DatedWaiving(one, one.on) for one in found))
    return firm._replace(shaken=(firm.waived, firm.owed.due) != (claimed.waived, claimed.owed.due))


def _meaning(case: Case, facts: MatchingFacts, owed: Owed, rule: ByRule) -> Iterator[Waiving]:
    given = (row.name for row in facts.base(owed.fund, owed.party, owed.base))
    finding = finding_id(case.genesis_hash, rule.id, owed.subject)
    for paper in case.waivers.about(*facts.fund_names(owed.fund), *dict.fromkeys(given), finding):
        if paper.fund == owed.fund and paper.row in {None, rule.terms.row, owed.fund}:
            yield paper


def _applied(case: Case, owed: Owed, papers: Iterable[DatedWaiving]) -> Excused:
    state = Excused(owed)
    for one in papers:
        due, until = state.owed.due, one.paper.until
        if one.on > case.as_of or state.waived:
            continue
        state = state._replace(papers=(*state.papers, one))
        if due is not None and one.on > due:
            state = state._replace(lapsed=state.lapsed or until is None)
        elif until is None:
            state = state._replace(waived=True)
        elif due is None or until > due:
            state = state._replace(owed=state.owed.put_off(until))
    return state


def _dated(paper: Waiving, dates: Dates) -> DatedWaiving:
    settled = effective(Reported(paper.entry.name, 0, paper.on, paper.recorded), dates)
    return DatedWaiving(paper, settled.on, settled.doubt)
