# SPDX-License-Identifier: Apache-2.0
"""The user's own workbook with every bad cell marked and commented, and a list of all errors on a sheet of its own."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from api.forms.form_reading import FormReading
from api.forms.row_file import both_languages, write_rows
from ledger.errors import LimitError
from ledger.intake.rows import RowError
from verifier.new_file import new_file

ROWS_MAX: Final = 20_000
"""A workbook is changed in memory, some kilobytes a row."""

ERRORS_SHEET: Final = "错误 errors"
_MARK: Final = PatternFill("solid", fgColor="FFC7CE")
_TITLES: Final = ("行 row", "列 column", "值 value", "规则 rule", "问题", "处理", "problem", "remedy")
_WIDTHS: Final = (8, 18, 24, 22, 50, 40, 60, 50)
_SIZE: Final = (420, 160)


def annotate(found: FormReading, out: Path) -> None:
    """The new file `out` is the file of `found` with its errors: marked cells for .xlsx, a further column for .csv.

    Formats, formulas and other sheets stay; macros do not.

    Raises:
        LimitError: the workbook has too many rows to be changed in memory.
        InputError: another ending.
        EnvironmentFault: `out` exists, or cannot be written.
    """
    if found.sheet is None or out.suffix.lower() != ".xlsx":
        write_rows(found, out, only_bad=False)
        return
    if found.rows > ROWS_MAX:
        raise _too_many(found)
    with found.file.path.open("rb") as file:  # by its name, openpyxl would go by the ending
        book = openpyxl.load_workbook(file)
    sheet = book[found.sheet]
    for (row, column), errors in _by_cell(found).items():
        cell = _anchor(sheet, row, column)
        cell.fill = _MARK
        comment = Comment("\n".join(both_languages([one]) for one in errors), "fundtrace")
        comment.width, comment.height = _SIZE
        cell.comment = comment
    _list_errors(book.create_sheet(_free_title(book.sheetnames)), found.errors)
    with new_file(out) as draft:
        book.save(draft)


def _by_cell(found: FormReading) -> dict[tuple[int, int], list[RowError]]:
    """The errors by row and column from 1; those of no column stand at the first one."""
    header = found.header
    places = {} if header is None else {one.title: one.position + 1 for one in header.columns}
    if header is not None:
        places |= {
            str(cell): position for position, cell in enumerate(header.own.cells, start=1) if cell is not None
        }
    cells: dict[tuple[int, int], list[RowError]] = defaultdict(list)
    for error in found.errors:
        cells[max(1, error.row), places.get(error.column, 1)].append(error)
    return cells


def _anchor(sheet: Worksheet, row: int, column: int) -> Any:  # noqa: ANN401 - a cell of either sort
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        return cell
    merged = next(one for one in sheet.merged_cells.ranges if cell.coordinate in one)
    return sheet.cell(merged.min_row, merged.min_col)


def _list_errors(sheet: Worksheet, errors: Sequence[RowError]) -> None:
    for place, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True), start=1):
        head = sheet.cell(1, place, title)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = width
    for row, one in enumerate(errors, start=2):
        values: tuple[int | str, ...] = (
            one.row, one.column, one.value, one.rule, one.message_zh, one.remedy_zh, one.message_en, one.remedy_en,
        )  # fmt: skip
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(row, place, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula


def _free_title(taken: Sequence[str]) -> str:
    return next(
        title
        for number in range(1, len(taken) + 2)
        if (title := ERRORS_SHEET if number == 1 else f"{ERRORS_SHEET} {number}") not in taken
    )


def _too_many(found: FormReading) -> LimitError:
    return LimitError(
        code="form.annotate-rows",
        place=found.file.name,
        message_en=f"a workbook of more than {ROWS_MAX:,} rows is not marked cell by cell",
        message_zh=f"超过 {ROWS_MAX:,} 行的工作簿不逐格标注",
        remedy_en="Give --annotate a name that ends in .csv, or use --json.",
        remedy_zh="请将 --annotate 的文件名改为 .csv，或使用 --json。",
    )
