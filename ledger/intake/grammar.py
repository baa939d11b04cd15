# SPDX-License-Identifier: Apache-2.0
"""A mapping file read strictly: TOML, then the records of `ledger.intake.mapping`, then every name it refers to."""

import datetime
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from ledger.errors import FormatError
from ledger.intake.column_forms import (
    AmountColumn,
    AnyColumn,
    DateColumn,
    IdColumn,
    IntegerColumn,
    SumColumn,
    TextColumn,
)
from ledger.intake.dates import style_pattern
from ledger.intake.mapping import Compare, Control, Mapping, Measure, Stage, Tally
from ledger.intake.money import MINOR_PER_UNIT
from ledger.intake.templates import names_in, parse_text, parse_tree
from ledger.kinds.vocabulary import KINDS

MAPPING_BYTES_MAX: Final = 1_048_576
ROW: Final = "row"
"""Name that every template may use: the number of the row in its file, counted from 1."""

_GIVEN_BY_IMPORT: Final = frozenset({"kind", "v", "provenance", "_sd"})


def parse_mapping(data: bytes, *, place: str) -> Mapping:
    """The mapping in `data`, every reference in it resolved.

    Raises:
        FormatError: not TOML, an unknown or missing key, a wrong value, or a name that nothing defines; the place is
            the file and the path of the key.
    """
    if len(data) > MAPPING_BYTES_MAX:
        raise _wrong(place, f"{len(data):,} bytes are more than {MAPPING_BYTES_MAX:,}", "映射文件过大")
    try:
        plain = tomllib.loads(data.decode("utf-8"))
        mapping = msgspec.convert(plain, Mapping)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(place, f"not TOML: {error}", f"不是有效的 TOML：{error}") from error
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        at = where.strip("`").replace("$.", "").replace("$", "top level") or "top level"
        raise _wrong(f"{place}, {at}", what, f"不符合映射语法：{what}") from error
    for at, what in _faults(mapping):
        raise _wrong(f"{place}, {at}", what, f"不符合映射语法：{what}")
    return mapping


def source_of(stage: Stage, text: str) -> tuple[str, str]:
    """Table (or join name) and header name that ``from``, or the left side of a join, speaks of."""
    table, dot, header = text.rpartition(".")
    return (table, header) if dot else (stage.table, text)


def joined(stage: Stage) -> dict[str, str]:
    """Name of each join of `stage`, and of its own table, to the table that it stands for."""
    return {stage.table: stage.table, **{join.name or join.table: join.table for join in stage.joins}}


def _faults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    if not mapping.tables or not mapping.stages:
        yield "top level", "at least one table and one stage are needed"
    for name, value in mapping.constants.items():
        if type(value) not in {str, int, datetime.date}:
            yield f"constants.{name}", "a constant is a text, a whole number or a day"
    yield from _table_faults(mapping)
    for number, stage in enumerate(mapping.stages):
        for at, what in _stage_faults(mapping, stage):
            yield f"stages[{number}].{at}", what


def _table_faults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for name, table in mapping.tables.items():
        if not table.headers:
            yield f"tables.{name}.headers", "at least one header is needed, to find the header row"
        for unknown in sorted(set(table.optional) - table.headers.keys()):
            yield f"tables.{name}.optional", f"no header is called {unknown!r}"
        if table.headers and set(table.optional) == table.headers.keys():
            yield f"tables.{name}.optional", "one header at least must be there, to find the header row"
        if table.sheet is not None and table.format != "xlsx":
            yield f"tables.{name}.sheet", "only an xlsx file has sheets"


def _stage_faults(mapping: Mapping, stage: Stage) -> Iterator[tuple[str, str]]:
    if stage.table not in mapping.tables:
        yield "table", f"no table is called {stage.table!r}"
        return
    yield from _join_faults(mapping, stage)
    known = {ROW, *mapping.constants}
    for name, column in stage.columns.items():
        if name in known:
            yield f"columns.{name}", "the name is taken"
        for what in _column_faults(mapping, stage, column, known):
            yield f"columns.{name}", what
        known.add(name)
    yield from _event_faults(stage, known)
    yield from _reckoning_faults(stage, known)


def _join_faults(mapping: Mapping, stage: Stage) -> Iterator[tuple[str, str]]:
    seen = {stage.table}
    for number, join in enumerate(stage.joins):
        at, name = f"joins[{number}]", join.name or join.table
        if join.table not in mapping.tables:
            yield at, f"no table is called {join.table!r}"
            return
        if name in seen:
            yield at, f"{name!r} is joined twice; give one of them a `name`"
        for header in (join.right, *join.where):
            if header not in mapping.tables[join.table].headers:
                yield at, f"table {join.table!r} has no header {header!r}"
        left, header = source_of(stage, join.left)
        if left not in seen or header not in mapping.tables[joined(stage)[left]].headers:
            yield at, f"`left` {join.left!r} names no header of a table joined before"
        seen.add(name)


def _column_faults(mapping: Mapping, stage: Stage, column: AnyColumn, known: set[str]) -> Iterator[str]:
    if isinstance(column, SumColumn):
        yield from _unknown((*column.plus, *column.minus), known)
        return
    template = column.template if isinstance(column, TextColumn | IdColumn) else None
    if (column.from_ is None) == (template is None):
        yield "exactly one of `from` and `template` is needed"
    elif column.from_ is not None:
        table, header = source_of(stage, column.from_)
        tables = joined(stage)
        if table not in tables or header not in mapping.tables[tables[table]].headers:
            yield f"`from` {column.from_!r} names no header of the tables of this stage"
    yield from _template_faults((template,), known)
    yield from _option_faults(column, known)


def _option_faults(column: AnyColumn, known: set[str]) -> Iterator[str]:
    match column:
        case TextColumn():
            yield from _template_faults((column.default,), known)
            yield from _tried(re.compile, column.pattern)
        case IntegerColumn():
            yield from _tried(re.compile, column.pattern)
        case AmountColumn() if column.unit not in MINOR_PER_UNIT:
            yield f"the unit {column.unit!r} is not one of {', '.join(MINOR_PER_UNIT)}"
        case AmountColumn() if column.decimal == column.thousands:
            yield "`decimal` and `thousands` cannot be the same mark"
        case DateColumn():
            for style in column.styles:
                yield from _tried(style_pattern, None if style == "excel" else style)
        case _:
            pass


def _event_faults(stage: Stage, known: set[str]) -> Iterator[tuple[str, str]]:
    labels: set[str] = set()
    for skip in stage.skips:
        yield from (("skips", what) for what in _unknown((one.column for one in skip.when), known))
    for event in stage.events:
        at = f"events[{event.label}]"
        if event.label in labels:
            yield at, "the label stands twice"
        labels.add(event.label)
        if event.kind not in KINDS:
            yield at, f"{event.kind!r} is no event kind"
        for field in _GIVEN_BY_IMPORT & event.set.keys():
            yield at, f"`{field}` is set by the import itself"
        for what in (
            *_unknown([*event.sums, *(one.column for one in event.when)], known),
            *_template_faults((event.once, event.sum_by), known),
            *_tree_faults(event.set, known),
        ):
            yield at, what


def _reckoning_faults(stage: Stage, known: set[str]) -> Iterator[tuple[str, str]]:
    labels = {event.label for event in stage.events}
    for control in stage.controls:
        for label in {*control.plus, *control.minus} - labels:
            yield "controls", f"no event template is called {label!r}"
    parts: list[Control | Compare | Tally | Measure] = []
    for some in (stage.controls, stage.compares, stage.tallies, stage.measures):
        parts.extend(some)
    for part in parts:
        at = type(part).__name__.lower() + "s"
        yield from ((at, what) for what in _unknown(_columns_of(part), known))
        if isinstance(part, Compare | Tally):
            yield from ((at, what) for what in _template_faults((part.by,), known))


def _columns_of(part: Control | Compare | Tally | Measure) -> list[str]:
    match part:
        case Control():
            return [part.column, *(one.column for one in part.when)]
        case Compare():
            return [*part.columns, *(one.column for one in (*part.left, *part.right))]
        case Tally():
            return [*part.columns, *(one.column for one in part.when)]
        case Measure():
            return [part.from_, part.to]


def _unknown(names: Iterable[str], known: set[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{name!r} is no column that is defined before"


def _template_faults(templates: Iterable[str | None], known: set[str]) -> Iterator[str]:
    for template in templates:
        if template is not None:
            yield from _tried(parse_text, template) or _unknown(parse_text(template).names, known)


def _tree_faults(node: object, known: set[str]) -> Iterator[str]:
    try:
        yield from _unknown(names_in(parse_tree(node)), known)
    except ValueError as error:
        yield str(error)


def _tried(parse: Callable[[str], object], text: str | None) -> list[str]:
    try:
        if text is not None:
            parse(text)
    except (ValueError, re.error) as error:
        return [str(error)]
    return []


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="mapping-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="correct the mapping; docs/bureau/mapping.md describes every key",
        remedy_zh="请更正映射文件；各项含义见 docs/bureau/mapping.md",
    )
