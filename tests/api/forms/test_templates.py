# SPDX-License-Identifier: Apache-2.0
"""Templates: every kind has one, its example row is a good event, and what people see is in both languages."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from api.forms.form import GROUPS_MAX, form_kinds, form_of
from api.forms.form_reading import Asked, FormReading, private_copy
from api.forms.template import csv_template, file_name, notes, titles
from api.forms.template_book import xlsx_template
from api.forms.titles import (
    LANGUAGES,
    code_labels,
    codes_by_word,
    columns_by_title,
    folded,
    split_unit,
    title_of,
)
from ledger.errors import InputError
from ledger.kinds.form import kind_of
from verifier.cli import build

if TYPE_CHECKING:
    from pathlib import Path

    from api.languages import Language


def without_example_mark(data: bytes, suffix: str) -> bytes:
    """The template with the word of its first cell below the titles taken out, so that the example counts as data."""
    if suffix == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        out = io.StringIO()
        csv.writer(out).writerows([rows[0], ["1", *rows[1][1:]]])
        return out.getvalue().encode()
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0]["A2"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", form_kinds())
def test_the_example_of_every_template_is_a_good_event(
    kind: str, language: Language, suffix: str, tmp_path: Path
) -> None:
    """A filled template reads back without any error; as it comes, its example row is passed over."""
    made = csv_template(kind, language) if suffix == "csv" else xlsx_template(kind, language)
    for data, events in ((made, 0), (without_example_mark(made, suffix), 1)):
        file = private_copy(io.BytesIO(data), tmp_path, name=f"form.{suffix}")
        reading = FormReading(asked=Asked(kind=kind), file=file)
        found = list(reading.events())
        assert [(one.row, one.column, one.message_en) for one in reading.errors] == []
        assert [kind_of(one.event) for one in found] == [kind] * events
        assert reading.passed_over == ([] if events else [2])


@pytest.mark.parametrize("kind", form_kinds())
def test_titles_and_codes_mean_one_thing(kind: str) -> None:
    """In both languages every title leads back to its column, every word of a code to its code."""
    for column in form_of(kind, GROUPS_MAX).columns:
        for language in LANGUAGES:
            title = title_of(column, language)
            assert "field." not in title
            known = columns_by_title(kind)
            assert (known.get(folded(title)) or known[folded(split_unit(title)[0])]).name == column.name
            for code, label in code_labels(column, language).items():
                assert codes_by_word(column)[folded(label)] == code
                assert "." not in label


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_helps_whoever_fills_it_in(language: Language) -> None:
    """Ids stay text, coded cells offer their words, the notes name every column, and a list is never longer than it is."""
    book = load_workbook(io.BytesIO(xlsx_template("allocation", language)))
    sheet, told, lists = book.worksheets
    columns = form_of("allocation").columns
    assert [cell.value for cell in sheet[1]] == titles(form_of("allocation"), language)
    place = [one.name for one in columns].index("line") + 2
    assert sheet.column_dimensions[get_column_letter(place)].number_format == "@"
    rules = {str(one.sqref).partition("2:")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert len(rules) == sum(bool(one.codes) for one in columns)
    labels = list(code_labels(columns[1], language).values())
    assert [cell.value for cell in lists["A"]][: len(labels)] == labels
    written = {cell.value for row in told.iter_rows() for cell in row}
    assert {note.title for note in notes(form_of("allocation"), language)} <= written


def test_the_command_lists_kinds_and_writes_new_files_only(tmp_path: Path) -> None:
    """Without a kind all are listed; a file of that name is never touched; other endings and kinds are refused."""

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(build(), ["template", *map(str, arguments)])
        return result.exit_code, result.output

    code, listed = run("--lang", "zh")
    assert code == 0
    assert [line.split()[0] for line in listed.splitlines()] == form_kinds()
    out = tmp_path / "t.csv"
    assert run("allocation", "--out", out, "--lang", "zh")[0] == 0
    assert out.read_bytes().startswith("\ufeff序号,发生日*,".encode())
    out.write_bytes(b"mine")
    assert run("allocation", "--out", out)[0] == 3
    assert out.read_bytes() == b"mine"
    assert run("allocation", "--out", tmp_path / "t.pdf")[0] == 3
    assert run("key", "--out", tmp_path / "k.csv")[0] == 3


def test_kinds_without_a_form_are_refused_by_name() -> None:
    """Keys and rules are not posted by spreadsheet; the remedy lists what is."""
    with pytest.raises(InputError, match="allocation") as caught:
        form_of("policy")
    assert "allocation" in caught.value.remedy_zh
    assert file_name("allocation", "zh", "csv") == "allocation-指标.csv"
