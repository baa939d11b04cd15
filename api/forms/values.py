# SPDX-License-Identifier: Apache-2.0
"""One cell of a form: the value of its field, or what is wrong with it, told in the words of the column."""

import datetime
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from api.forms.form import Column
from api.forms.titles import LANGUAGES, code_labels, codes_by_word, folded
from ledger.amount import Balance
from ledger.document_number import one_spelling
from ledger.errors import FormatError
from ledger.intake.cells import Cell, integer_of, refused, text_of
from ledger.intake.dates import date_of
from ledger.intake.money import stated_amount

DATE_STYLES: Final = (
    "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "YYYYMMDD", "YYYY-M-DT00:00:00", "YYYY-M-D 00:00:00",
)  # fmt: skip
CELL_CHARACTERS_MAX: Final = 32_767
"""What a spreadsheet holds in one cell."""
EXACT_DIGITS: Final = 15
"""Digits that a number of a spreadsheet keeps."""

_SEPARATORS: Final = re.compile(r"[、;；,，\n]")
_FORMS: Final = {
    "identifier, 1 to 64 characters": (
        "an id (1 to 64 letters, digits and . _ : -, first a letter or digit)",
        "编号（1 至 64 个字母、数字和 . _ : -，以字母或数字开头）",
    ),
    "stable name of an event: party/submission id/index": (
        "the name of an event (party/submission id/index)",
        "事件名称（单位/提交编号/序号）",
    ),
    "GB/T 2260 division code, 6, 9 or 12 digits": (
        "a division code (6, 9 or 12 digits)",
        "行政区划代码（6、9 或 12 位数字）",
    ),
    "unified social credit code": (
        "a unified social credit code (18 characters)",
        "统一社会信用代码（18 位）",
    ),
    "text, 1 to 4,096 characters": ("a text of 1 to 4,096 characters", "文字（1 至 4,096 字）"),
    "lower-case hex SHA-256": (
        "a SHA-256 (64 lower-case hex digits)",
        "SHA-256（64 位小写十六进制）",
    ),
    "functional or economic class code": (
        "a class code (up to 24 letters, digits, points and hyphens)",
        "科目代码（至多 24 位字母、数字、点和短横）",
    ),
    "fiscal year": ("a year from 1900 to 2999", "年度（1900 至 2999）"),
    "document, voucher or bank reference": (
        "a document or voucher number (1 to 128 characters)",
        "文号、凭证号或流水号（1 至 128 字）",
    ),
    "amount in minor units of the ledger currency": ("an amount above zero", "大于 0 的金额"),
    "balance in minor units, may be negative": ("a balance", "余额"),
}
"""What the types of the vocabulary say of themselves, told to people in English and Chinese."""


def value_of(cell: Cell, column: Column, *, unit: str, serials: bool) -> Any:  # noqa: ANN401 - the value of a field
    """The value that `cell` gives for `column`, of the type that its field has; money in `unit` unless the cell says.

    Raises:
        FormatError: it gives none; the message speaks of the cell as it stands.
    """
    if isinstance(cell, str) and len(cell) > CELL_CHARACTERS_MAX:
        raise refused(
            "cell.too-long",
            (f"the cell has {len(cell):,} characters", f"单元格有 {len(cell):,} 个字符"),
            (f"shorten it; at most {CELL_CHARACTERS_MAX:,}", f"请缩短，最多 {CELL_CHARACTERS_MAX:,} 个字符"),
        )
    if column.several:
        items = (
            [part for part in _SEPARATORS.split(cell) if part.strip()] if isinstance(cell, str) else [cell]
        )
        value: Any = [_single(part, column, unit=unit, serials=serials) for part in items]
    else:
        value = _single(cell, column, unit=unit, serials=serials)
    try:
        msgspec.convert(value, column.hint)
    except msgspec.ValidationError as error:
        raise _not_of_form(cell, column) from error
    return value


def _single(cell: Cell, column: Column, *, unit: str, serials: bool) -> Any:  # noqa: ANN401 - as above
    match column.sort:
        case "amount":
            return _amount(cell, unit=unit, signed=column.hint == Balance)
        case "date":
            return _day(cell, serials=serials)
        case "integer":
            return integer_of(cell)
        case "code":
            return _code(cell, column)
        case "text" if column.name.endswith("document"):
            return one_spelling(_text(cell))
        case "text":
            return _text(cell)


def _amount(cell: Cell, *, unit: str, signed: bool) -> int:
    try:
        return stated_amount(cell, unit=unit, signed=signed)
    except FormatError as error:
        raise _advised(
            error,
            "write it like 1,234.50 or 12.5万元, above zero, to the cent, in the unit of its column",
            "请写成 1,234.50 或 12.5万元 的形式，大于 0，精确到分，并核对该列的单位",
        ) from error


def _day(cell: Cell, *, serials: bool) -> datetime.date:
    counted = serials and re.fullmatch(r"[0-9]{5}", text_of(cell)) is not None
    try:
        return date_of(cell, ("excel",) if counted else DATE_STYLES)
    except FormatError as error:
        shown = text_of(cell)[:40]
        raise refused(
            error.code,
            (f"{shown!r} is not a day", f"{shown!r} 不是日期"),
            ("write it like 2026-03-01 or 2026年3月1日", "请写成 2026-03-01 或 2026年3月1日 的形式"),
        ) from error


def _advised(error: FormatError, en: str, zh: str) -> FormatError:
    return refused(error.code, (error.message_en, error.message_zh), (en, zh), place=error.place)


def _text(cell: Cell) -> str:
    text = text_of(cell)
    if not isinstance(cell, str) and len(re.sub(r"[^0-9]", "", text)) > EXACT_DIGITS:
        raise refused(
            "cell.digits-lost",
            (
                f"{text} is stored as a number; beyond {EXACT_DIGITS} digits the spreadsheet has lost the rest",
                f"{text} 以数值存储，超过 {EXACT_DIGITS} 位的数字已被表格软件改动",
            ),
            ("format the cell as text and type it again", "请先将单元格设为文本格式，再重新录入"),
        )
    return text


def _code(cell: Cell, column: Column) -> str:
    text = text_of(cell)
    found = codes_by_word(column).get(folded(text))
    if found is None:
        en, zh = (", ".join(code_labels(column, language).values()) for language in reversed(LANGUAGES))
        raise refused(
            "cell.code",
            (f"{text[:40]!r} is none of the choices of this column", f"{text[:40]!r} 不是该列的选项"),
            (f"choose one of: {en}", f"请选择：{zh}"),
        )
    return found


def _not_of_form(cell: Cell, column: Column) -> FormatError:
    shown = "" if cell is None else str(cell)[:60]
    en, zh = form_words(column)
    return refused(
        "cell.form",
        (f"{shown!r} is not {en}", f"{shown!r} 不是{zh}"),
        (
            "correct the cell; the notes of the template say what it takes",
            "请更正单元格；模板“说明”页列有填写要求",
        ),
    )


def form_words(column: Column) -> tuple[str, str]:
    """What a value of `column` is, in English and Chinese."""
    for one in _innermost(inspect.type_info(column.hint)):
        match one:
            case inspect.Metadata():
                told = str((one.extra_json_schema or {}).get("description", ""))
                if told in _FORMS:
                    return _FORMS[told]
            case inspect.IntType():
                return f"a whole number from {one.ge:,} to {one.le:,}", f"{one.ge:,} 至 {one.le:,} 的整数"
            case inspect.StrType():
                pattern = one.pattern or f"{one.min_length} to {one.max_length} characters"
                return f"of the form {pattern}", f"要求的格式（{pattern}）"
            case _:
                pass
    return "what this column takes", "该列要求的内容"


def _innermost(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The parts of `kind`, what describes a part before the part."""
    yield kind
    match kind:
        case inspect.Metadata():
            yield from _innermost(kind.type)
        case inspect.UnionType():
            for one in kind.types:
                yield from _innermost(one)
        case inspect.VarTupleType():
            yield from _innermost(kind.item_type)
        case _:
            pass
