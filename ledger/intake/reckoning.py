# SPDX-License-Identifier: Apache-2.0
"""What is counted beside the events: rows and reasons, control totals, comparisons, tallies, durations.

Everything is integers: counts, minor units, calendar days. `summary_of` turns it into plain data for people and machines.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.errors import FormatError
from ledger.intake.columns import RowValues, holds
from ledger.intake.mapping import Compare, Conditions, Control, Measure, Stage, Tally, Wording
from ledger.intake.templates import Text, fill_text, parse_text
from ledger.kinds.vocabulary import AnyEvent

Sums = dict[str, list[int]]
"""By key, in the order of first appearance: the number of rows, then the totals of some columns."""

_PERCENT: Final = 100


@dataclass(slots=True, kw_only=True)
class Reckoning:
    """The running totals of one stage."""

    stage: Stage
    rows: int = 0
    skipped: list[int] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)
    """Label of a `once` template → rows that repeat a key with other values; the first row was kept."""
    events: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    source: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    left: list[Sums] = field(default_factory=list)
    right: list[Sums] = field(default_factory=list)
    tallies: list[Sums] = field(default_factory=list)
    days: list[Counter[int]] = field(default_factory=list)
    keys: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every total begins at zero."""
        self.skipped = [0] * len(self.stage.skips)
        self.source = [0] * len(self.stage.controls)
        self.left_out = [0] * len(self.stage.controls)
        self.left = [{} for _ in self.stage.compares]
        self.right = [{} for _ in self.stage.compares]
        self.tallies = [{} for _ in self.stage.tallies]
        self.days = [Counter() for _ in self.stage.measures]
        self.keys = [parse_text(one.by) for one in self.stage.compares]
        self.keys += [parse_text(one.by) for one in self.stage.tallies]

    def count_row(self, row: RowValues) -> None:
        """Every total that looks at all rows includes `row`.

        Raises:
            FormatError: a column that a comparison or tally needs is bad.
        """
        self.rows += 1
        for number, part in enumerate(self.stage.compares):
            by = self.keys[number]
            for conditions, sums in ((part.left, self.left[number]), (part.right, self.right[number])):
                _add(sums, row, by=by, columns=part.columns, when=conditions)
        for number, tally in enumerate(self.stage.tallies):
            by = self.keys[len(self.stage.compares) + number]
            _add(self.tallies[number], row, by=by, columns=tally.columns, when=tally.when)

    def count_read(self, row: RowValues) -> None:
        """Control totals and durations include `row`, which gives events.

        Raises:
            FormatError: a column that they need is bad.
        """
        for number, control in enumerate(self.stage.controls):
            if holds(control.when, row.value):
                self.source[number] += _amount(row, control.column)
        for number, measure in enumerate(self.stage.measures):
            begun, ended = row.value(measure.from_), row.value(measure.to)
            if isinstance(begun, datetime.date) and isinstance(ended, datetime.date):
                self.days[number][(ended - begun).days] += 1

    def count_skipped(self, row: RowValues, reason: int) -> None:
        """`row` is counted under the reason with that number; what its control columns hold is added up where it can be."""
        self.skipped[reason] += 1
        for number, control in enumerate(self.stage.controls):
            try:
                if holds(control.when, row.value):
                    self.left_out[number] += _amount(row, control.column)
            except FormatError:
                continue  # the row gives no event, so its cells need not be good

    def count_event(self, label: str, event: AnyEvent) -> None:
        """`event`, made by the template `label`, is counted with its amount."""
        self.events[label] += 1
        amount = getattr(event, "amount", None)
        if isinstance(amount, int):
            self.amounts[label] += amount

    def unequal(self) -> list[Control]:
        """The controls whose two sides differ."""
        return [
            control
            for number, control in enumerate(self.stage.controls)
            if self.source[number] != self._events_side(control)
        ]

    def summary(self) -> dict[str, Any]:
        """Plain data: counts, control totals, comparisons, tallies and durations of the stage."""
        return {
            "table": self.stage.table,
            "rows": self.rows,
            "skipped": [
                {"reason": _words(skip.reason), "rows": self.skipped[number]}
                for number, skip in enumerate(self.stage.skips)
            ],
            "events": dict(sorted(self.events.items())),
            "repeats_that_differ": dict(sorted(self.repeats.items())),
            "controls": [self._control(number, one) for number, one in enumerate(self.stage.controls)],
            "compares": [self._compare(number, one) for number, one in enumerate(self.stage.compares)],
            "tallies": [_tally(one, self.tallies[number]) for number, one in enumerate(self.stage.tallies)],
            "measures": [_measure(one, self.days[number]) for number, one in enumerate(self.stage.measures)],
        }

    def _events_side(self, control: Control) -> int:
        plus = sum(self.amounts[label] for label in control.plus)
        return plus - sum(self.amounts[label] for label in control.minus)

    def _control(self, number: int, control: Control) -> dict[str, Any]:
        events = self._events_side(control)
        return {
            "title": _words(control.title),
            "source": self.source[number],
            "events": events,
            "equal": self.source[number] == events,
            "skipped": self.left_out[number],
        }

    def _compare(self, number: int, compare: Compare) -> dict[str, Any]:
        left, right = self.left[number], self.right[number]
        both = [key for key in left if key in right]
        return {
            "title": _words(compare.title),
            "columns": list(compare.columns),
            "compared": len(both),
            "only_left": sorted(key for key in left if key not in right),
            "only_right": sorted(key for key in right if key not in left),
            "differing": [
                {"key": key, "left": left[key][1:], "right": right[key][1:]}
                for key in both
                if left[key][1:] != right[key][1:]
            ],
        }


def _add(sums: Sums, row: RowValues, *, by: Text, columns: tuple[str, ...], when: Conditions) -> None:
    if not holds(when, row.value):
        return
    held = sums.setdefault(fill_text(by, row.value), [0] * (len(columns) + 1))
    held[0] += 1
    for position, name in enumerate(columns, start=1):
        held[position] += _amount(row, name)


def _amount(row: RowValues, name: str) -> int:
    value = row.value(name)
    return value if isinstance(value, int) else 0


def _words(wording: Wording) -> dict[str, str]:
    return {"zh": wording.zh, "en": wording.en}


def _tally(tally: Tally, sums: Sums) -> dict[str, Any]:
    rows = [{"key": key, "rows": held[0], "sums": held[1:]} for key, held in sorted(sums.items())]
    return {"title": _words(tally.title), "columns": list(tally.columns), "rows": rows}


def _measure(measure: Measure, days: Counter[int]) -> dict[str, Any]:
    plain: dict[str, Any] = {"title": _words(measure.title), "count": days.total()}
    if days:
        plain |= {
            name: _rank(days, share)
            for name, share in (("min", 0), ("median", 50), ("p90", 90), ("max", 100))
        }
    return plain | {"days": {str(day): days[day] for day in sorted(days)}}


def _rank(days: Counter[int], percent: int) -> int:
    """The nearest-rank percentile: the smallest value with at least `percent` of a hundred at or below it."""
    wanted = max(1, -(-days.total() * percent // _PERCENT))
    passed = 0
    for day in sorted(days):
        passed += days[day]
        if passed >= wanted:
            return day
    return max(days)
