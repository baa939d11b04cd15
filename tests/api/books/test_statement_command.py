# SPDX-License-Identifier: Apache-2.0
"""`fundtrace statement` as a bureau uses it: workbook, pages, figures for programs."""

from __future__ import annotations

import hashlib
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import openpyxl
import pytest

from api.books.printed import print_sheets
from api.books.sheet import Money, Sheet
from api.books.words import CHECKS, COLUMNS, DUTIES, SHEETS, SIDES, TITLES
from api.books.workbook import FORMULA_SIGNS, write_workbook
from ledger.instant import parse_instant
from tests.command_line import CommandLine
from tests.statements import written
from tests.worlds import FUND, PROJECT, UNIT
from verifier.judgement.deadlines import Duty
from verifier.language import say
from verifier.statement.posting_book import COLUMNS as BOOK_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

MADE = parse_instant("2026-06-12T08:31:07.000Z")


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ledger of `tests.statements`."""
    monkeypatch.chdir(tmp_path)
    return str(written(tmp_path))


def test_a_workbook(export: str, tmp_path: Path) -> None:
    """Figures are numbers to the 分, in Chinese and in English; the file is named by its hash for `period_close`."""
    done = CommandLine().run(
        "statement", export, "--fund", FUND, "--period", "2026", "--out", "b.xlsx", "--lang", "zh"
    )
    assert done.exit_code == 0, done.output
    data = (tmp_path / "b.xlsx").read_bytes()
    assert hashlib.sha256(data).hexdigest() in done.output
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:3] == ["封面", "收支结存", "账户"]
    rows = list(book["收支结存"].iter_rows(values_only=True))
    headings = rows[1]
    figures = dict(zip(headings, rows[2], strict=True))
    assert figures["期初结存"] == 0
    assert [str(figures[f"使用（含直接支付） {part}"]) for part in ("发生额", "冲正", "净额")] == [
        "120",
        "-20",
        "100",
    ]
    assert figures["期末结存"] == 255
    assert "DEMO" in str(book["封面"]["A2"].value) or "演示" in str(book["封面"]["A2"].value)
    details = list(book["收支结存明细"].iter_rows(min_row=3, values_only=True))
    assert sum(Decimal(str(row[6])) for row in details if row[1] == "使用（含直接支付）") == 100


def test_pages(export: str, tmp_path: Path) -> None:
    """A PDF of the same, the same bytes each time, with no font inside."""
    for name in ("a.pdf", "b.pdf"):
        done = CommandLine().run("statement", export, "--unit", UNIT, "--period", "2026-01", "--out", name)
        assert done.exit_code == 0, done.output
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data == (tmp_path / "b.pdf").read_bytes()
    assert (b"STSong-Light" in data, b"FontFile" in data) == (True, False)


def test_what_is_no_money_is_due_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer and a milestone in the workbook, on the pages and for programs, without amounts."""
    monkeypatch.chdir(tmp_path)
    asked = str(written(tmp_path, asked=True))
    common = ("statement", asked, "--fund", FUND, "--period", "2026", "--lang", "zh")
    for name in ("b.xlsx", "b.pdf"):
        assert CommandLine().run(*common, "--out", name).exit_code == 0
    done = CommandLine().run(*common, "--json")
    told = [one for one in json.loads(done.stdout)["due"] if one["matter"]]
    assert [(one["duty"], one["matter"], one["amount"]) for one in told] == [
        ("answer", "o-1", None),
        ("milestone", "dig", None),
    ]
    rows = openpyxl.load_workbook(tmp_path / "b.xlsx")["应办事项"].iter_rows(min_row=3, values_only=True)
    shown = [row for row in rows if row[5]]
    assert [(row[0], row[4], row[5], row[6], row[9]) for row in shown] == [
        ("答复公众异议", None, "o-1", None, "逾期未办（暂定）"),
        ("完成任务节点", PROJECT, "dig", None, "未到期"),
    ]


def test_for_programs(export: str) -> None:
    """Every figure with its entries, and the equations that were held."""
    done = CommandLine().run("statement", export, "--fund", FUND, "--period", "2026-01", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    (fund,) = (table for table in told["tables"] if table["book"] == "fund")
    assert fund["rows"][0]["closing"] == 23_500
    assert {one["column"] for one in fund["rows"][0]["entries"]} == {"disbursed", "matched", "used"}
    assert told["checks"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--fund", FUND), "--json"),
        (("--fund", FUND, "--unit", UNIT, "--json"), "one of --fund and --unit"),
        (("--json",), "one of --fund and --unit"),
        (("--fund", FUND, "--out", "b.docx"), ".xlsx or .pdf"),
        (("--fund", FUND, "--period", "June", "--json"), "no period"),
        (("--fund", "F-NONE", "--json"), "no such fund"),
    ],
)
def test_what_cannot_be_done(export: str, options: tuple[str, ...], told: str) -> None:
    """It is said, and no file is there; a file that is there stays."""
    period = () if "--period" in options else ("--period", "2026-01")
    done = CommandLine().run("statement", export, *period, *options)
    assert (done.exit_code, told in done.output) == (3, True), done.output


def test_an_existing_file_stays(export: str, tmp_path: Path) -> None:
    """Nothing is written over."""
    (tmp_path / "b.xlsx").write_bytes(b"mine")
    done = CommandLine().run("statement", export, "--fund", FUND, "--period", "2026", "--out", "b.xlsx")
    assert done.exit_code == 3, done.output
    assert (tmp_path / "b.xlsx").read_bytes() == b"mine"


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_text_is_never_a_formula(sign: str) -> None:
    """Whatever a name begins with, the cell holds text and says so; an amount beside it is a number."""
    text = f"{sign}cmd|' /C calc'!A0"
    sheet = Sheet(name="s", title=text, columns=(text, "amount"), widths=(10, 10), rows=((text, Money(-1)),))
    sink = io.BytesIO()
    write_workbook((sheet,), sink, made=MADE)
    cells = [
        cell
        for row in openpyxl.load_workbook(sink)["s"].iter_rows()
        for cell in row
        if cell.value is not None
    ]
    texts = [cell for cell in cells if cell.value not in {"amount", Decimal("-0.01"), -0.01}]
    assert len(texts) == 3
    assert {(cell.data_type, cell.quotePrefix) for cell in texts} == {("s", True)}
    (amount,) = (cell for cell in cells if cell.data_type == "n")
    assert (str(amount.value), "0.00" in amount.number_format) == ("-0.01", True)
    print_sheets((sheet,), io.BytesIO(), title=text, foot=text)


def test_everything_has_a_name_in_both_languages() -> None:
    """Columns of all books, duties and checks."""
    assert {column for columns in BOOK_COLUMNS.values() for column in columns} <= set(COLUMNS)
    assert set(DUTIES) == set(get_args(Duty))
    for words in (COLUMNS, CHECKS, DUTIES, SHEETS, SIDES, TITLES):
        for told in words.values():
            assert say(told, "zh") != say(told, "en")
