# SPDX-License-Identifier: Apache-2.0
"""Counts and sums from which every figure of a score follows; tallies of programmes add up to that of a world."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Final, Self

from verifier.simulation.labels import Label
from verifier.simulation.scoring.outcomes import Outcome, Outcomes

MILLION: Final = 1_000_000

ALL: Final = ("all", "")
UNLABELLED: Final = "none"
"""Group of false findings that speak of no case."""

Group = tuple[str, str]
"""``("scheme", "DUP_EXACT")``, ``("difficulty", "3")``, ``("rule", "F21")``, or `ALL`."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """Of one group of cases and findings; amounts in minor units.

    `cases` are wrongs of which the ledger shows enough; `hidden` those of which it does not. `errors` are millionths of
    the true amount, `latencies` days; both of hits. `classes` counts (kind of outcome, class of finding).
    """

    cases: int = 0
    found: int = 0
    found_proved: int = 0
    hidden: int = 0
    undecidable: int = 0
    left_open: int = 0
    true_amount: int = 0
    found_amount: int = 0
    provable: int = 0
    proved_amount: int = 0
    bounded: int = 0
    unbounded: int = 0
    overclaimed: int = 0
    pairs: int = 0
    pairs_told_apart: int = 0
    classes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[int] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)

    def add(self, other: Self, times: int = 1) -> None:
        """This tally is the sum of both, `other` counted `times` times."""
        for one in _NUMBERS:
            setattr(self, one, getattr(self, one) + times * getattr(other, one))
        for key, count in other.classes.items():
            self.classes[key] += times * count
        self.errors += other.errors * times
        self.latencies += other.latencies * times

    def count(self, kind: str, *classes: str) -> int:
        """How many findings of these classes, or of all, had that outcome."""
        return sum(
            number
            for (one, cls), number in self.classes.items()
            if one == kind and (not classes or cls in classes)
        )


_NUMBERS: Final = tuple(one.name for one in fields(Tally) if one.type is int or one.type == "int")

Tallies = dict[int, dict[Group, Tally]]
"""By programme, then by group."""


def tally_up(labels: Sequence[Label], sorted_out: Outcomes) -> Tallies:
    """The tallies of every programme and group."""
    tallies: Tallies = {}
    hits = {
        one.label.case_id: one for one in sorted_out.outcomes if one.kind == "hit" and one.label is not None
    }
    guilty_of = {label.twin_of: label for label in labels if label.twin_of is not None}
    for label in labels:
        for tally in _of(tallies, label.programme, _groups(label)):
            _add_case(tally, label, hits.get(label.case_id), sorted_out)
            twin = guilty_of.get(label.case_id)
            if twin is not None and is_detectable(label):
                tally.pairs += 1
                told_apart = label.case_id in hits and twin.case_id not in sorted_out.accused_twins
                tally.pairs_told_apart += told_apart
    for outcome in sorted_out.outcomes:
        groups = [*_groups(outcome.label), ("rule", outcome.lead.rule)]
        for tally in _of(tallies, outcome.programme, groups):
            tally.classes[outcome.kind, outcome.lead.finding_class] += 1
            if outcome.kind == "hit" and outcome.label is not None:
                _add_hit(tally, outcome, outcome.label)
    return tallies


def is_detectable(label: Label) -> bool:
    """Whether the case is a wrong of which the ledger shows enough to accuse."""
    return label.is_violation and label.expected in {"proved", "indicated"}


def total(tallies: Iterable[Tally]) -> Tally:
    """Their sum."""
    whole = Tally()
    for one in tallies:
        whole.add(one)
    return whole


def _of(tallies: Tallies, programme: int, groups: Iterable[Group]) -> Iterator[Tally]:
    mine = tallies.setdefault(programme, {})
    return (mine.setdefault(group, Tally()) for group in groups)


def _groups(label: Label | None) -> tuple[Group, ...]:
    if label is None:
        return ALL, ("scheme", UNLABELLED), ("difficulty", UNLABELLED)
    return ALL, ("scheme", label.scheme), ("difficulty", str(label.difficulty))


def _add_case(tally: Tally, label: Label, hit: Outcome | None, sorted_out: Outcomes) -> None:
    tally.undecidable += label.expected == "undecidable"
    tally.left_open += label.case_id in sorted_out.left_open
    tally.hidden += label.is_violation and not is_detectable(label)
    if not is_detectable(label):
        return
    tally.cases += 1
    tally.true_amount += label.amount_true
    tally.provable += label.amount_min_provable
    if hit is not None:
        tally.found += 1
        tally.found_amount += min(hit.lead.amount or 0, label.amount_true)
        if hit.lead.finding_class == "proved":
            tally.found_proved += 1
            tally.proved_amount += min(hit.lead.amount_min or 0, label.amount_min_provable)


def _add_hit(tally: Tally, outcome: Outcome, label: Label) -> None:
    lead, true = outcome.lead, label.amount_true
    tally.overclaimed += lead.finding_class == "proved" and label.expected != "proved"
    if lead.amount is not None and true:
        tally.errors.append(abs(lead.amount - true) * MILLION // true)
        inside = (lead.amount_min or 0) <= true <= (lead.amount_max or 0)
        tally.bounded += inside
        tally.unbounded += not inside
    if lead.decisive_on is not None and label.first_detectable_date is not None:
        tally.latencies.append((lead.decisive_on - label.first_detectable_date).days)
