# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/accuracy.md, as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from api.bench.accuracy.run import RULES, Measured
from verifier.simulation.scoring.score import Part

_METHOD_COLUMNS: Final = (
    ("precision", "precision"),
    ("recall", "recall"),
    ("recall_amount", "by amount"),
    ("amount_inside", "inside"),
    ("false_per_10k", "false in 10,000"),
    ("twins_told_apart", "twins"),
    ("alert_inflation", "findings a case"),
)
_BARS: Final = (
    ("precision_proved", "precision of proved findings", "≥ 0.98"),
    ("recall_amount_proved", "recall by amount of what is provable", "≥ 0.97"),
    ("false_proved_per_10k", "false proved findings in 10,000 events", "≤ 1"),
    ("amount_inside", "true amount between minimum and maximum", "1"),
    ("recall", "recall", "–"),
    ("recall_amount", "recall by amount", "–"),
    ("precision_indicated", "precision of indicated findings", "–"),
    ("precision_proved_strict", "precision of proved findings, irregularities counted as false", "–"),
    ("amount_error", "error of the amount, median", "–"),
    ("amount_error_p95", "error of the amount, 95th percentile", "–"),
    ("latency_days", "days after it could be known, median", "–"),
    ("latency_days_p95", "days after it could be known, 95th percentile", "–"),
    ("twins_told_apart", "pairs told apart", "–"),
    ("alert_inflation", "findings a case", "–"),
)
_PART_COLUMNS: Final = (
    ("recall", "recall"),
    ("recall_amount", "by amount"),
    ("recall_amount_proved", "provable"),
    ("precision_proved", "precision"),
    ("amount_inside", "inside"),
    ("latency_days_p95", "days p95"),
    ("twins_told_apart", "twins"),
)


def page(measured: Sequence[Measured]) -> Iterator[str]:
    """The lines about one world: bars, methods, schemes, difficulties, and where false findings come from."""
    ours = next(one for one in measured if one.method == RULES)
    counts = ours.score.whole.counts
    yield f"## {ours.world}"
    yield ""
    yield (
        f"{ours.totals.events:,} events in {ours.totals.entries:,} entries, {ours.score.programmes} programmes, "
        f"{ours.score.labels:,} labels: {counts.cases} wrongs that the ledger shows, {counts.hidden} that it does not "
        f"({counts.left_open} of {counts.undecidable} undecidable ones left open); {ours.score.findings:,} findings."
    )
    yield ""
    yield from _bars(ours)
    if ours.late is not None:
        yield from _late(ours.late)
    yield from _methods(measured)
    yield from _parts("scheme", measured, {one.method: one.score.by_scheme for one in measured})
    yield from _parts("difficulty", measured, {one.method: one.score.by_difficulty for one in measured})
    yield from _rules(ours)


def _bars(ours: Measured) -> Iterator[str]:
    yield from _table(
        ("figure", "value", "95 % interval", "bar"),
        (
            (title, _cell(ours.score.whole.figures[name]), _interval(ours.score.whole, name), bar)
            for name, title, bar in _BARS
        ),
    )


def _late(late: Mapping[int, int]) -> Iterator[str]:
    """Of the hits, how many an audit each month would have shown when."""
    whole = sum(late.values())
    in_time = sum(count for months, count in late.items() if months <= 0)
    later = "; ".join(f"{late[months]} {months} later" for months in sorted(late) if months > 0)
    told = f"{in_time} of {whole} hits are there at the first audit that can know"
    yield f"Audited every month, {told}{later and '; ' + later}."
    yield ""


def _methods(measured: Sequence[Measured]) -> Iterator[str]:
    heading = ("method", "findings", *(title for _, title in _METHOD_COLUMNS))
    rows = (
        (
            one.method,
            f"{one.score.findings:,}",
            *(_with_interval(one.score.whole, name) for name, _ in _METHOD_COLUMNS),
        )
        for one in measured
    )
    yield from _table(heading, rows)


def _parts(what: str, measured: Sequence[Measured], parts: Mapping[str, Mapping[str, Part]]) -> Iterator[str]:
    others = [one.method for one in measured if one.method != RULES]
    heading = (
        what,
        "cases",
        "false",
        *(title for _, title in _PART_COLUMNS),
        *(f"{one}: recall" for one in others),
    )
    rows = (
        (
            name,
            str(part.counts.cases),
            str(sum(part.counts.false.values())),
            *(_with_interval(part, figure) for figure, _ in _PART_COLUMNS),
            *(_cell(parts[one][name].figures["recall"]) if name in parts[one] else "–" for one in others),
        )
        for name, part in parts[RULES].items()
    )
    yield from _table(heading, rows)


def _rules(ours: Measured) -> Iterator[str]:
    heading = ("rule", "hits", "irregular", "repeated", "false proved", "false indicated")
    rows = (
        (
            name,
            str(sum(counts.hits.values())),
            str(counts.told),
            str(counts.duplicates),
            str(counts.false["proved"]),
            str(counts.false["indicated"]),
        )
        for name, counts in ours.score.by_rule.items()
    )
    yield from _table(heading, rows)


def _table(heading: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|---|{'---:|' * (len(heading) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _with_interval(part: Part, name: str) -> str:
    between = _interval(part, name)
    value = _cell(part.figures[name])
    return value if between in {"–", f"{value} – {value}"} else f"{value} ({between})"


def _interval(part: Part, name: str) -> str:
    between = part.intervals.get(name)
    return "–" if between is None else f"{_cell(between[0])} – {_cell(between[1])}"


def _cell(value: Decimal | None) -> str:
    """Three decimals are enough to read, cut and not rounded."""
    if value is None:
        return "–"
    if value == value.to_integral_value():
        return str(int(value))
    whole, _, decimals = str(value).partition(".")
    return f"{whole}.{decimals[:3]}"
