# SPDX-License-Identifier: Apache-2.0
"""`fundtrace post FORM`: what people do to spreadsheets, told at once and to the cell; whole file or nothing."""

from __future__ import annotations

import csv
import datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from typer.testing import CliRunner

from api.commands import form_posting
from api.forms import form_run
from tests.api.forms.conftest import TITLES, issue, rules
from tests.worlds import COUNTY, FUND, UNIT
from verifier.cli import build

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from api.forms.form_reading import Asked, FilledFile
    from api.forms.form_run import Poster, Step
    from ledger.sequencer import Sequencer
    from tests.api.forms.conftest import Bureau

PAY_TITLES = ("日期", "指标", "付款账户", "收款账户", "金额", "支付方式")


def pay(line: str, amount: object) -> list[object]:
    """A good row of a disbursement of the county."""
    return ["2026-03-01", line, "A-NA-TREASURY", "A-BUILDER", amount, "direct"]


# --- whole file or nothing ----------------------------------------------------------------------------------


def test_a_good_form_is_posted_once(bureau: Bureau) -> None:
    """All rows stand with the place they were read from; posting the file again adds nothing."""
    path = bureau.sheet(issue("L-1", "12.5万元"), issue("L-2", 7, 金额=8))
    before = bureau.size()
    told = bureau.post(path)
    assert told["posted"] == {"submissions": 1, "replayed": 0, "events": 2, "entries": before + 3}
    assert bureau.size() == before + 3
    again = bureau.post(path)
    assert again["posted"] == {"submissions": 1, "replayed": 1, "events": 2, "entries": before + 3}
    assert again["rows"]["posted_before"] == 2
    assert bureau.size() == before + 3


def test_payments_are_never_posted_twice_by_other_options(bureau: Bureau) -> None:
    """Payments have no id of their own; naming the sheet or leaving out a column makes no second posting of the file."""
    bureau.post(bureau.sheet(issue("L-1", 100)))
    path = bureau.sheet([*pay("L-1", 40), "x"], titles=(*PAY_TITLES, "备用"), name="pay.xlsx")
    first = ["--ignore-column", "备用"]
    assert bureau.post(path, *first, kind="disbursement", party=COUNTY)["posted"]["replayed"] == 0
    size = bureau.size()
    for more in (["--sheet", "Sheet"], ["--ignore-column", "none"]):
        told = bureau.post(path, *first, *more, kind="disbursement", party=COUNTY)
        assert told["posted"]["replayed"] == 1
    assert bureau.size() == size


def test_one_bad_row_and_nothing_is_posted(bureau: Bureau) -> None:
    """The good row beside it stays out too, unless that is asked for."""
    path = bureau.sheet(issue("L-1"), issue("L-2", 金额="viel"))
    before = bureau.size()
    told = bureau.post(path, code=1)
    assert rules(told) == [(3, "金额", "cell.amount")]
    assert told["posted"] is None
    assert bureau.size() == before


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_valid_rows_alone_and_a_file_with_the_rest(bureau: Bureau, suffix: str) -> None:
    """The rest carries the header, what stood above it, and what is wrong; mended, it is posted as it is."""

    def fill(sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        sheet["F1"] = "单位：万元"
        for row in (issue("L-1", 2), issue("L 2", 3), issue("L-3", 4)):
            sheet.append(row)

    before, rest = bureau.size(), bureau.folder / f"rest.{suffix}"
    told = bureau.post(bureau.book(fill), "--valid-only", "--rest", rest, code=1)
    assert (told["posted"]["events"], told["rows"]["bad"]) == (2, [4])
    assert bureau.size() == before + 3
    mended = bureau.folder / f"mended.{suffix}"
    if suffix == "csv":
        rows = list(csv.reader(rest.read_text("utf-8-sig").splitlines()))
        assert [row[2] for row in rows[2:]] == ["L 2"]
        assert "编号" in rows[2][8]
        mended.write_text(rest.read_text("utf-8-sig").replace("L 2", "L-2"), "utf-8")
    else:
        book = load_workbook(rest)
        book.worksheets[0]["C3"] = "L-2"
        book.save(mended)
    told = bureau.post(mended)
    assert told["columns"]["amount"]["unit"] == "万元"
    assert bureau.size() == before + 5


def test_dry_run_stores_nothing_and_needs_no_keys(bureau: Bureau) -> None:
    """It says what would happen; without --dry-run missing keys are refused by name and nothing is stored."""
    path, before = bureau.sheet(issue("L-1")), bureau.size()
    told = bureau.post(path, "--dry-run", "--keys", bureau.folder / "nowhere")
    assert (told["dry_run"], told["rows"]["good"], told["posted"]) == (True, 1, None)
    assert "jl-finance-maker.pem" in bureau.refused(path, "--keys", bureau.folder / "nowhere")
    assert bureau.size() == before


def test_a_signature_that_is_missing_is_told_and_nothing_stored(bureau: Bureau) -> None:
    """With the maker's key alone the ledger refuses the whole submission."""
    (bureau.folder / "ledger-keys" / "jl-finance-checker.pem").unlink()
    before = bureau.size()
    assert "checker" in bureau.refused(bureau.sheet(issue("L-1")))
    assert bureau.size() == before


def test_what_changed_since_the_judgement_is_told_by_row(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else takes the line's id between judgement and posting: the row is named, nothing is stored."""
    judged = form_run.judge
    other = bureau.sheet(issue("L-1"), name="other.xlsx", titles=(*TITLES, "文号"))

    def judge_then_lose(
        sequencer: Sequencer, asked: Asked, file: FilledFile, poster: Poster, step: Step
    ) -> form_run.Result:
        result = judged(sequencer, asked, file, poster, step)
        monkeypatch.setattr(form_posting, "judge", judged)
        bureau.post(other)
        return result

    monkeypatch.setattr(form_posting, "judge", judge_then_lose)
    told = bureau.post(bureau.sheet(issue("L-9"), issue("L-1")), code=1)
    assert rules(told) == [(3, "指标", "id-duplicate")]
    assert told["posted"] is None


# --- the real rules, mapped back to rows --------------------------------------------------------------------


def test_rules_of_the_ledger_are_told_by_row_and_column(bureau: Bureau) -> None:
    """Unknown references, a line overdrawn by an earlier row of the same file, duplicates: at once, each at its cell."""
    bureau.post(bureau.sheet(issue("L-1", 100)))
    rows = [pay("L-1", 60), pay("L-0", 1), pay("L-1", 41), pay("L-1", 40)]
    told = bureau.post(
        bureau.sheet(*rows, titles=PAY_TITLES, name="pay.xlsx"),
        "--dry-run",
        kind="disbursement",
        party=COUNTY,
        code=1,
    )
    assert [(one["row"], one["rule"], one["value"]) for one in told["errors"]] == [
        (3, "line-unknown", "L-0"),
        (4, "line-exceeded", "41.00"),
    ]
    assert told["errors"][0]["column"] == "指标"
    assert told["rows"]["good"] == 2
    assert all(one["remedy"]["zh"] and one["remedy"]["en"] for one in told["errors"])


def test_rows_of_others_are_refused(bureau: Bureau) -> None:
    """A unit cannot post what is the province's; a party that nobody registered posts nothing."""
    told = bureau.post(bureau.sheet(issue("L-1")), "--dry-run", party=UNIT, code=1)
    assert [one["rule"] for one in told["errors"]] == ["actor"]
    assert "na-nobody" in str(bureau.post(bureau.sheet(issue("L-1")), party="na-nobody", code=3))


# --- what people do to spreadsheets -------------------------------------------------------------------------


def test_every_error_of_a_row_is_told_at_once(bureau: Bureau) -> None:
    """Bad cells, empty ones, and what the action needs or excludes, without inventing errors that hang on others."""
    told = bureau.post(
        bureau.sheet(
            issue("L 1", "x", 日期="2026-02-30", 付出方=None),
            ["2026-03-01", "分解", "L-2", "na-finance", "na-water", 1, FUND, 2026],
            issue("L-3", 资金=None, 年度=None),
            issue("L 4", 动作="分配"),
        ),
        "--dry-run",
        code=1,
    )
    assert rules(told) == [
        (2, "日期", "cell.date"),
        (2, "指标", "cell.form"),
        (2, "付出方", "cell.missing"),
        (2, "金额", "cell.amount"),
        (3, "资金", "row.unwanted"),
        (3, "年度", "row.unwanted"),
        (3, "上级指标", "row.needed"),
        (4, "资金", "row.needed"),
        (4, "年度", "row.needed"),
        (5, "动作", "cell.code"),
        (5, "指标", "cell.form"),
    ]
    assert "分解" in next(one["message"]["zh"] for one in told["errors"] if one["rule"] == "row.needed")
    assert [one["value"] for one in told["errors"] if one["rule"] == "row.unwanted"] == [FUND, "2026"]


def test_bureau_spellings_units_and_notes(bureau: Bureau) -> None:
    """Titles as bureaus write them, a unit above the table, sums, examples, remarks above, empty rows and columns."""
    path = bureau.text(
        "吉林省专项资金指标表,,,,,,,,\n,,,,,,,,（金额单位：万元）\n"
        "序号,下达日期,动作,指标编号,下达单位,接收单位,下达金额,专项资金,预算年度\n"
        '1,2026年3月1日,下达,L-1,jl-finance,na-finance,"1,234.56",F-WATER,2026\n'
        "示例,2026/3/1,下达,L-2,jl-finance,na-finance,1,F-WATER,2026\n"
        "2,46082,issue,L-3,jl-finance,na-finance,5000元,F-WATER,2026\n"
        ",,,,,,,,\n合计,,,,,,9999,,\n,,,,,,,,\n,,,,,,,,\n"
    )
    told = bureau.post(path, "--dry-run")
    assert told["rows"] | {"hidden": []} == {
        "read": 2, "good": 2, "posted_before": 0, "bad": [], "passed_over": [5, 8], "hidden": [],
    }  # fmt: skip
    assert told["columns"]["amount"] == {"title": "下达金额", "unit": "万元"}
    assert told["columns_not_taken"] == ["序号"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_of_any_office_program(bureau: Bureau, encoding: str, mark: str) -> None:
    """The encodings and delimiters that spreadsheet programs write."""
    rows = [TITLES, issue("L-1"), issue("L-2")]
    text = "\r\n".join(mark.join(str(cell) for cell in row) for row in rows)
    assert bureau.post(bureau.text(text, encoding=encoding), "--dry-run")["rows"]["good"] == 2


def test_merged_cells_give_their_value_to_every_row(bureau: Bureau) -> None:
    """A range over rows of one column fills them; one over money, or over two columns, is refused by its name."""

    def fill(sheet: Worksheet) -> None:
        for number in range(4):
            sheet.append(issue(f"L-{number}", **({"付出方": None} if number in {1, 2} else {})))
        sheet.merge_cells("D2:D4")
        sheet.append(issue("L-9", 1))
        sheet.merge_cells("F4:F5")
        sheet.merge_cells("G6:H6")

    told = bureau.post(bureau.book(fill), "--dry-run", code=1)
    assert rules(told) == [
        (4, "金额", "cell.merged"),
        (5, "金额", "cell.merged"),
        (6, "资金", "cell.merged"),
        (6, "年度", "cell.merged"),
    ]
    assert "F4:F5" in told["errors"][0]["message"]["zh"]
    assert told["rows"]["good"] == 2


def test_formulas_are_refused_where_they_are_taken(bureau: Bureau) -> None:
    """By cell; a formula in a row of sums or in a column left out harms nobody, a text that begins with = is text."""

    def fill(sheet: Worksheet) -> None:
        sheet["I1"] = "备用"
        sheet.append([*issue("L-1", "=1+1"), "=2"])
        sheet.append([*issue("L-2"), "=3"])
        sheet.append(["合计", *[None] * 4, "=SUM(F2:F3)"])
        sheet.append(issue("=L"))
        sheet["C5"].data_type = "s"

    told = bureau.post(bureau.book(fill), "--dry-run", "--ignore-column", "备用", code=1)
    assert rules(told) == [(2, "金额", "cell.formula"), (5, "指标", "cell.form")]
    assert "F2" in told["errors"][0]["message"]["en"]
    assert told["errors"][0]["value"] == "=1+1"


def test_hidden_rows_and_other_sheets_are_reported(bureau: Bureau) -> None:
    """They are read like the others, and the answer says which they are."""

    def fill(sheet: Worksheet) -> None:
        for number in range(3):
            sheet.append(issue(f"L-{number}"))
        sheet.row_dimensions[3].hidden = True
        parent = sheet.parent
        if parent is not None:
            parent.create_sheet("说明")

    told = bureau.post(bureau.book(fill), "--dry-run")
    assert (told["rows"]["hidden"], told["rows"]["good"], told["other_sheets"]) == ([3], 3, ["说明"])


def test_columns_that_nobody_knows_are_refused_unless_left_out(bureau: Bureau) -> None:
    """Nothing is dropped silently: an unknown title, one that comes twice, a missing one, something beside the table."""
    titles = (*TITLES, "备用", "发生日期", "下达金额")
    told = bureau.post(bureau.sheet([*issue("L-1"), "x"], titles=titles), "--dry-run", code=1)
    assert rules(told) == [
        (1, "备用", "form.unknown-column"),
        (1, "发生日期", "form.column-twice"),
        (1, "下达金额", "form.column-twice"),
    ]
    options = [word for title in titles[8:] for word in ("--ignore-column", title)]
    assert (
        bureau.post(bureau.sheet([*issue("L-1"), "x"], titles=titles), "--dry-run", *options)["rows"]["good"]
        == 1
    )
    told = bureau.post(bureau.sheet(issue("L-1")[:5], titles=TITLES[:5]), "--dry-run", code=1)
    assert rules(told) == [(1, "金额（元）", "form.missing-column")]
    assert (told["rows"]["good"], told["rows"]["bad"]) == (0, [])
    told = bureau.post(
        bureau.text(",".join(TITLES) + "\n" + ",".join(map(str, issue("L-1", "1,234"))) + "\n"),
        "--dry-run",
        code=1,
    )
    assert (2, "", "cell.untitled") in rules(told)


def test_a_near_miss_is_suggested(bureau: Bureau) -> None:
    """The remedy for a mistyped title names the column it looks like."""
    told = bureau.post(bureau.sheet([*issue("L-1"), "x"], titles=(*TITLES, "指标文好")), "--dry-run", code=1)
    assert "文号" in told["errors"][0]["remedy"]["zh"]


def test_dates_and_ids_as_cells(bureau: Bureau) -> None:
    """Date cells, serial numbers, and an account number that the spreadsheet has rounded."""
    told = bureau.post(
        bureau.sheet(
            issue("L-1", 日期=datetime.date(2026, 3, 1)),
            issue("L-2", 日期=datetime.datetime.fromisoformat("2026-03-01")),
            issue("L-3", 日期=46082),
            issue(6222020200112233445),
        ),
        "--dry-run",
        code=1,
    )
    assert rules(told) == [(5, "指标", "cell.digits-lost")]


# --- the user's own file, marked ----------------------------------------------------------------------------


def test_the_copy_marks_and_comments_the_cells(bureau: Bureau) -> None:
    """Formats, other sheets and formulas stay; the bad cell has a fill and a comment in both languages; a list is added."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(issue("L-1"))
        sheet.append(issue("L 2", "=1+1"))
        sheet["C2"].font = Font(bold=True)
        sheet.column_dimensions["C"].width = 33

    out = bureau.folder / "marked.xlsx"
    bureau.post(bureau.book(fill), "--dry-run", "--annotate", out, code=1)
    book = load_workbook(out)
    sheet, listed = book.worksheets
    comment = sheet["C3"].comment
    assert comment is not None
    assert "编号" in comment.text
    assert "an id" in comment.text
    assert sheet["C3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert sheet["C2"].comment is None
    assert sheet["C2"].font.b
    assert sheet.column_dimensions["C"].width == 33
    assert sheet["F3"].value == "=1+1"
    assert [listed.cell(row, 1).value for row in (2, 3)] == [3, 3]
    assert listed["C3"].data_type == "s", "what the user typed never becomes a formula of ours"
    assert "exists" in bureau.refused(bureau.book(fill), "--dry-run", "--annotate", out)


def test_a_copy_of_csv_has_a_column_of_errors(bureau: Bureau) -> None:
    """Every row is there, the good ones without a remark."""
    out = bureau.folder / "marked.csv"
    rows = [TITLES, issue("L-1"), issue("L 2")]
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    bureau.post(bureau.text(text), "--dry-run", "--annotate", out, code=1)
    found = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert [row[-1] for row in found[:2]] == ["错误 errors", ""]
    assert "编号" in found[2][-1]


def test_the_table_for_people_is_in_their_language(bureau: Bureau) -> None:
    """Without --json the same errors come as a table."""
    path = bureau.sheet(issue("L 1"))
    for language, words in (
        ("zh", ("处错误", "未登记任何内容")),
        ("en", ("1 error ", "1 row: 0 good, 1 bad; dry run; nothing was posted")),
    ):
        result = CliRunner().invoke(
            build(),
            ["post", str(path), "--db", str(bureau.folder / "ledger.db"), "--kind", "allocation", "--party", "jl-finance",
             "--log-key-file", str(bureau.folder / "ledger-keys" / "log.pem"), "--dry-run", "--lang", language],
        )  # fmt: skip
        assert result.exit_code == 1
        assert all(one in result.output for one in words)


# --- files that are no forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "titles"),
        (b"hello\nworld\n", "titles"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "password"),
        (b"PK\x03\x04" + bytes(100), "workbook"),
        ('日期,动作,指标\n"2026,下达\n'.encode(), "read on"),
        (b"a,b\n\xff\xff\n", "read on"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_as_a_whole(bureau: Bureau, data: bytes, words: str) -> None:
    """Empty files, other text, old or locked workbooks, broken archives, an open quote."""
    path = bureau.folder / "form.csv"
    path.write_bytes(data)
    assert words in bureau.refused(path, "--dry-run")


def test_kind_and_party_must_be_said(bureau: Bureau) -> None:
    """A spreadsheet does not say what it is."""
    result = CliRunner().invoke(
        build(), ["post", str(bureau.sheet(issue("L-1"))), "--db", str(bureau.folder / "ledger.db")]
    )
    assert result.exit_code == 3
    assert "--kind" in result.output
    result = CliRunner().invoke(build(), ["post", "form.xlsx", "--url", "http://127.0.0.1:9", "--valid-only"])
    assert result.exit_code == 3
    assert "whole or not at all" in result.output
    assert "policy" in bureau.refused(bureau.sheet(issue("L-1")), kind="policy")


def test_another_sheet_by_name(bureau: Bureau) -> None:
    """The first sheet is read unless another is named; a name that is none is refused with those that are."""
    book = Workbook()
    book.create_sheet("数据").append(TITLES)
    book["数据"].append(issue("L-1"))
    book.save(bureau.folder / "two.xlsx")
    path: Path = bureau.folder / "two.xlsx"
    assert bureau.post(path, "--dry-run", "--sheet", "数据")["rows"]["good"] == 1
    assert "titles" in bureau.refused(path, "--dry-run")
    assert "数据" in bureau.refused(path, "--dry-run", "--sheet", "nope")
