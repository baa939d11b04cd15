# SPDX-License-Identifier: Apache-2.0
"""Rows of a filled file written out again with a column that says what is wrong: all of them, or the bad ones alone.

What stands above the table is copied too, since the unit of its money may stand there. Streamed, at any size.
"""

import contextlib
import csv
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from api.forms.filled_rows import FilledRow, open_filled
from api.forms.form_reading import FormReading
from ledger.errors import InputError
from ledger.intake.cells import Cell
from ledger.intake.rows import RowError
from verifier.new_file import new_file

ERRORS_TITLE: Final = "错误 errors"

Sink = Callable[[Sequence[Cell]], None]


def write_rows(found: FormReading, out: Path, *, only_bad: bool) -> int:
    """How many rows of the file of `found` were written to the new file `out` (.csv or .xlsx) below its header row.

    Raises:
        InputError: `out` ends otherwise.
        EnvironmentFault: it exists, or cannot be written.
    """
    if found.header is None:
        return 0
    header, written, told = found.header.row, 0, _by_row(found.errors)
    opened = open_filled(found.file.path, name=found.file.name, sheet=found.asked.sheet)
    with new_file(out) as target, _sink(target, out.suffix) as sink, opened as filled:
        for row in filled.rows:
            bad = row.number in found.bad_rows
            if row.number > header and only_bad and not bad:
                continue
            sink(_line(row, header, found.header.width, told))
            written += row.number > header
    return written


def both_languages(errors: Sequence[RowError]) -> str:
    """What is wrong, each error with its column, in Chinese and English."""
    return " | ".join(
        f"【{one.column}】{one.message_zh}。{one.remedy_zh}。 {one.message_en}. {one.remedy_en}."
        for one in errors
    )


def _by_row(errors: Sequence[RowError]) -> dict[int, list[RowError]]:
    found: dict[int, list[RowError]] = defaultdict(list)
    for one in errors:
        found[one.row].append(one)
    return found


def _line(row: FilledRow, header: int, width: int, told: dict[int, list[RowError]]) -> list[Cell]:
    if row.number < header:
        return list(row.cells)
    cells = [*row.cells, *([None] * (width - len(row.cells)))]
    if row.number == header:
        return [*cells, ERRORS_TITLE]
    return [*cells, both_languages(told[row.number]) if row.number in told else None]


@contextlib.contextmanager
def _sink(target: Path, suffix: str) -> Iterator[Sink]:
    match suffix.lower():
        case ".csv":
            with target.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                yield lambda cells: writer.writerow([_text(cell) for cell in cells])
        case ".xlsx":
            book = Workbook(write_only=True)
            sheet = book.create_sheet()
            yield lambda cells: sheet.append([_workbook_cell(sheet, cell) for cell in cells])
            book.save(target)
        case _:
            raise InputError(
                code="form.out-suffix",
                place=target.name,
                message_en="a file that ends in .csv or .xlsx is needed",
                message_zh="文件名须以 .csv 或 .xlsx 结尾",
                remedy_en="Name another file.",
                remedy_zh="请另行命名。",
            )


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f")
        case datetime.date():
            return cell.isoformat()
        case _:
            return str(cell)


def _workbook_cell(sheet: object, cell: Cell) -> Any:  # noqa: ANN401 - the stub has no type for it
    made = WriteOnlyCell(sheet, cell)  # type: ignore[arg-type] # the stub forgets write-only sheets
    if isinstance(cell, str):
        made.data_type = "s"  # never a formula
    return made
