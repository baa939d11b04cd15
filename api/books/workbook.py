# SPDX-License-Identifier: Apache-2.0
"""Sheets as an .xlsx file: amounts are numbers with two places, text is text whatever it begins with."""

import datetime
from decimal import Decimal
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from api.books.sheet import Cell, Money, Sheet
from ledger.amount import MINOR_DIGITS

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheet programs take for the beginning of a formula; such text is marked as text."""

_BOLD: Final = Font(bold=True)
_TITLE: Final = Font(bold=True, size=14)
_SHADE: Final = PatternFill("solid", fgColor="E7EDF3")
_STRONG: Final = PatternFill("solid", fgColor="FFF2CC")
_AMOUNT: Final = "#,##0.00;[Red]-#,##0.00"
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def write_workbook(sheets: tuple[Sheet, ...], sink: BinaryIO, *, made: datetime.datetime) -> None:
    """`sink` holds a workbook of `sheets`, row by row in flat memory; `made` is when it says it was made.

    The library states the moment of writing beside it, so that two files of the same sheets differ in their bytes.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "fundtrace"
    book.properties.created = made.replace(tzinfo=None)
    for one in sheets:
        _write(book.create_sheet(one.name), one)
    book.save(sink)


def _write(sheet: Any, told: Sheet) -> None:  # noqa: ANN401 - the stub lacks what write-only sheets have
    for number, width in enumerate(told.widths):
        sheet.column_dimensions[_letters(number)].width = width
    above = 1 + len(told.notes) + any(told.columns)
    sheet.freeze_panes = f"A{above + 1}"
    if told.rows and any(told.columns):
        sheet.auto_filter.ref = f"A{above}:{_letters(len(told.columns) - 1)}{above + len(told.rows)}"
    sheet.append([_cell(sheet, told.title, font=_TITLE)])
    for note in told.notes:
        sheet.append([_cell(sheet, note)])
    if any(told.columns):
        sheet.append([_cell(sheet, heading, font=_BOLD, fill=_SHADE) for heading in told.columns])
    for number, row in enumerate(told.rows):
        fill = _STRONG if number in told.strong else None
        sheet.append([_cell(sheet, value, fill=fill) for value in row])


def _cell(
    sheet: Any,  # noqa: ANN401 - as above
    value: Cell,
    *,
    font: Font | None = None,
    fill: PatternFill | None = None,
) -> Any:  # noqa: ANN401 - the stub has no type for it
    cell = WriteOnlyCell(sheet)
    match value:
        case Money():
            cell.value = Decimal(value.amount).scaleb(-MINOR_DIGITS)
            cell.number_format = _AMOUNT
        case str():
            cell.value = value
            cell.data_type = "s"  # never a formula
            cell.alignment = _WRAPPED
            if value.startswith(FORMULA_SIGNS):
                cell.quotePrefix = True  # and none after somebody edits the cell either
        case _:
            cell.value = value
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def _letters(number: int) -> str:
    """The name of column `number`, from 0; there are fewer than 676."""
    high, low = divmod(number, 26)
    return (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)
