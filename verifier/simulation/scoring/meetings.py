# SPDX-License-Identifier: Apache-2.0
"""Which finding speaks of which case: the same family of rules, the same fund, and enough of the same entries.

Enough is the decisive entry of one of the two among the entries of the other, or half of the finding's evidence,
weighed by amount. Each case goes to one finding at most and each finding to one case, at the greatest total weight.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from verifier.basis.findings import FindingClass
from verifier.simulation.labels import Label
from verifier.simulation.scoring.assignment import best_pairs
from verifier.simulation.scoring.leads import Lead

_RANK: Final[dict[FindingClass, int]] = {"undecidable": 0, "statistical": 1, "indicated": 2, "proved": 3}
_PAIR: Final = 1 << 60
"""One pair more outweighs every quality of the others."""
_DECISIVE: Final = 1 << 20
_SHARE: Final = 1_000


class Meetings:
    """The findings that meet each case; `any_rule` leaves the families out, for methods that know none."""

    def __init__(self, labels: Sequence[Label], *, any_rule: bool = False) -> None:
        """Ready to be asked about `labels`, which are known by their places."""
        self._labels = labels
        self._any_rule = any_rule
        self._by_event: dict[str, list[int]] = defaultdict(list)
        for place, label in enumerate(labels):
            for event in sorted({*label.events, label.decisive_event}):
                self._by_event[event].append(place)

    def of(self, lead: Lead) -> Iterator[tuple[int, int]]:
        """Place and weight of every case that `lead` speaks of, by place."""
        places = {place for event in _entries(lead) for place in self._by_event.get(event, ())}
        for place in sorted(places):
            weight = self._weight(lead, self._labels[place])
            if weight is not None:
                yield place, weight

    def best(self, leads: Sequence[Lead], eligible: Callable[[Label], bool]) -> dict[int, int]:
        """The place of the case by the place of its lead, one to one, among the `eligible` cases."""
        return best_pairs(
            {
                (number, place): weight
                for number, lead in enumerate(leads)
                for place, weight in self.of(lead)
                if eligible(self._labels[place])
            }
        )

    def nearest(self, lead: Lead, eligible: Callable[[Label], bool]) -> Label | None:
        """The `eligible` case that `lead` speaks of most."""
        met = (found for found in self.of(lead) if eligible(self._labels[found[0]]))
        place, _ = max(met, key=lambda found: (found[1], -found[0]), default=(None, 0))
        return None if place is None else self._labels[place]

    def _weight(self, lead: Lead, label: Label) -> int | None:
        """Absent when `lead` does not speak of `label`."""
        if not self._any_rule and lead.rule not in label.rules:
            return None
        if label.fund is not None and lead.fund != label.fund:
            return None
        shared, whole = _overlap(lead, label.events)
        decisive = label.decisive_event in _entries(lead) or lead.decisive_event in label.events
        if not decisive and 2 * shared < whole:
            return None
        quality = _DECISIVE * decisive + 8 * (_SHARE * shared // max(1, whole))
        return _PAIR + quality + _RANK[lead.finding_class]


def _entries(lead: Lead) -> Iterable[str]:
    return lead.evidence if lead.decisive_event is None else {*lead.evidence, lead.decisive_event}


def _overlap(lead: Lead, events: Sequence[str]) -> tuple[int, int]:
    """The weight of the evidence that lies among `events`, and of all of it."""
    among = set(events)
    shared = sum(weight for name, weight in lead.evidence.items() if name in among)
    return shared, sum(lead.evidence.values())
