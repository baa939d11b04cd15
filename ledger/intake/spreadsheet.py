# SPDX-License-Identifier: Apache-2.0
"""Rows of an xlsx sheet, streamed; the only module that knows openpyxl (server extra).

The size that a sheet states about itself is often wrong, so it is dropped and every row is read. Numbers are taken at
the 15 significant digits that spreadsheets keep, as exact decimals.
"""

import contextlib
import datetime
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final
from xml.etree import ElementTree as Xml

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ledger.errors import FormatError
from ledger.intake.cells import Cell, refused

UNPACKED_BYTES_MAX: Final = 2 * 1024**3
"""Most bytes that the parts of a file may unpack to."""


def open_sheet(path: Path, sheet: str | None) -> tuple[str, Iterator[tuple[int, Sequence[Cell]]]]:
    """Title and numbered rows of `sheet`, or of the first sheet; the file is closed with the iterator.

    Raises:
        FormatError: no spreadsheet, one that unpacks beyond 2 GiB, or no such sheet.
        OSError: the file cannot be read.
    """
    with contextlib.ExitStack() as held:
        file = held.enter_context(path.open("rb"))
        book = _book(path, file)
        names = [one.title for one in book.worksheets]
        if not names or (sheet is not None and sheet not in names):
            raise _refused(
                path, f"it has no sheet {sheet!r}, but {names}", f"没有工作表 {sheet!r}，只有 {names}"
            )
        title = sheet or names[0]
        return title, _rows(path, book, title, held.pop_all())


def _book(path: Path, file: BinaryIO) -> openpyxl.Workbook:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_BYTES_MAX:
            raise _refused(path, f"it unpacks to {unpacked:,} bytes", f"解压后有 {unpacked:,} 字节")
        # An open file and not its name: by name, openpyxl goes by the ending.
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise _refused(path, f"it is no xlsx file: {error}", f"不是 xlsx 文件：{error}") from error


def _rows(
    path: Path, book: openpyxl.Workbook, title: str, held: contextlib.ExitStack
) -> Iterator[tuple[int, Sequence[Cell]]]:
    found = book[title]
    found.reset_dimensions()
    number = 0
    try:
        for number, cells in enumerate(found.iter_rows(values_only=True), start=1):
            yield number, [cell_of(value) for value in cells]
    except (Xml.ParseError, zipfile.BadZipFile, zlib.error, ArithmeticError) as error:
        raise _refused(
            path, f"it breaks off after row {number}: {error}", f"第 {number} 行之后损坏：{error}"
        ) from error
    finally:
        book.close()
        held.close()


def cell_of(value: object) -> Cell:
    """What openpyxl read from a cell, as tables hold it: exact, and a time of day only as text."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime.datetime():
            midnight = value.time() == datetime.time(0)
            return value.date() if midnight else value.isoformat()
        case None | str() | int() | datetime.date():
            return value
        case _ if isinstance(value, float):
            return _decimal(format(value, ".15g"))
        case _:
            return str(value)


def _decimal(text: str) -> Cell:
    exact = Decimal(text)
    whole = exact.to_integral_value()
    return int(whole) if exact == whole else exact


def _refused(path: Path, en: str, zh: str) -> FormatError:
    return refused(
        "table.spreadsheet",
        (en, zh),
        (
            "save it as xlsx from a spreadsheet program, and name one of its sheets",
            "请用表格软件另存为 xlsx，并核对工作表名称",
        ),
        place=path.name,
    )
