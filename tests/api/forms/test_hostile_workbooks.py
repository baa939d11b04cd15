# SPDX-License-Identifier: Apache-2.0
"""Workbooks made to hurt: bombs, huge sheets, document types, rows out of order; refused early, by name."""

from __future__ import annotations

import contextlib
import io
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from api.forms import filled_rows, form_reading, sheet_facts
from api.forms.filled_rows import open_filled
from api.forms.form_reading import private_copy
from ledger.errors import FormatError, LimitError
from tests.api.forms.conftest import issue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from tests.api.forms.conftest import Bureau
    from tests.conftest import Sample

WIDE_MERGE = b'<mergeCells><mergeCell ref="A1:XFD9"/></mergeCells>'
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rewritten(path: Path, change: Callable[[bytes], bytes], *, part: str = SHEET) -> Path:
    """The workbook with the bytes of one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_the_workbook_that_is_changed_is_good(bureau: Bureau) -> None:
    """The twin of all refusals below: written anew without a change, it is read."""
    path = rewritten(bureau.sheet(issue("L-1")), lambda data: data)
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.replace(b'<row r="2"', b'<row r="99999999999"'), "out of order"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="1"'), "out of order"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="two"'), "out of order"),
        (lambda data: data.replace(b'r="A2"', b'r="AAA2"'), "beyond column ZZ"),
        (lambda data: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + data, "document type"),
        (lambda data: data[: len(data) // 2], "broken"),
        (lambda data: data.replace(b"</sheetData>", b"</sheetData>" + WIDE_MERGE), "merged range"),
    ],
    ids=["far-row", "row-twice", "row-word", "far-column", "doctype", "cut", "wide-merge"],
)  # fmt: skip
def test_sheets_out_of_bounds_are_refused(
    bureau: Bureau, change: Callable[[bytes], bytes], words: str
) -> None:
    """One thing changed in a good workbook; nothing is unrolled to find out."""
    assert words in bureau.refused(rewritten(bureau.sheet(issue("L-1")), change), "--dry-run")


def test_an_entity_bomb_in_another_part_is_refused(bureau: Bureau) -> None:
    """No part of a workbook declares a document type."""
    path = rewritten(
        bureau.sheet(issue("L-1")), lambda data: b"<!DOCTYPE b []>" + data, part="xl/workbook.xml"
    )
    assert "document type" in bureau.refused(path, "--dry-run")


def test_a_document_type_behind_a_long_comment_is_refused(bureau: Bureau) -> None:
    """However far from the beginning it stands."""
    comment = b"<!--" + b"x" * 200_000 + b"-->"
    change = partial(_after_declaration, inserted=comment + b"<!DOCTYPE b []>")
    path = rewritten(bureau.sheet(issue("L-1")), change, part="xl/workbook.xml")
    assert "document type" in bureau.refused(path, "--dry-run")
    path = rewritten(
        bureau.sheet(issue("L-1")), partial(_after_declaration, inserted=comment), part="xl/workbook.xml"
    )
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1


def _after_declaration(data: bytes, *, inserted: bytes) -> bytes:
    declared, mark, rest = data.rpartition(b"?>")
    return declared + mark + inserted + rest


def test_merged_ranges_that_overlap_are_refused(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them over one row than it has columns would make every row slow."""
    ranges = "".join(f'<mergeCell ref="D2:D{n}"/>' for n in (3, 4, 5))
    merges = f"</sheetData><mergeCells>{ranges}</mergeCells>".encode()
    path = rewritten(bureau.sheet(issue("L-1")), lambda data: data.replace(b"</sheetData>", merges))
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1
    monkeypatch.setattr(filled_rows, "OPEN_MERGES_MAX", 2)
    assert "overlap" in bureau.refused(path, "--dry-run")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_no_broken_byte_is_more_than_a_refusal(bureau: Bureau, sample: Sample, part: str) -> None:
    """Any one byte of any part changed: the rows are read, or the file is refused in words; nothing else is raised."""
    path = bureau.sheet(issue("L-1", "12.5万元"), issue("L-2"))
    with zipfile.ZipFile(path) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    for position in sample(range(len(parts[part])), 60):
        changed = bytearray(parts[part])
        changed[position] ^= 0x11
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in (parts | {part: bytes(changed)}).items():
                archive.writestr(name, data)
        buffer.seek(0)
        file = private_copy(buffer, bureau.folder, name="form.xlsx")
        reading = form_reading.FormReading(asked=form_reading.Asked(kind="allocation"), file=file)
        with contextlib.suppress(FormatError):
            assert len(list(reading.events())) <= 2


def test_a_zip_bomb_is_refused_unread(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parts say they unpack to is added up before any is opened; a part that lies breaks off by its checksum."""
    path = rewritten(bureau.sheet(issue("L-1")), lambda data: data + b" " * 3_000_000)
    monkeypatch.setattr(filled_rows, "UNPACKED_BYTES_MAX", 2_000_000)
    assert path.stat().st_size < 100_000
    assert "2,000,000" in bureau.refused(path, "--dry-run")
    monkeypatch.setattr(filled_rows, "UNPACKED_BYTES_MAX", 4_000_000)
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1


def test_a_huge_table_of_texts_is_refused(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one part that is held in memory has a limit of its own."""
    path = bureau.sheet(issue("L-1"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"/>')
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1
    monkeypatch.setattr(filled_rows, "STRINGS_BYTES_MAX", 10)
    assert "text of the workbook" in bureau.refused(path, "--dry-run")


def test_limits_of_size_rows_and_merges(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the limit is refused, the limit itself is not."""
    path = bureau.sheet(issue("L-1"), issue("L-2"))
    monkeypatch.setattr(form_reading, "FILE_BYTES_MAX", path.stat().st_size)
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 2
    monkeypatch.setattr(form_reading, "FILE_BYTES_MAX", path.stat().st_size - 1)
    assert "larger" in bureau.refused(path, "--dry-run")


def test_rows_beyond_the_limit(bureau: Bureau, tmp_path: Path) -> None:
    """A server reads fewer rows than the command."""
    with bureau.sheet(issue("L-1"), issue("L-2")).open("rb") as source:
        file = private_copy(source, tmp_path, name="form.xlsx")
    for limit in (2, 1):
        reading = form_reading.FormReading(
            asked=form_reading.Asked(kind="allocation", rows_max=limit), file=file
        )
        if limit == 2:
            assert len(list(reading.events())) == 2
        else:
            with pytest.raises(LimitError, match="Split"):
                list(reading.events())


def test_merged_ranges_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many merged ranges no person makes."""
    ranges = "".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in (1, 3, 5))
    data = f'<worksheet xmlns="{MAIN}"><mergeCells>{ranges}</mergeCells></worksheet>'.encode()
    assert len(sheet_facts.sheet_facts(io.BytesIO(data), place="x").merges) == 3
    monkeypatch.setattr(sheet_facts, "MERGES_MAX", 2)
    with pytest.raises(FormatError, match="more than 2"):
        sheet_facts.sheet_facts(io.BytesIO(data), place="x")


def test_a_far_empty_cell_costs_nothing(bureau: Bureau) -> None:
    """A sheet formatted down to its last row has two rows of data."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(issue("L-1"))
        sheet["A60000"] = " "

    path = bureau.book(fill)
    assert bureau.post(path, "--dry-run", code=0)["rows"]["read"] == 1


def test_macros_are_never_read(bureau: Bureau) -> None:
    """A workbook with a macro part is read for its cells alone."""
    path = bureau.sheet(issue("L-1"), name="form.xlsm")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not even a project")
    assert bureau.post(path, "--dry-run")["rows"]["good"] == 1


def test_letters_of_columns() -> None:
    """Positions count from 0."""
    assert [sheet_facts.column_letters(one) for one in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_a_broken_sheet_names_the_last_good_row(bureau: Bureau) -> None:
    """A value that the library cannot read is told with the row after which it stands."""
    path = rewritten(bureau.sheet(issue("L-1")), lambda data: data.replace(b"<v>1000<", b"<v>10x0<"))
    with open_filled(path, name="form.xlsx") as filled, pytest.raises(FormatError, match="after row 1"):
        list(filled.rows)
