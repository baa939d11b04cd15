# SPDX-License-Identifier: Apache-2.0
"""What became of each finding: it hits a wrong, tells an irregularity, repeats another finding, or is false.

A finding that says "cannot be decided", or "was corrected", accuses nobody and is none of these. Whatever speaks of an
innocent twin, of an irregularity that no rule should name, or of no case at all is false.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from verifier.simulation.labels import Label
from verifier.simulation.scoring.leads import Lead
from verifier.simulation.scoring.meetings import Meetings

Kind = Literal["hit", "told", "duplicate", "false"]

NOWHERE = 0
"""Stands for the programme of a finding that belongs to none; programmes count from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One accusing finding: `label` is the case it hits, tells, repeats or wrongs; absent if it speaks of none."""

    lead: Lead
    kind: Kind
    label: Label | None
    programme: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Every accusing finding with what became of it, and the ids of twins accused and of cases left open as they must."""

    outcomes: tuple[Outcome, ...]
    accused_twins: frozenset[str]
    left_open: frozenset[str]


def sort_out(labels: Sequence[Label], leads: Sequence[Lead], *, any_rule: bool = False) -> Outcomes:
    """What became of each of `leads`; `any_rule` lets a finding hit a case of whatever family."""
    meetings, homes = Meetings(labels, any_rule=any_rule), Homes(labels)
    accusing = [lead for lead in leads if lead.accuses]
    pairs = meetings.best(accusing, is_asked)
    outcomes = tuple(
        _outcome(lead, labels[pairs[number]] if number in pairs else None, meetings, homes)
        for number, lead in enumerate(accusing)
    )
    return Outcomes(
        outcomes=outcomes,
        accused_twins=frozenset(_accused(labels, outcomes, meetings)),
        left_open=frozenset(_left_open(labels, leads, meetings)),
    )


def is_asked(label: Label) -> bool:
    """Whether some finding about the case would be right."""
    return label.expected != "none"


def _outcome(lead: Lead, paired: Label | None, meetings: Meetings, homes: "Homes") -> Outcome:
    if paired is not None:
        kind: Kind = "hit" if paired.is_violation else "told"
        return Outcome(lead=lead, kind=kind, label=paired, programme=paired.programme)
    repeated = meetings.nearest(lead, is_asked)
    if repeated is not None:
        return Outcome(lead=lead, kind="duplicate", label=repeated, programme=repeated.programme)
    wronged = meetings.nearest(lead, lambda _: True)
    programme = homes.of(lead) if wronged is None else wronged.programme
    return Outcome(lead=lead, kind="false", label=wronged, programme=programme)


def _accused(labels: Sequence[Label], outcomes: Sequence[Outcome], meetings: Meetings) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.kind == "false":
            yield from (labels[place].case_id for place, _ in meetings.of(outcome.lead))


def _left_open(labels: Sequence[Label], leads: Sequence[Lead], meetings: Meetings) -> Iterator[str]:
    for lead in leads:
        if lead.finding_class == "undecidable":
            met = (labels[place] for place, _ in meetings.of(lead))
            yield from (label.case_id for label in met if label.expected == "undecidable")


class Homes:
    """To which programme a finding belongs that speaks of no case: by its accounts, its parties and who posted."""

    def __init__(self, labels: Sequence[Label]) -> None:
        """What the labels of one programme alone name is at home there."""
        self._programmes: dict[str, set[int]] = defaultdict(set)
        for label in labels:
            for name in (*label.accounts, *(_poster(event) for event in label.events)):
                self._programmes[name].add(label.programme)

    def of(self, lead: Lead) -> int:
        """The one programme that everything known of `lead` points to, else `NOWHERE`."""
        names = (*lead.accounts, *lead.parties, *(_poster(event) for event in lead.evidence))
        at_home = {min(self._programmes[name]) for name in names if len(self._programmes.get(name, ())) == 1}
        return at_home.pop() if len(at_home) == 1 else NOWHERE


def _poster(event: str) -> str:
    return event.partition("/")[0]
