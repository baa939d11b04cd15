# SPDX-License-Identifier: Apache-2.0
"""Rows of a file that people filled in, one shape for workbooks and CSV, streamed in flat memory."""

import contextlib
import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final
from xml.etree import ElementTree as Xml

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from api.forms.sheet_facts import Merge, SheetFacts, not_a_form, refuse_doctype, sheet_facts
from ledger.errors import FormatError, LimitError
from ledger.intake.cells import Cell, refused
from ledger.intake.spreadsheet import cell_of

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 512 * 1024 * 1024
STRINGS_BYTES_MAX: Final = 96 * 1024 * 1024
"""Most bytes of the table of texts, the one part that is held in memory."""
PARTS_MAX: Final = 1_000
OPEN_MERGES_MAX: Final = 702
"""Merged ranges over one row: one a column, since they do not overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """One row: its number in the file, its cells, which are formulas (given as text), which belong to merged ranges.

    The cells of a merged range hold what its first cell holds.
    """

    number: int
    cells: Sequence[Cell]
    formulas: frozenset[int] = frozenset()
    merged: Mapping[int, Merge] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An open file: the sheet that is read (None for CSV), the others, hidden rows, and the rows, to be taken once.

    `serials` says whether a plain number may be a date by the count from 1900.
    """

    sheet: str | None
    others: tuple[str, ...] = ()
    facts: SheetFacts = field(default_factory=SheetFacts)
    serials: bool = True
    rows: Iterator[FilledRow]


@contextlib.contextmanager
def open_filled(path: Path, *, name: str, sheet: str | None = None) -> Iterator[Filled]:
    """The file at `path`, which its author calls `name`: a workbook by its content, else CSV in UTF-8 or GB 18030.

    Raises:
        FormatError: neither of them, broken, or no such sheet.
        LimitError: larger than a form may be, packed or unpacked.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        raise _too_large(name, "the file", "文件", FILE_BYTES_MAX)
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(0)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise not_a_form(name, "it is an old .xls file, or has a password", "是旧版 .xls 文件或设有密码")
        if not head.startswith(b"PK"):
            yield Filled(sheet=None, rows=_csv_rows(file, name))
            return
        with _book_faults(name):
            book = _open_book(file, name)
            filled = _filled(book, file, name, sheet)
        with contextlib.closing(book):
            yield filled


def _open_book(file: IO[bytes], name: str) -> openpyxl.Workbook:
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
            raise _too_large(name, "unpacked, the workbook", "工作簿解压后", UNPACKED_BYTES_MAX)
        for part in parts:
            if part.filename.lower().endswith("sharedstrings.xml") and part.file_size > STRINGS_BYTES_MAX:
                raise _too_large(name, "the text of the workbook", "工作簿中的文字", STRINGS_BYTES_MAX)
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as source:
                    refuse_doctype(source, place=name)
    # An open file and not its name: by name, openpyxl goes by the ending. Macros are never read.
    return openpyxl.load_workbook(file, read_only=True, keep_links=False)


def _filled(book: openpyxl.Workbook, file: IO[bytes], name: str, wanted: str | None) -> Filled:
    titles = [one.title for one in book.worksheets]
    if not titles or (wanted is not None and wanted not in titles):
        raise not_a_form(
            name, f"it has no sheet {wanted!r}, but {titles}", f"没有工作表 {wanted!r}，只有 {titles}"
        )
    title = wanted or titles[0]
    found: Any = book[title]  # a read-only worksheet, whose part openpyxl gives no public name for
    with zipfile.ZipFile(file) as archive, archive.open(found._worksheet_path) as source:  # noqa: SLF001
        facts = sheet_facts(source, place=f"{name} [{title}]")
    return Filled(
        sheet=title,
        others=tuple(one for one in titles if one != title),
        facts=facts,
        serials=book.epoch != CALENDAR_MAC_1904,
        rows=_sheet_rows(found, facts.merges, name),
    )


def _sheet_rows(found: Any, merges: Sequence[Merge], name: str) -> Iterator[FilledRow]:  # noqa: ANN401 - as in _filled
    found.reset_dimensions()
    spread = _Merges(merges, name)
    read_rows = found.iter_rows()
    number = 0
    while True:
        with _book_faults(name, after=number):
            read = next(read_rows, None)
        if read is None:
            return
        number += 1
        cells: list[Cell] = [
            cell_of(one.value) if one.data_type != "f" else str(getattr(one.value, "text", one.value))
            for one in read
        ]
        formulas = frozenset(place for place, one in enumerate(read) if one.data_type == "f")
        merged = spread.over(number, cells) if merges else None
        if not _blank(cells):
            yield FilledRow(number=number, cells=cells, formulas=formulas, merged=merged)


class _Merges:
    """Gives the cells of merged ranges what their first cell holds, row after row."""

    def __init__(self, merges: Sequence[Merge], name: str) -> None:
        self._name = name
        self._coming = list(reversed(merges))
        self._open: list[tuple[Merge, Cell]] = []

    def over(self, number: int, cells: list[Cell]) -> Mapping[int, Merge] | None:
        """The merged ranges by position in row `number`; `cells` are filled, unless nothing else stands in the row."""
        empty = _blank(cells)
        self._open = [one for one in self._open if one[0].last_row >= number]
        while self._coming and self._coming[-1].first_row <= number:
            merge = self._coming.pop()
            first = cells[merge.first_column] if merge.first_column < len(cells) else None
            self._open.append((merge, first))
        if len(self._open) > OPEN_MERGES_MAX:
            raise not_a_form(
                self._name, f"merged ranges overlap in row {number}", f"第 {number} 行的合并区域重叠"
            )
        if empty:
            return None
        found: dict[int, Merge] = {}
        for merge, value in self._open:
            cells.extend([None] * (merge.last_column + 1 - len(cells)))
            for position in range(merge.first_column, merge.last_column + 1):
                cells[position], found[position] = value, merge
        return found


def _csv_rows(file: IO[bytes], name: str) -> Iterator[FilledRow]:
    encoding = "utf-8-sig" if _is_utf8(file) else "gb18030"
    with io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        number = 0
        try:
            mark = _delimiter(text.readline(1 << 16))
            text.seek(0)
            for number, cells in enumerate(csv.reader(text, delimiter=mark, strict=True), start=1):
                if not _blank(cells):
                    yield FilledRow(number=number, cells=cells)
        except (UnicodeDecodeError, csv.Error) as error:
            raise refused(
                "form.csv",
                (f"the file cannot be read on: {error}", f"文件无法继续读取：{error}"),
                ("save it anew as CSV UTF-8, and check its quotes", "请另存为 CSV UTF-8，并检查引号"),
                place=f"{name}, after row {number}",
            ) from error


def _blank(cells: Sequence[Cell]) -> bool:
    """Whether nothing but white space stands in the row."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _is_utf8(file: IO[bytes]) -> bool:
    """Whether all of the file is UTF-8; it is at its beginning again."""
    reader = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        while reader.read(1 << 16):
            pass
    except UnicodeDecodeError:
        return False
    finally:
        reader.detach().seek(0)
    return True


def _delimiter(line: str) -> str:
    """Of comma, tab and semicolon the one that the first line has most of."""
    return max((",", "\t", ";"), key=line.count)


@contextlib.contextmanager
def _book_faults(name: str, after: int | None = None) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # What openpyxl only warns of comes as an error value, or concerns what is not read here.
            warnings.simplefilter("ignore")
            yield
    except FormatError:
        raise
    except (
        zipfile.BadZipFile, zlib.error, InvalidFileException, Xml.ParseError,
        KeyError, ValueError, ArithmeticError, EOFError, TypeError, IndexError, AttributeError,
        NotImplementedError,
        OSError, RuntimeError,
    ) as error:  # fmt: skip
        # openpyxl meets broken XML with whatever exception it runs into.
        place = name if after is None else f"{name}, after row {after}"
        raise not_a_form(
            place, f"it is no workbook that can be read: {error}", f"不是可读的工作簿：{error}"
        ) from error


def _too_large(name: str, en: str, zh: str, limit: int) -> LimitError:
    return LimitError(
        code="form.too-large",
        place=name,
        message_en=f"{en} is larger than {limit:,} bytes",
        message_zh=f"{zh}超过 {limit:,} 字节",
        remedy_en="Delete other sheets and pictures, or split the file.",
        remedy_zh="请删除其他工作表和图片，或拆分文件。",
    )
