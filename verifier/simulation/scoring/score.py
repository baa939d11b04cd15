# SPDX-License-Identifier: Apache-2.0
"""The score of one audit of one simulated world: every figure, over all, by scheme, by difficulty and by rule."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from verifier.basis.findings import FindingClass, Severity
from verifier.simulation.labels import Label
from verifier.simulation.scoring.figures import FIGURES
from verifier.simulation.scoring.intervals import Interval, draw, intervals
from verifier.simulation.scoring.leads import Lead
from verifier.simulation.scoring.outcomes import Outcomes, sort_out
from verifier.simulation.scoring.tallies import ALL, Group, Tallies, Tally, tally_up, total

BUDGETS: Final = (10, 20, 50, 100, 200, 500, 1_000)
"""Numbers of findings that a person reviews."""

_CLASSES: Final[dict[FindingClass, int]] = {"proved": 0, "indicated": 1, "statistical": 2, "undecidable": 3}
_SEVERITIES: Final[dict[Severity, int]] = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures of a group are made of. Amounts in minor units.

    `cases` are wrongs of which the ledger shows enough, `hidden` those of which it does not; `left_open` of the
    `undecidable` are told as such. `told` are findings of irregularities, `overclaimed` proofs that the ledger cannot bear.
    """

    cases: int
    found: int
    hidden: int
    undecidable: int
    left_open: int
    true_amount: int
    found_amount: int
    provable: int
    proved_amount: int
    pairs: int
    hits: dict[str, int]
    false: dict[str, int]
    told: int
    duplicates: int
    overclaimed: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one group with the 95 % intervals of those that vary; a figure without a denominator is null."""

    figures: dict[str, Decimal | None]
    intervals: dict[str, Interval]
    counts: Counts


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The whole score. `events` is what false findings are counted in, `per` what sort of things it counts.

    `yields` are (findings reviewed in order of class, severity and amount, different wrongs among them).
    """

    events: int
    per: Literal["events", "entries"]
    programmes: int
    labels: int
    findings: int
    whole: Part
    by_scheme: dict[str, Part]
    by_difficulty: dict[str, Part]
    by_rule: dict[str, Counts]
    yields: tuple[tuple[int, int], ...]


def score(
    labels: Sequence[Label], leads: Sequence[Lead], *, events: int | None = None, any_rule: bool = False
) -> Score:
    """The score of `leads`; false ones are counted in so many `events`, or in the entries judged, headers included.

    `any_rule` gives a method credit for whatever case its findings meet, for those that know no families.
    """
    sorted_out = sort_out(labels, leads, any_rule=any_rule)
    tallies = tally_up(labels, sorted_out)
    size = max((lead.known_by + 1 for lead in leads), default=0) if events is None else events
    programmes = sorted({label.programme for label in labels})
    parts = _Parts(tallies, programmes, size)
    return Score(
        events=size,
        per="entries" if events is None else "events",
        programmes=len(programmes),
        labels=len(labels),
        findings=len(leads),
        whole=parts.of(ALL),
        by_scheme=parts.by("scheme"),
        by_difficulty=parts.by("difficulty"),
        by_rule=parts.counts("rule"),
        yields=tuple(_yields(sorted_out)),
    )


class _Parts:
    """Makes the part of each group."""

    def __init__(self, tallies: Tallies, programmes: Sequence[int], events: int) -> None:
        self._tallies = tallies
        self._draws = draw(programmes)
        self._events = events

    def by(self, sort: str) -> dict[str, Part]:
        """The parts of all groups of one sort, by their names."""
        return {name: self.of((sort, name)) for name in self._names(sort)}

    def counts(self, sort: str) -> dict[str, Counts]:
        """Their counts alone."""
        return {name: _counts(total(self._mine((sort, name)).values())) for name in self._names(sort)}

    def of(self, group: Group) -> Part:
        """The part of `group`."""
        mine = self._mine(group)
        whole = total(mine.values())
        return Part(
            figures={name: figure(whole, self._events) for name, figure in FIGURES.items()},
            intervals=intervals(mine, self._draws, self._events),
            counts=_counts(whole),
        )

    def _names(self, sort: str) -> list[str]:
        return sorted({name for mine in self._tallies.values() for one, name in mine if one == sort})

    def _mine(self, group: Group) -> dict[int, Tally]:
        return {programme: groups[group] for programme, groups in self._tallies.items() if group in groups}


def _counts(tally: Tally) -> Counts:
    return Counts(
        cases=tally.cases,
        found=tally.found,
        hidden=tally.hidden,
        undecidable=tally.undecidable,
        left_open=tally.left_open,
        true_amount=tally.true_amount,
        found_amount=tally.found_amount,
        provable=tally.provable,
        proved_amount=tally.proved_amount,
        pairs=tally.pairs,
        hits=_by_class(tally, "hit"),
        false=_by_class(tally, "false"),
        told=tally.count("told"),
        duplicates=tally.count("duplicate"),
        overclaimed=tally.overclaimed,
    )


def _by_class(tally: Tally, kind: str) -> dict[str, int]:
    return {one: tally.count(kind, one) for one in ("proved", "indicated", "statistical")}


def _yields(sorted_out: Outcomes) -> list[tuple[int, int]]:
    """Different wrongs hit among the first findings, in the order in which a careful person would take them."""
    in_order = sorted(
        sorted_out.outcomes,
        key=lambda one: (
            _CLASSES[one.lead.finding_class],
            _SEVERITIES[one.lead.severity],
            -(one.lead.amount or 0),
            one.lead.id,
        ),
    )
    hit = [one.kind == "hit" for one in in_order]
    budgets = [budget for budget in BUDGETS if budget < len(hit)]
    return [(budget, sum(hit[:budget])) for budget in [*budgets, len(hit)] if budget]
