# SPDX-License-Identifier: Apache-2.0
"""Tables: the header wherever it stands, encodings, broken rows, spreadsheets that lie about their size."""

from __future__ import annotations

import datetime
import gzip
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from ledger.errors import EnvironmentFault, FormatError
from ledger.intake.mapping import Table
from ledger.intake.tables import HEADER_ROWS, read_table, source_file

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.intake.tables import Row

HEADERS: dict[str, str | tuple[str, ...]] = {"name": ("Name", "名称"), "amount": "Amount"}


def table(form: Any = "csv", **options: Any) -> Table:  # noqa: ANN401 - the options of a table
    """A table with two named columns."""
    return Table(file="t", format=form, headers=HEADERS, **options)


def rows(path: Path, shape: Table) -> list[Row]:
    """All rows of the file."""
    return list(read_table(path, shape)[1])


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file with this text."""
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, *lines: list[Any], sheet: str = "Blatt") -> Path:
    """A workbook with these rows on one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for line in lines:
        page.append(line)
    book.save(path)
    return path


def test_header_stands_anywhere(tmp_path: Path) -> None:
    """Titles above and empty rows are passed over; rows keep their number in the file."""
    text = "Report,,\n,,\nNo,  AMOUNT ,名称\n1,5,a\n,,\n2,6,b\n"
    header, found = read_table(written(tmp_path / "t", text), table())
    assert (header.row, header.sheet) == (3, None)
    assert [(row.number, row.cells) for row in found] == [
        (4, {"name": "a", "amount": "5"}),
        (6, {"name": "b", "amount": "6"}),
    ]


def test_a_header_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error says which titles are missing from the row that comes nearest."""
    with pytest.raises(FormatError, match="'Amount'") as caught:
        rows(written(tmp_path / "t", "Name,Sum\na,1\n"), table())
    assert "Name" not in caught.value.message_en
    below = "x,y\n" * HEADER_ROWS + "Name,Amount\na,1\n"
    with pytest.raises(FormatError, match="no row of the first"):
        rows(written(tmp_path / "t", below), table())


def test_a_title_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two columns of one title cannot be told apart."""
    with pytest.raises(FormatError, match="two columns"):
        rows(written(tmp_path / "t", "Name,Amount,Name\na,1,b\n"), table())


@pytest.mark.parametrize(
    ("encoding", "delimiter", "wanted"),
    [("utf-8", ",", "utf-8"), ("utf-8-sig", ";", "utf-8"), ("gb18030", "\t", "gb18030")],
)
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, wanted: Any) -> None:  # noqa: ANN401
    """UTF-8 with and without a mark at its head, GB 18030, and other delimiters."""
    path = written(tmp_path / "t", f"名称{delimiter}Amount\n农安县{delimiter}5\n", encoding)
    (row,) = rows(path, table(encoding=wanted, delimiter=delimiter))
    assert row.cells == {"name": "农安县", "amount": "5"}


def test_the_wrong_encoding_is_refused(tmp_path: Path) -> None:
    """Bytes that are not the encoding stop the reading and name the file and row."""
    path = tmp_path / "t"
    path.write_bytes(b"Name,Amount\na,1\n" + "农安县".encode("gb18030") + b",5\n")
    with pytest.raises(FormatError, match="cannot be read on"):
        rows(path, table())


def test_a_line_feed_inside_quotes_is_one_row(tmp_path: Path) -> None:
    """Rows are records: a quoted line feed does not begin a row."""
    found = rows(written(tmp_path / "t", 'Name,Amount\n"a\nb",1\nc,2\n'), table())
    assert [(row.number, row.cells["name"]) for row in found] == [(2, "a\nb"), (3, "c")]


def test_a_row_of_another_width_has_a_fault(tmp_path: Path) -> None:
    """A field too many or too few is told, and reading goes on."""
    found = rows(written(tmp_path / "t", "Name,Amount\na,1,2\nb\nc,3\n"), table())
    assert [row.fault is not None for row in found] == [True, True, False]


def test_a_broken_quote_stops_the_reading(tmp_path: Path) -> None:
    """What follows an unclosed quote cannot be told apart."""
    with pytest.raises(FormatError, match="after row"):
        rows(written(tmp_path / "t", 'Name,Amount\na,1\n"b,2\n'), table())


def test_compressed_tables(tmp_path: Path) -> None:
    """A gzip file reads like the file inside; a cut one is refused."""
    path = tmp_path / "t"
    whole = gzip.compress(b"Name,Amount\n" + b"a,1\n" * 5_000)
    path.write_bytes(whole)
    assert len(rows(path, table("csv.gz"))) == 5_000
    path.write_bytes(whole[:-20])
    with pytest.raises(FormatError, match="cannot be read on"):
        rows(path, table("csv.gz"))
    path.write_bytes(b"Name,Amount\n")
    with pytest.raises(FormatError, match="cannot be read on"):
        rows(path, table("csv.gz"))


def test_spreadsheet_cells_keep_their_value(tmp_path: Path) -> None:
    """Numbers are exact decimals of 15 digits, dates are days, a long row is not cut at a stated size."""
    path = workbook(
        tmp_path / "t",
        ["title"],
        [None, None, "Name", "Amount"],
        [None, None, "a", 27158569.53],
        [None, None, datetime.date(2026, 1, 5), 3.0],
        [None, None, True, 0.1 + 0.2],
        [None, None, datetime.datetime(2026, 1, 5, 8, 30), -7],  # noqa: DTZ001 - spreadsheets know no zones
        [None, None, "short"],
    )
    found = rows(path, table("xlsx"))
    assert [(row.number, row.cells["name"], row.cells["amount"]) for row in found] == [
        (3, "a", Decimal("27158569.53")),
        (4, datetime.date(2026, 1, 5), 3),
        (5, "TRUE", Decimal("0.3")),
        (6, "2026-01-05T08:30:00", -7),
        (7, "short", None),
    ]


def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path) -> None:
    """The stated dimension is ignored, wrong or missing."""
    path = workbook(tmp_path / "t", ["Name", "Amount"], ["a", 1], ["b", 2])
    lie = re.compile(rb'<dimension ref="[^"]*"')
    data = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.namelist():
            new.writestr(part, lie.sub(b'<dimension ref="A1"', old.read(part)))
    path.write_bytes(data.getvalue())
    assert [row.cells["amount"] for row in rows(path, table("xlsx"))] == [1, 2]


def test_sheets_are_named(tmp_path: Path) -> None:
    """The sheet of the mapping is read; another name is refused with the names there are."""
    path = workbook(tmp_path / "t", ["Name", "Amount"], ["a", 1])
    assert read_table(path, table("xlsx", sheet="Blatt"))[0].sheet == "Blatt"
    with pytest.raises(FormatError, match="Blatt"):
        rows(path, table("xlsx", sheet="Feuille"))


@pytest.mark.parametrize("data", [b"", b"Name,Amount\n", b"PK\x03\x04 and no more"])
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, data: bytes) -> None:
    """Text, nothing, and a torn archive are told from a spreadsheet."""
    path = tmp_path / "t"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="no xlsx file"):
        rows(path, table("xlsx"))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """A zip file without the parts of a workbook."""
    path = tmp_path / "t"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "b")
    with pytest.raises(FormatError, match="no xlsx file"):
        rows(path, table("xlsx"))


def test_a_missing_file_is_the_machines_fault(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(EnvironmentFault, match="nowhere"):
        source_file("t", tmp_path / "nowhere.csv")
    with pytest.raises(EnvironmentFault, match="nowhere"):
        read_table(tmp_path / "nowhere.csv", table())


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    """SHA-256 of the file as it is, for provenance (FIPS 180-4 example "abc")."""
    path = written(tmp_path / "t", "abc")
    assert source_file("t", path).digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
