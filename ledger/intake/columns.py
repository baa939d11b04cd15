# SPDX-License-Identifier: Apache-2.0
"""The columns of a stage, computed for one row when something asks for them, each at most once.

A cell that nothing uses in a row is never judged: totals and remarks may hold what they like.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from ledger.errors import FormatError
from ledger.intake.cells import Cell, integer_of, is_null, refused, text_of
from ledger.intake.column_forms import (
    AmountColumn,
    AnyColumn,
    CellColumn,
    DateColumn,
    IdColumn,
    IntegerColumn,
    SumColumn,
    TextColumn,
)
from ledger.intake.dates import date_of
from ledger.intake.grammar import ROW, joined, source_of
from ledger.intake.identifiers import ID_LENGTH, slug_id
from ledger.intake.mapping import Condition, Stage
from ledger.intake.mapping import Mapping as MappingFile
from ledger.intake.money import amount_of
from ledger.intake.partners import Cells
from ledger.intake.templates import Lookup, Text, Value, fill_text, parse_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A column with its source, templates and words ready for use."""

    column: AnyColumn
    table: str
    header: str
    null: frozenset[str]
    template: Text | None
    default: Text | None


@dataclass(slots=True, kw_only=True)
class RowValues:
    """The values of one row: `number` in its file, its cells, and what was computed so far."""

    prepared: Mapping[str, Prepared]
    constants: Mapping[str, Value]
    number: int
    cells: Cells
    _known: dict[str, Value | FormatError] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """The value of column or constant `name`; None if nothing is recorded and the column is optional.

        Raises:
            FormatError: the cell is bad, with the name of the column as place.
        """
        if name not in self._known:
            self._known[name] = self._compute(name)
        found = self._known[name]
        if isinstance(found, FormatError):
            raise found
        return found

    def raw(self, name: str) -> str:
        """What the cell behind column `name` holds, for a message; empty for computed columns."""
        prepared = self.prepared.get(name)
        if prepared is None or not prepared.header:
            return ""
        cell = (self.cells.get(prepared.table) or {}).get(prepared.header)
        return "" if cell is None else str(cell)[:200]

    def _compute(self, name: str) -> Value | FormatError:
        if name == ROW:
            return self.number
        if name in self.constants:
            return self.constants[name]
        prepared = self.prepared[name]
        try:
            return _read(prepared, self._cell(prepared), self.value)
        except FormatError as error:
            return _placed(error, name) if error.place == "cell" else error

    def _cell(self, prepared: Prepared) -> Cell:
        return (self.cells.get(prepared.table) or {}).get(prepared.header)


def prepare(mapping: MappingFile, stage: Stage) -> dict[str, Prepared]:
    """The columns of `stage`, ready to read rows."""
    return {name: _prepare(mapping, stage, column) for name, column in stage.columns.items()}


def holds(conditions: Iterable[Condition], lookup: Lookup) -> bool:
    """Whether every condition holds; none at all hold.

    Raises:
        FormatError: a column that a condition asks for is bad.
    """
    return all(_holds(condition, lookup(condition.column)) for condition in conditions)


def _holds(condition: Condition, value: Value) -> bool:
    match condition.is_:
        case None:
            return _among(condition, value)
        case "null":
            return value is None
        case "given":
            return value is not None
        case "zero":
            return value == 0
        case "positive":
            return isinstance(value, int) and value > 0
        case "negative":
            return isinstance(value, int) and value < 0


def _among(condition: Condition, value: Value) -> bool:
    if condition.none_of is not None:
        return value not in condition.none_of and str(value) not in condition.none_of
    wanted = condition.among if condition.among is not None else (condition.equals,)
    return value in wanted or str(value) in wanted


def _prepare(mapping: MappingFile, stage: Stage, column: AnyColumn) -> Prepared:
    if isinstance(column, SumColumn):
        return Prepared(column=column, table="", header="", null=frozenset(), template=None, default=None)
    template = column.template if isinstance(column, TextColumn | IdColumn) else None
    default = column.default if isinstance(column, TextColumn) else None
    table, header = source_of(stage, column.from_) if column.from_ is not None else ("", "")
    words = mapping.tables[joined(stage)[table]].null if table else ()
    return Prepared(
        column=column,
        table=table,
        header=header,
        null=frozenset(words) | frozenset(column.null),
        template=parse_text(template) if template is not None else None,
        default=parse_text(default) if default is not None else None,
    )


def _read(prepared: Prepared, cell: Cell, lookup: Lookup) -> Value:
    column = prepared.column
    if isinstance(column, SumColumn):
        added = sum(_number(lookup(name)) for name in column.plus)
        return added - sum(_number(lookup(name)) for name in column.minus)
    if prepared.template is not None:
        cell = fill_text(prepared.template, lookup)
    return _when_null(prepared, lookup) if is_null(cell, prepared.null) else _parsed(column, cell)


def _parsed(column: CellColumn, cell: Cell) -> Value:
    match column:
        case TextColumn():
            return _text(column, text_of(cell))
        case IntegerColumn():
            return integer_of(cell if column.pattern is None else _matched(column.pattern, text_of(cell)))
        case AmountColumn():
            return amount_of(cell, column)
        case DateColumn():
            return date_of(cell, column.styles)
        case IdColumn():
            return _identifier(column, text_of(cell))
        case _:
            assert_never(column)


def _when_null(prepared: Prepared, lookup: Lookup) -> Value:
    column = prepared.column
    if prepared.default is not None:
        return fill_text(prepared.default, lookup)
    if isinstance(column, IntegerColumn | AmountColumn | DateColumn) and column.default is not None:
        return column.default
    if isinstance(column, SumColumn) or column.optional:
        return None
    raise refused(
        "cell.missing",
        ("nothing is recorded here, and the row needs it", "此处没有记录，而该行需要它"),
        ("fill the cell, or let the mapping give a default", "请补填，或在映射中设置默认值"),
    )


def _text(column: TextColumn, text: str) -> str:
    if column.pattern is not None:
        text = _matched(column.pattern, text)
    if column.map is not None:
        found = column.map.get(text, text if column.keep else column.otherwise)
        if found is None:
            raise refused(
                "cell.not-in-map",
                (
                    f"{text[:60]!r} is none of the values that the mapping knows",
                    f"{text[:60]!r} 不在映射的取值表中",
                ),
                ("correct the cell, or add the value to the mapping", "请更正单元格，或在映射中增加该值"),
            )
        text = found
    if column.cut is not None and len(text) > column.cut:
        return text[: column.cut - 1].rstrip() + "…"
    return text


def _matched(pattern: str, text: str) -> str:
    match = re.fullmatch(pattern, text)
    if match is None:
        raise refused(
            "cell.pattern",
            (f"{text[:60]!r} does not have the form {pattern}", f"{text[:60]!r} 不符合格式 {pattern}"),
            ("correct the cell, or the pattern in the mapping", "请更正单元格，或修改映射中的格式"),
        )
    return str(match[1] if match.re.groups else match[0])


def _identifier(column: IdColumn, text: str) -> str:
    if column.slug:
        return slug_id(text, prefix=column.prefix)
    made = column.prefix + text
    if len(made) > ID_LENGTH or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", made) is None:
        raise refused(
            "cell.identifier",
            (f"{made[:70]!r} is no identifier", f"{made[:70]!r} 不是有效编号"),
            (
                "use up to 64 of A-Z a-z 0-9 . _ : -, or let the mapping make a slug",
                "编号限 64 个字母、数字和 . _ : -，或在映射中设置 slug",
            ),
        )
    return made


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _placed(error: FormatError, name: str) -> FormatError:
    return FormatError(
        code=error.code,
        place=name,
        message_en=error.message_en,
        message_zh=error.message_zh,
        remedy_en=error.remedy_en,
        remedy_zh=error.remedy_zh,
    )
