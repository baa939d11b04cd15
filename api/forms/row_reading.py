# SPDX-License-Identifier: Apache-2.0
"""One row of a form: the event it tells, or everything that is wrong with it.

Personal fields are committed to here: what comes out holds commitments, with the disclosures beside it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from api.forms.filled_rows import FilledRow
from api.forms.form import Column, form_of
from api.forms.header import Header, Placed
from api.forms.personal_cells import personal_value
from api.forms.sheet_facts import column_letters
from api.forms.titles import code_labels, title_of
from api.forms.values import value_of
from ledger.commitments import disclose
from ledger.errors import FormatError
from ledger.intake.cells import is_null, refused
from ledger.intake.rows import EventAt
from ledger.kinds.form import Provenance
from ledger.kinds.vocabulary import KINDS, AnyEvent, version_said

NULL_WORDS: Final = frozenset({"-", "—", "——", "/", "无", "N/A"})
"""What people write for "nothing"."""

_FIELD: Final = re.compile(r"`([a-z_]+)`")
_TRIES: Final = 12
"""Most rules of one kind that a row can break one after another."""

Fault = tuple[str, str, FormatError]
"""Title of the column, what the cell holds (nothing if it is personal), and what is wrong."""


def read_row(
    row: FilledRow,
    header: Header,
    kind: str,
    *,
    source: Provenance,
    serials: bool,
    random_bytes: Callable[[int], bytes],
) -> tuple[EventAt | None, list[Fault]]:
    """The event of `row`, with the disclosures of its personal fields, and no faults; or None and all of them.

    `random_bytes` is a cryptographic source, of which each personal field gets a salt of its own.
    """
    cells = _cells(row, header, serials=serials)
    faults = [*_outside(row, header), *cells.faults]
    if cells.uncertain or not header.complete:
        return None, faults
    if header.mapping is not None:
        header.mapping.meant(cells.fields)
    event = None
    disclosures = disclose(cells.personal, random_bytes)
    plain = {
        "kind": kind,
        **_listed(cells.fields),
        **({"_sd": [one.commitment for one in disclosures]} if disclosures else {}),
        "v": version_said(kind, cells.fields),
        "provenance": msgspec.to_builtins(source),
    }
    for fault in _whole(plain, row, kind, header):
        if isinstance(fault, tuple):
            faults.append(fault)
        else:
            event = fault
    if faults or event is None:
        return None, faults
    texts = tuple(one.text for one in disclosures)
    return EventAt(event=event, label=kind, table=kind, disclosures=texts), []


@dataclass(slots=True, kw_only=True)
class _Cells:
    """What the cells of a row say: fields of the event, personal ones apart; `uncertain` where a code cannot be read."""

    fields: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    uncertain: bool = False


def _cells(row: FilledRow, header: Header, *, serials: bool) -> _Cells:
    found = _Cells()
    for placed in header.columns:
        column = placed.column
        try:
            value = _value(row, placed, header, serials=serials)
        except FormatError as error:
            found.faults.append((placed.title, _shown(row, placed), error))
            value = None if column.personal else _stand_in(column)
            found.uncertain |= column.sort == "code"  # the rules of the row hang on its codes
        if value is not None and column.personal:
            found.personal[column.name] = value
        elif value is not None:
            _put(found.fields, column, value)
    return found


def _outside(row: FilledRow, header: Header) -> list[Fault]:
    """What stands under no title: a row of CSV with a comma too many, or a remark beside the table."""
    return [
        ("", str(cell)[:200], _untitled(f"{column_letters(position)}{row.number}"))
        for position, cell in enumerate(row.cells)
        if position not in header.titled and cell is not None and str(cell).strip()
    ]


def _value(row: FilledRow, placed: Placed, header: Header, *, serials: bool) -> Any:  # noqa: ANN401 - the value of a field
    position, column = placed.position, placed.column
    if position in row.formulas:
        raise _formula(f"{column_letters(position)}{row.number}")
    merge = row.merged.get(position) if row.merged is not None else None
    if merge is not None:
        inside = [one for one in header.columns if merge.first_column <= one.position <= merge.last_column]
        if len(inside) > 1 or column.sort == "amount":
            raise _merged(merge.ref)
    cell = row.cells[position] if position < len(row.cells) else None
    if is_null(cell, NULL_WORDS):
        if column.needed:
            raise _empty()
        return None
    if column.personal:
        return personal_value(cell, column)
    if header.mapping is not None:
        cell = header.mapping.translated(cell, column)
    return value_of(cell, column, unit=placed.unit, serials=serials)


def _whole(plain: dict[str, Any], row: FilledRow, kind: str, header: Header) -> Iterator[AnyEvent | Fault]:
    """The event, or each rule of the kind that the row breaks, found by mending one after another."""
    broken = False
    for _ in range(_TRIES):
        try:
            event = msgspec.convert(plain, KINDS[kind])
        except msgspec.ValidationError as error:
            broken = True
            fault, mended = _explained(str(error), plain, row, header, kind)
            yield fault
            if not mended:
                return
        else:
            if not broken:
                yield event
            return


def _explained(
    text: str, plain: dict[str, Any], row: FilledRow, header: Header, kind: str
) -> tuple[Fault, bool]:
    """What a refusal of the record means for the row, and whether `plain` was mended to look for further ones."""
    found = _FIELD.search(text)
    name = found[1] if found else ""
    column = _column_named(name, text, kind)
    if column is None:
        return ("", "", _against_rule(text)), False
    title, shown = _title(column, header), _standing(row, column, header)
    outermost = len(column.path) == 1
    if outermost and "must be absent" in text and plain.pop(name, None) is not None:
        return (title, shown, _unwanted(text, kind)), True
    if outermost and "required" in text and name not in plain:
        plain[name] = _stand_in(column)
        return (title, shown, _wanted(text, kind)), True
    return (title, shown, _against_rule(text)), False


def _standing(row: FilledRow, column: Column, header: Header) -> str:
    return next((_shown(row, placed) for placed in header.columns if placed.column.name == column.name), "")


def _column_named(name: str, text: str, kind: str) -> Column | None:
    where = re.search(r"`\$\.([a-z_.0-9\[\]]+)`", text)
    path = re.sub(r"\[(\d+)\]", lambda one: f".{int(one[1]) + 1}", where[1]) if where else ""
    names = {one.name: one for one in form_of(kind).columns}
    return names.get(f"{path}.{name}".strip(".")) or names.get(name) or names.get(path)


def _title(column: Column, header: Header) -> str:
    return header.titles.get(column.name) or title_of(column, "zh")


def _stand_in(column: Column) -> Any:  # noqa: ANN401 - the value of a field
    """Any value that the column takes, put in the place of one that is told already, to look at the others."""
    for value in (*column.codes, "x", 1, 2000, "2000-01-01", "000000", "0" * 64, "0" * 18, "x/x/0"):
        given: Any = [value] if column.several else value
        try:
            msgspec.convert(given, column.hint)
        except msgspec.ValidationError:
            continue
        return given
    return None


def _put(fields: dict[str, Any], column: Column, value: Any) -> None:  # noqa: ANN401 - the value of a field
    """`fields` hold `value` at the path of `column`; numbered groups are tables by number for now."""
    inner = fields
    for part in column.path[:-1]:
        inner = inner.setdefault(part, {})
    inner[column.path[-1]] = value


def _listed(fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` with numbered groups as lists, in the order of their numbers."""

    def one(value: Any) -> Any:  # noqa: ANN401 - plain data
        if isinstance(value, dict) and value and all(key.isdigit() for key in value):
            return [_listed(value[key]) for key in sorted(value, key=int)]
        return _listed(value) if isinstance(value, dict) else value

    return {key: one(value) for key, value in fields.items()}


def _shown(row: FilledRow, placed: Placed) -> str:
    if placed.column.personal:
        return ""
    cell = row.cells[placed.position] if placed.position < len(row.cells) else None
    return "" if cell is None else str(cell)[:200]


def _empty() -> FormatError:
    return refused(
        "cell.missing",
        ("nothing stands here, and every row needs it", "此处为空，而每行都必须填写"),
        ("fill the cell", "请补填"),
    )


def _untitled(cell: str) -> FormatError:
    return refused(
        "cell.untitled",
        (f"something stands in {cell}, where the table has no title", f"{cell} 有内容，但该列没有表头"),
        (
            "give the column a title, clear the cell, or put quotes around text with commas",
            "请补表头、清空该单元格，或给含逗号的内容加引号",
        ),
    )


def _formula(cell: str) -> FormatError:
    return refused(
        "cell.formula",
        (
            f"cell {cell} is a formula; what it came to is not sure to be what you see",
            f"单元格 {cell} 是公式，取值可能与所见不同",
        ),
        ("copy the cell and paste it as a value", "请复制后“选择性粘贴—数值”"),
    )


def _merged(ref: str) -> FormatError:
    return refused(
        "cell.merged",
        (
            f"the merged range {ref} does not say to which row or column its value belongs",
            f"合并区域 {ref} 的值归属不明",
        ),
        ("unmerge it and fill each cell", "请取消合并并逐格填写"),
    )


def _wanted(text: str, kind: str) -> FormatError:
    when = text.partition(" required ")[2].partition(" - at ")[0]
    return refused(
        "row.needed",
        (f"it is needed {when}".rstrip(), f"此种情形必须填写{_case(when, kind)}"),
        ("fill the cell", "请补填"),
    )


def _unwanted(text: str, kind: str) -> FormatError:
    when = text.partition("must be absent ")[2].partition(" - at ")[0]
    return refused(
        "row.unwanted",
        (f"it must be empty {when}".rstrip(), f"此种情形不得填写{_case(when, kind)}"),
        ("clear the cell, or correct what the row says it is", "请清空，或更正该行的动作"),
    )


def _against_rule(text: str) -> FormatError:
    what = text.partition(" - at ")[0]
    return refused(
        "row.rule",
        (f"the row does not fit the rules of its kind: {what}", f"该行不符合本类事件的规则：{what}"),
        (
            "correct the row; docs/spec/4-vocabulary.md says what belongs together",
            "请更正该行；各列搭配见 docs/spec/4-vocabulary.md",
        ),
    )


def _case(when: str, kind: str) -> str:
    """The condition of a rule such as ``for action split``, in Chinese; empty where it is of another form."""
    found = re.fullmatch(r"for ([a-z_]+) ([a-z_]+)", when)
    column = next((one for one in form_of(kind).columns if found is not None and one.name == found[1]), None)
    if found is None or column is None:
        return ""
    return f"（{title_of(column, 'zh')}为“{code_labels(column, 'zh').get(found[2], found[2])}”时）"
