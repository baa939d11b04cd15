# SPDX-License-Identifier: Apache-2.0
"""A report as sheets of a workbook: its head, headline figures, findings, and whatever stands behind each."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from api.books.sheet import Cell, Money, Sheet
from api.books.workbook import write_workbook
from api.reports.cards import Card, card
from api.reports.overview import GroupKey, difference_rows, head_rows, shown_columns, sums_rows
from api.reports.speech import Speech
from api.reports.words import COUNTED
from ledger.instant import parse_instant
from verifier.audit_report.records import Report, Reported, Sums
from verifier.language import Language

CELL_MAX: Final = 32_000
"""Characters of one cell; spreadsheet programs take 32,767."""

_LISTED: Final = (
    "rule", "title", "class", "severity", "fund", "who", "place", "amount_min", "amount", "amount_max", "restored",
    "outstanding", "state", "since", "days", "case", "due_on", "explanation", "basis", "clears", "pack", "id", "content",
)  # fmt: skip
_WIDTHS: Final = (8, 24, 12, 10, 28, 32, 10, 18, 18, 18, 18, 18, 16, 12, 8, 14, 12, 80, 50, 50, 40, 36, 68)
_GROUPS: Final[tuple[GroupKey, ...]] = ("by_rule", "by_fund", "by_place")


def write_xlsx(report: Report, language: Language) -> bytes:
    """The workbook in `language`."""
    sink = io.BytesIO()
    write_workbook(sheets_of(report, language), sink, made=parse_instant(report.head.recorded))
    return sink.getvalue()


def sheets_of(report: Report, language: Language) -> tuple[Sheet, ...]:
    """All sheets of the workbook, in the order in which they are read."""
    speak = Speech(report, language)
    cards = [card(speak, report, one) for one in report.findings]
    return (
        _head(speak, report),
        *(_groups(speak, key, report) for key in _GROUPS),
        _findings(speak, report, cards),
        _behind(speak, "arithmetic", ("name", "value"), cards),
        _behind(speak, "parameters", ("name", "value"), cards),
        _behind(speak, "evidence", ("entry", "event", "leaf"), cards),
        _behind(speak, "steps", ("date", "state", "text", "by"), cards),
        _others(speak, report),
        _own(speak, report),
        _gaps(speak, report),
        _rules(speak, report),
    )


def _sheet(
    speak: Speech, key: str, columns: Iterable[str], widths: tuple[int, ...], rows: Iterable[tuple[Cell, ...]]
) -> Sheet:
    told = tuple(rows)
    return Sheet(
        name=speak.text(key)[:31],
        title=speak.text(key),
        columns=tuple(columns),
        widths=widths,
        rows=tuple(tuple(_fitting(value) for value in row) for row in told),
        notes=() if told else ("–",),
    )


def _fitting(value: Cell) -> Cell:
    return value[:CELL_MAX] if isinstance(value, str) else value


def _head(speak: Speech, report: Report) -> Sheet:
    total = [(speak.sum(name), _sum(report.total, name)) for name in shown_columns([], report.total)]
    demo = (speak.text("demo"),) if report.head.demo else ()
    return Sheet(
        name=speak.text("report")[:31],
        title=f"{speak.text('report')} · {report.head.name}",
        columns=("", ""),
        widths=(26, 100),
        rows=(*head_rows(speak, report), *total),
        notes=(*demo, speak.text("lead"), speak.text("union"), speak.text("undecided")),
    )


def _groups(speak: Speech, key: GroupKey, report: Report) -> Sheet:
    groups = sums_rows(speak, key, report)
    columns = shown_columns(groups, report.total)
    return _sheet(
        speak,
        key,
        (speak.text("group"), *(speak.sum(name) for name in columns)),
        (48, *[18] * len(columns)),
        ((name, *(_sum(one, column) for column in columns)) for name, one in groups),
    )


def _sum(one: Sums, name: str) -> Cell:
    value: int = getattr(one, name)
    return value if name in COUNTED else Money(value)


def _findings(speak: Speech, report: Report, cards: list[Card]) -> Sheet:
    rows = (_row(speak, one, told) for one, told in zip(report.findings, cards, strict=True))
    return _sheet(speak, "list", (speak.text(name) for name in _LISTED), _WIDTHS, rows)


def _row(speak: Speech, one: Reported, told: Card) -> tuple[Cell, ...]:
    finding, life = one.finding, one.life
    amounts = (finding.amount_min, finding.amount, finding.amount_max, finding.restored, finding.outstanding)
    return (
        told.rule, told.title, told.finding_class, told.severity,
        None if one.fund is None else speak.say(one.fund),
        "; ".join(speak.say(party) for party in one.parties), one.place,
        *(None if amount is None else Money(amount) for amount in amounts),
        told.state, life.since, life.days, life.case, life.due_on,
        "\n".join((told.explanation, *told.notes)), told.basis, told.clears, told.pack, told.id, finding.content_hash,
    )  # fmt: skip


def _behind(speak: Speech, key: str, columns: tuple[str, ...], cards: list[Card]) -> Sheet:
    """Rows of all findings, each beginning with rule and id of its own."""
    rows = ((one.rule, one.id, *row) for one in cards for row in _rows_of(one, key))
    widths = {"event": 44, "leaf": 68, "text": 60, "name": 40, "value": 28}
    headings = ("rule", "id", *columns)
    return _sheet(
        speak, key, map(speak.text, headings), (8, 36, *(widths.get(one, 14) for one in columns)), rows
    )


def _rows_of(one: Card, key: str) -> tuple[tuple[str, ...], ...]:
    match key:
        case "arithmetic":
            return one.figures
        case "parameters":
            return one.parameters
        case "evidence":
            return one.evidence
        case _:
            return one.steps


def _others(speak: Speech, report: Report) -> Sheet:
    rows = (
        (one.case, speak.state(one.state), one.steps[-1].on, one.finding or speak.text("sealed"))
        for one in report.other_cases
    )
    columns = ("case", "state", "date", "id")
    return _sheet(speak, "other_cases", map(speak.text, columns), (20, 20, 12, 36), rows)


def _own(speak: Speech, report: Report) -> Sheet:
    columns, own = ("rule", "change", "before", "after", "explanation"), report.own_rules
    made = _sheet(
        speak, "own_rules", map(speak.text, columns), (8, 12, 20, 20, 90), difference_rows(speak, own)
    )
    if own is None:
        return made
    return replace(made, notes=(*made.notes, *(speak.say(told) for told in (own.closing, *own.brought))))


def _gaps(speak: Speech, report: Report) -> Sheet:
    rows = ((one.rule, speak.say(one.reason), one.times) for one in report.gaps)
    return _sheet(speak, "gaps", map(speak.text, ("rule", "reason", "times")), (8, 100, 8), rows)


def _rules(speak: Speech, report: Report) -> Sheet:
    rows = _rule_rows(speak, report)
    return _sheet(
        speak,
        "rules",
        map(speak.text, ("rule", "title", "version", "tier", "basis")),
        (8, 40, 8, 12, 100),
        rows,
    )


def _rule_rows(speak: Speech, report: Report) -> Iterator[tuple[Cell, ...]]:
    for one in report.rules:
        yield one.id, speak.say(one.title), one.version, one.tier, speak.say(one.basis)
