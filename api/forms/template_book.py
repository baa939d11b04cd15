# SPDX-License-Identifier: Apache-2.0
"""A template as a workbook: a sheet to fill in, notes, and the lists from which coded cells are chosen."""

import datetime
import io
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from api.forms.form import Column, Form, form_of
from api.forms.template import example_values, general_notes, notes, titles
from api.forms.titles import code_labels, kind_name
from api.languages import Language
from ledger.amount import MINOR_DIGITS

ROWS_PREPARED: Final = 1_000
"""So many rows of the sheet offer their lists."""

_SHEETS: Final[dict[Language, tuple[str, str]]] = {"zh": ("说明", "选项"), "en": ("Notes", "Lists")}
_NOTE_TITLES: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("列", "字段", "是否必填", "填写内容"),
    "en": ("Column", "Field", "Needed", "What to write"),
}
_FORMATS: Final = {
    "text": "@", "code": "@", "date": "yyyy-mm-dd", "integer": "0", "amount": "#,##0.00",
}  # fmt: skip
_HEAD: Final = PatternFill("solid", fgColor="DDE7F0")
_EXAMPLE_FONT: Final = Font(italic=True, color="777777")
_WIDTH_MIN: Final = 10


def xlsx_template(kind: str, language: Language) -> bytes:
    """The template of `kind` as the bytes of a workbook.

    Raises:
        InputError: the kind has no form.
    """
    form = form_of(kind)
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):  # a new workbook always has one
        sheet = book.create_sheet()
    sheet.title = kind_name(kind, language)[:31]
    _fill(sheet, form, language)
    _write_notes(book.create_sheet(_SHEETS[language][0]), form, language)
    _offer_lists(sheet, book.create_sheet(_SHEETS[language][1]), form, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, form: Form, language: Language) -> None:
    sorts = ["text", *(one.sort for one in form.columns)]
    words = titles(form, language)
    values = example_values(form, language)
    for number, (title, value, sort) in enumerate(zip(words, values, sorts, strict=True), start=1):
        head = sheet.cell(1, number, title)
        head.font, head.fill = Font(bold=True), _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
        example = sheet.cell(2, number, _example(value, sort))
        example.font, example.number_format = _EXAMPLE_FONT, _FORMATS[sort]
        whole = sheet.column_dimensions[get_column_letter(number)]
        whole.number_format = _FORMATS[sort]
        whole.width = max(_WIDTH_MIN, 2 + sum(1 if one.isascii() else 2 for one in title))
    sheet.freeze_panes = "B2"


def _example(
    value: str | int | datetime.date | None, sort: str
) -> str | int | Decimal | datetime.date | None:
    return Decimal(value).scaleb(-MINOR_DIGITS) if sort == "amount" and isinstance(value, int) else value


def _write_notes(sheet: Worksheet, form: Form, language: Language) -> None:
    for line in general_notes(form, language):
        sheet.append([line])
    sheet.append([])
    sheet.append(list(_NOTE_TITLES[language]))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for note in notes(form, language):
        sheet.append([note.title, note.field, note.needed, note.holds])
    for letter, width in zip("ABCD", (28, 24, 14, 90), strict=True):
        sheet.column_dimensions[letter].width = width


def _offer_lists(sheet: Worksheet, lists: Worksheet, form: Form, language: Language) -> None:
    """Cells of coded columns offer their words; a cell that may hold several offers them without insisting."""
    coded: list[tuple[int, Column]] = [
        (number, one) for number, one in enumerate(form.columns, start=2) if one.codes
    ]
    for place, (number, column) in enumerate(coded, start=1):
        labels = list(code_labels(column, language).values())
        for row, label in enumerate(labels, start=1):
            lists.cell(row, place, label)
        letter = get_column_letter(place)
        rule = DataValidation(
            type="list",
            formula1=f"'{lists.title}'!${letter}$1:${letter}${len(labels)}",
            allow_blank=True,
            showErrorMessage=not column.several,
        )
        target = get_column_letter(number)
        rule.add(f"{target}2:{target}{ROWS_PREPARED}")
        sheet.add_data_validation(rule)
