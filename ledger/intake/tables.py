# SPDX-License-Identifier: Apache-2.0
"""Tables of source files, row by row in flat memory: CSV, compressed CSV and spreadsheets behind one shape."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import EnvironmentFault, FormatError
from ledger.intake.cells import Cell, refused, text_of
from ledger.intake.mapping import Table

HEADER_ROWS: Final = 200
"""The header row is looked for in this many rows from the top."""

COLUMNS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row by its number in the file (from 1) and the cells that the mapping names; `fault` if it is not a good row."""

    number: int
    cells: dict[str, Cell]
    fault: FormatError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file given for a table: where it is, and the hex SHA-256 of its bytes."""

    table: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header row that was found: sheet (absent for CSV), row number, and the position of each named column."""

    sheet: str | None
    row: int
    width: int
    positions: dict[str, int]
    titles: dict[str, str]


def source_file(table: str, path: Path) -> SourceFile:
    """The file at `path` with its hash.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return SourceFile(table=table, path=path, digest=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise unreadable(path, error) from error


def read_table(path: Path, table: Table) -> tuple[Header, Iterator[Row]]:
    """The header of `table` in the file at `path`, and its rows that are not empty, streamed.

    A row that cannot be read comes with its `fault`; the iterator raises only when the rest of the file is lost.

    Raises:
        FormatError: another format or encoding, no such sheet, or no row that holds all headers.
        EnvironmentFault: the file cannot be read.
    """
    try:
        sheet, rows = _open(path, table)
        header, rest = _find_header(path, table, sheet, rows)
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _broken(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error
    return header, _rows(path, table, header, rest)


def _open(path: Path, table: Table) -> tuple[str | None, Iterator[tuple[int, Sequence[Cell]]]]:
    if table.format == "xlsx":
        # Imported late: the spreadsheet reader belongs to the server extra.
        from ledger.intake.spreadsheet import open_sheet  # noqa: PLC0415

        return open_sheet(path, table.sheet)
    return None, _csv_rows(path, table)


def _csv_rows(path: Path, table: Table) -> Iterator[tuple[int, Sequence[Cell]]]:
    encoding = "utf-8-sig" if table.encoding == "utf-8" else table.encoding
    with path.open("rb") as file:
        raw = gzip.GzipFile(fileobj=file) if table.format == "csv.gz" else file
        with raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            yield from enumerate(csv.reader(text, delimiter=table.delimiter, strict=True), start=1)


def _find_header(
    path: Path, table: Table, sheet: str | None, rows: Iterator[tuple[int, Sequence[Cell]]]
) -> tuple[Header, Iterator[tuple[int, Sequence[Cell]]]]:
    wanted = {name: _spellings(given) for name, given in table.headers.items()}
    best: list[str] = list(table.headers)
    for number, cells in rows:
        found = [_folded(cell) for cell in cells[:COLUMNS_MAX]]
        places = {name: [i for i, one in enumerate(found) if one in words] for name, words in wanted.items()}
        missing = [name for name, where in places.items() if not where and name not in table.optional]
        best = min(best, missing, key=len)
        if not missing:
            _refuse_twice(path, number, places)
            positions = {name: where[0] for name, where in places.items() if where}
            titles = {name: text_of(cells[position]) for name, position in positions.items()}
            width = len(cells)
            return Header(sheet=sheet, row=number, width=width, positions=positions, titles=titles), rows
        if number >= HEADER_ROWS:
            break
    titles_en = ", ".join(repr(" / ".join(_given(table.headers[name]))) for name in best)
    raise refused(
        "table.no-header",
        (
            f"no row of the first {HEADER_ROWS} holds all headers; nearest is one without {titles_en}",
            f"前 {HEADER_ROWS} 行中没有包含全部表头的行；最接近的一行缺少 {titles_en}",
        ),
        (
            "give the right file and sheet, or add the spelling to the mapping",
            "请核对文件和工作表，或在映射中补充表头写法",
        ),
        place=path.name,
    )


def _rows(
    path: Path, table: Table, header: Header, rest: Iterator[tuple[int, Sequence[Cell]]]
) -> Iterator[Row]:
    exact = table.format != "xlsx"  # a spreadsheet leaves out empty cells at the end of a row
    number = header.row
    try:
        for number, cells in rest:
            if all(cell is None or cell == "" for cell in cells):
                continue
            fault = _wrong_width(len(cells), header.width) if exact and len(cells) != header.width else None
            named: dict[str, Cell] = {
                **dict.fromkeys(table.optional),
                **{
                    name: cells[position] if position < len(cells) else None
                    for name, position in header.positions.items()
                },
            }
            yield Row(number=number, cells=named, fault=fault)
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _broken(path, error, after=number) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _refuse_twice(path: Path, number: int, places: dict[str, list[int]]) -> None:
    for name, where in places.items():
        if len(where) > 1:
            raise refused(
                "table.header-twice",
                (f"two columns carry the title of {name!r}", f"有两列的表头都对应 {name!r}"),
                ("rename one of them in the file", "请在文件中修改其中一个表头"),
                place=f"{path.name}, row {number}",
            )


def _given(spelling: str | tuple[str, ...]) -> tuple[str, ...]:
    return (spelling,) if isinstance(spelling, str) else spelling


def _spellings(spelling: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset(_folded(one) for one in _given(spelling))


def _folded(cell: Cell) -> str:
    try:
        return text_of(cell).casefold()
    except FormatError:
        return ""


def _wrong_width(found: int, expected: int) -> FormatError:
    return refused(
        "table.row-width",
        (
            f"the row has {found} fields, the header {expected}",
            f"该行有 {found} 个字段，表头有 {expected} 个",
        ),
        ("check quotes and delimiters of the row", "请检查该行的引号和分隔符"),
        place="row",
    )


def _broken(path: Path, error: Exception, *, after: int = 0) -> FormatError:
    return refused(
        "table.broken",
        (f"the file cannot be read on: {error}", f"文件无法继续读取：{error}"),
        (
            "check format, encoding and delimiter in the mapping, or get the file again",
            "请核对映射中的格式、编码和分隔符，或重新获取文件",
        ),
        place=f"{path.name}, after row {after}",
    )


def unreadable(path: Path, error: OSError) -> EnvironmentFault:
    """The fault that the file at `path` cannot be read."""
    return EnvironmentFault(
        code="table.unreadable",
        place=str(path),
        message_en=f"the file cannot be read: {error.strerror or error}",
        message_zh=f"无法读取文件：{error.strerror or error}",
        remedy_en="Check the path and the permissions.",
        remedy_zh="请检查路径和权限。",
    )
